"""Values and rows that other tools change, and what the tests of all formats need to go there and back."""
