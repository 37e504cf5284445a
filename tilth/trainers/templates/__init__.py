"""How records become text: chat templates in a sandbox, plain text with places, and what in the text is learned."""

from tilth.trainers.templates.chat import ChatTemplate
from tilth.trainers.templates.placeholders import FieldTemplate
from tilth.trainers.templates.rendered import Rendered
from tilth.trainers.templates.sandbox import TemplateRefusalError
from tilth.trainers.templates.template import SpecialTokens, Template

__all__ = ["ChatTemplate", "FieldTemplate", "Rendered", "SpecialTokens", "Template", "TemplateRefusalError"]
