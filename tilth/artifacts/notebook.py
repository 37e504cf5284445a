"""Jupyter notebooks (`.ipynb`): what is in them, and what their outputs carry."""

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_NOTEBOOK = Kind(
    "notebook", "a Jupyter notebook: text, code, and what the code printed", "JSON with cells and nbformat"
)


class Notebook:
    """Recognises notebooks."""

    kinds = (_NOTEBOOK,)

    def match(self, probe: Probe) -> Artifact | None:
        """JSON with cells; the format's number comes last and may not be within the first bytes."""
        if probe.has_keys("nbformat", "cells") or (probe.suffix == ".ipynb" and probe.has_keys("cells")):
            return probe.described(_NOTEBOOK, _tell)
        return None


def _tell(artifact: Artifact, notebook: Document) -> None:
    cells = notebook.mappings("cells")
    code = [cell for cell in cells if cell.text("cell_type") == "code"]
    artifact.tell("cells", len(cells))
    artifact.tell("of_code", len(code))
    artifact.tell("language", notebook.inner("metadata").inner("kernelspec").text("display_name"))
    artifact.tell("title", _title(cells))
    artifact.tell("never_run", sum(cell.content.get("execution_count") is None for cell in code) or None)
    outputs = [output for cell in code for output in cell.mappings("outputs")]
    failed = [output.text("ename") for output in outputs if output.text("output_type") == "error"]
    artifact.tell("ended_in", failed[-1] if failed else "")
    artifact.tell("format", notebook.shown("nbformat"))
    if any({"text/html", "application/javascript"} & output.inner("data").content.keys() for output in outputs):
        artifact.unsafe.append("its outputs hold HTML or JavaScript, which a browser runs once the notebook is trusted")


def _title(cells: list[Document]) -> str:
    for cell in cells:
        source = "".join(cell.texts("source"))
        if cell.text("cell_type") == "markdown" and source.lstrip().startswith("#"):
            return source.lstrip("# \n").partition("\n")[0][:100]
    return ""
