"""How much of each source goes into a mixture, and which of its rows."""
