"""What is repeated: recipe files, runs that resume, manifests, lineage, reports."""
