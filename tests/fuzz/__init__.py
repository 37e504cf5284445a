"""Files that nobody wrote on purpose: every reader meets a hundred thousand of them, and what ever failed is kept."""
