"""What became of a record, and whether the counts add up, read back from the evidence that commands and runs leave."""
