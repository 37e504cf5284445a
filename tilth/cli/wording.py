"""Docstrings as help: their words, without the line ends of the source."""


def unwrapped(text: str) -> str:
    """A docstring with each paragraph on one line, for terminals of any width."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
