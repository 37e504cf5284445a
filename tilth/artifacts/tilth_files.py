"""What Tilth itself leaves behind: manifests, records of runs, reviewers' journals, ledgers of paid calls."""

import shlex
import struct

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_MANIFEST = Kind(
    "tilth-manifest", "what made a file of Tilth's: inputs, options, versions, counts", "JSON with tilth and inputs"
)
_TRAINING = Kind(
    "tilth-training", "the record of a training run of Tilth", "named training.json, JSON with run and weights"
)
_MARKER = Kind(
    "tilth-checkpoint-mark", "the mark that a checkpoint of Tilth is complete, with its hashes", "named COMPLETE"
)
_JOURNAL = Kind("tilth-journal", "decisions of reviewers", "an SQLite database with the mark TLTH")
_LEDGER = Kind(
    "tilth-ledger", "model calls that were paid for, with their answers", "an SQLite database with the mark TILT"
)

_SQLITE, _MARK_AT = b"SQLite format 3\x00", 68


class TilthFiles:
    """Recognises Tilth's own files that are no rows."""

    kinds = (_MANIFEST, _TRAINING, _MARKER, _JOURNAL, _LEDGER)

    def match(self, probe: Probe) -> Artifact | None:
        """The keys of its JSON, or its mark in the head of a database."""
        if probe.head.startswith(_SQLITE):
            return _database(probe)
        if probe.has_keys("tilth", "inputs", "python"):
            return probe.described(_MANIFEST, _tell_manifest)
        if probe.name == "training.json" and probe.has_keys("run", "weights", "method"):
            return probe.described(_TRAINING, lambda artifact, record: _tell_training(artifact, record, probe))
        if probe.name == "complete" and probe.has_keys("step", "files"):
            return probe.described(_MARKER, lambda artifact, mark: _tell_mark(artifact, mark, probe))
        return None


def _database(probe: Probe) -> Artifact | None:
    mark = struct.unpack_from(">I", probe.head, _MARK_AT)[0] if len(probe.head) >= _MARK_AT + 4 else 0
    kind = {0x544C5448: _JOURNAL, 0x54494C54: _LEDGER}.get(mark)
    if kind is None:
        return None
    artifact = kind.found()
    artifact.next = shlex.join(["tilth", "ledger", str(probe.path)]) if kind is _LEDGER else ""
    return artifact


def _tell_manifest(artifact: Artifact, manifest: Document) -> None:
    artifact.tell("operation", manifest.text("operation"))
    artifact.tell("run", manifest.text("name"))
    artifact.tell("inputs", [each.text("path") for each in manifest.mappings("inputs")])
    artifact.tell("outputs", [each.text("path") for each in manifest.mappings("outputs")])
    counts = manifest.inner("counts")
    artifact.tell("counts", {name: int(counts.number(name) or 0) for name in counts})
    artifact.tell("tilth", manifest.text("tilth"))


def _tell_training(artifact: Artifact, record: Document, probe: Probe) -> None:
    artifact.tell("operation", record.text("operation"))
    artifact.tell("method", record.text("method"))
    artifact.tell("starts_from", record.text("start") or record.inner("start").text("model"))
    weights = record.inner("weights")
    artifact.tell("parameters", weights.number("all"))
    artifact.tell("trained", weights.number("trained"))
    result = record.text("result")
    artifact.tell("result", result)
    if result and result not in probe.beside:
        artifact.missing.append(f"{result}/: the model that it tells of")


def _tell_mark(artifact: Artifact, mark: Document, probe: Probe) -> None:
    artifact.tell("steps", mark.number("step"))
    files = list(mark.inner("files"))
    artifact.tell("files", files)
    artifact.missing += [f"{name}: a part of the checkpoint" for name in files if name not in probe.beside]
