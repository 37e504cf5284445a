"""What two data sets have in common and what not: rows matched, fields compared, distributions side by side."""
