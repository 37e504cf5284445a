"""What to keep: repeats, outliers, scores, splits, cleaning, and a reason for every row that goes."""
