"""Conversions of units that a text asks for: lengths, masses, volumes, times, temperatures."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

_FACTORS: dict[str, dict[str, str]] = {
    "length": {
        "mm millimeter millimetre": "0.001",
        "cm centimeter centimetre": "0.01",
        "m meter metre": "1",
        "km kilometer kilometre": "1000",
        "in inch inche": "0.0254",
        "ft foot feet": "0.3048",
        "yd yard": "0.9144",
        "mi mile": "1609.344",
    },
    "mass": {
        "mg milligram": "0.001",
        "g gram": "1",
        "kg kilogram": "1000",
        "lb pound": "453.59237",
        "oz ounce": "28.349523125",
    },
    "volume": {"ml milliliter millilitre": "0.001", "cl centiliter centilitre": "0.01", "l liter litre": "1"},
    "time": {"s sec second": "1", "min minute": "60", "h hr hour": "3600", "day": "86400", "week": "604800"},
}
_TEMPERATURES: dict[str, tuple[Callable[[Fraction], Fraction], Callable[[Fraction], Fraction]]] = {
    "celsius": (lambda value: value, lambda value: value),
    "fahrenheit": (lambda value: (value - 32) * Fraction(5, 9), lambda value: value * Fraction(9, 5) + 32),
    "kelvin": (lambda value: value - Fraction("273.15"), lambda value: value + Fraction("273.15")),
}
_LETTERS = {"c": "celsius", "f": "fahrenheit", "k": "kelvin"}
_ASKED = re.compile(
    r"\b(?:convert|change|express|how many|what is)\b[^.\d]{0,40}?([-−]?\d[\d,]*(?:\.\d+)?)\s*"
    r"(?:degrees?\s*|°\s*)?([a-z]+)"
    r"\s+(?:in|to|into|as)\s+(?:degrees?\s*|°\s*)?([a-z]+)\b",
    re.IGNORECASE,
)


class Conversion(NamedTuple):
    """What was asked, in words, and the true value."""

    words: str
    value: Fraction


def conversion(text: str) -> Conversion | None:
    """The conversion that a text asks for; None where it asks for none, or for units that are not known."""
    found = _ASKED.search(text)
    if found is None:
        return None
    amount = Fraction(found.group(1).replace(",", "").replace("−", "-"))
    source, target = found.group(2).lower(), found.group(3).lower()
    value = _converted(amount, source, target)
    return None if value is None else Conversion(f"{found.group(1)} {source} in {target}", value)


def _converted(amount: Fraction, source: str, target: str) -> Fraction | None:
    hot, cold = (_TEMPERATURES.get(_LETTERS.get(unit, unit)) for unit in (source, target))
    if hot is not None and cold is not None:
        return cold[1](hot[0](amount))
    for kind in _FACTORS.values():
        known = {name: Fraction(factor) for names, factor in kind.items() for name in names.split()}
        left, right = (known.get(unit) or known.get(unit.removesuffix("s")) for unit in (source, target))
        if left is not None and right is not None:
            return amount * left / right
    return None
