"""How every page is rendered: escaped, and nothing that a record hides gets through."""

from typing import TYPE_CHECKING

from tilth.recipes.report.words import code_words, count_of, number
from tilth.schemas.safe_text import safe_text

if TYPE_CHECKING:
    from jinja2 import Environment


def page_environment() -> "Environment":
    """The templates in `page/`, with autoescape and without undefined names."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tilth.recipes.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(code_words=code_words, count_of=count_of, number=number)
    return environment


def _safe(value: object) -> object:
    """Every value that the page shows comes through here: nothing hidden in a record reaches the reader's browser."""
    return safe_text(value) if type(value) is str else value  # a chart is Markup, and ours
