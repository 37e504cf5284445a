"""Cards of models and data sets: the `README.md` of a hub repository, with its YAML in front."""

import re

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError
from tilth.artifacts.document import Document, yaml_document
from tilth.artifacts.probe import Probe

_CARD = Kind("card", "the card of a model or data set on a hub", "README.md with YAML between two lines of ---")
_FRONT = re.compile(rb"\A(?:\xef\xbb\xbf)?---\r?\n(.*?)^---\s*$", re.DOTALL | re.MULTILINE)


class Card:
    """Recognises cards."""

    kinds = (_CARD,)

    def match(self, probe: Probe) -> Artifact | None:
        """Markdown that begins with YAML."""
        front = _FRONT.match(probe.head) if probe.suffix == ".md" else None
        if front is None:
            return None
        artifact = _CARD.found()
        try:
            about = yaml_document(lambda _: front[1])
        except BrokenError as failure:
            artifact.broken.append(str(failure))
            return artifact
        _tell(artifact, about, probe)
        return artifact


def _tell(artifact: Artifact, about: Document, probe: Probe) -> None:
    is_data = any(key in about for key in ("configs", "dataset_info", "task_categories", "size_categories"))
    artifact.tell("of", "a data set" if is_data else "a model")
    for name in ("license", "language", "base_model", "datasets", "library_name", "pipeline_tag", "tags"):
        artifact.tell(name, about.shown(name))
    for config in about.mappings("configs"):
        paths = [each.text("path") for each in config.mappings("data_files")] or config.texts("data_files")
        artifact.tell(f"config {config.text('config_name')[:40]}", [path for path in paths if path])
        artifact.missing += [f"{path}: rows that it names" for path in paths if path and not _exists(path, probe)]
    if "license" not in about:
        artifact.missing.append("a license: nobody can tell what may be done with it")


def _exists(path: str, probe: Probe) -> bool:
    if "*" in path or "://" in path or path.startswith("/") or ".." in path:
        return True
    return (probe.path.parent / path).exists()
