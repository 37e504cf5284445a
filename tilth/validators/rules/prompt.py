"""What is wrong with a prompt without an answer."""

from tilth.validators.rule import Rule
from tilth.validators.rules import said

RULES: tuple[Rule, ...] = (
    said.empty("prompt"),
    said.unknown_role("prompt"),
    said.turn_order("prompt"),
    said.whitespace("prompt"),
    said.control_text("prompt", "system"),
)
