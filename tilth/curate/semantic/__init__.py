"""Texts as unit vectors: who makes them, which are close, which lie far from all others, which cover a set."""
