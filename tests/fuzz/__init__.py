"""Files that nobody wrote on purpose: every reader meets tens of thousands of them, and what ever failed is kept."""
