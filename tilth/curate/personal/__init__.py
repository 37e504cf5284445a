"""Personal data in text: one file for each idea of how to know it, and `finding`, which asks them all."""
