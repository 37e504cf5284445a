"""Label Studio's shapes: tasks with annotations, the minimal export, and the configuration that names their parts."""

from tilth.schemas.dialects.label_studio.minimal import LabelStudioMin
from tilth.schemas.dialects.label_studio.tasks import LabelStudio

__all__ = ["LabelStudio", "LabelStudioMin"]
