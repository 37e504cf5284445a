"""Text that is not what it looks like, or that gives orders: one file for each way, and `suspicion`, which asks all."""
