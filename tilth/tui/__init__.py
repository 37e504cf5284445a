"""Screens over a review: `review` opens them on a file."""

from tilth.tui.launch import review

__all__ = ["review"]
