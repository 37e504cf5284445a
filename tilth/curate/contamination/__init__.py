"""What a benchmark's items and the rows of a training set have in common."""
