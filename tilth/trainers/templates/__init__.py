"""How records become text: chat templates in a sandbox, plain text with places, and what in the text is learned."""

from tilth.trainers.templates.built_in import BUILT_IN, built_in
from tilth.trainers.templates.chat import ChatTemplate
from tilth.trainers.templates.finding import find_template
from tilth.trainers.templates.placeholders import FieldTemplate
from tilth.trainers.templates.rendered import Rendered
from tilth.trainers.templates.sandbox import TemplateRefusalError
from tilth.trainers.templates.template import SpecialTokens, Template

__all__ = [
    "BUILT_IN",
    "ChatTemplate",
    "FieldTemplate",
    "Rendered",
    "SpecialTokens",
    "Template",
    "TemplateRefusalError",
    "built_in",
    "find_template",
]
