"""`model.safetensors.index.json` and its kin: which shard holds which tensor, and whether the shards are there."""

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_INDEX = Kind("weights-index", "the list of shards that hold a model's weights", "JSON with weight_map")
_SHOWN = 5


class WeightsIndex:
    """Recognises the index of weights in several files."""

    kinds = (_INDEX,)

    def match(self, probe: Probe) -> Artifact | None:
        """JSON with a `weight_map`."""
        if not probe.has_keys("weight_map"):
            return None
        return probe.described(_INDEX, lambda artifact, index: _tell(artifact, index, probe))


def _tell(artifact: Artifact, index: Document, probe: Probe) -> None:
    shards = [name for name in index.inner("weight_map").content.values() if isinstance(name, str)]
    names = sorted(set(shards))
    artifact.tell("tensors", len(shards))
    artifact.tell("shards", len(names))
    artifact.tell("bytes", index.inner("metadata").first("total_size"))
    artifact.tell("parameters", index.inner("metadata").first("total_parameters"))
    outside = [name for name in names if "/" in name or "\\" in name]
    absent = [name for name in names if name not in probe.beside and name not in outside]
    for name in absent[:_SHOWN]:
        artifact.missing.append(f"{name}: {shards.count(name)} tensors")
    if len(absent) > _SHOWN:
        artifact.missing.append(f"and {len(absent) - _SHOWN} more shards")
    if outside:
        artifact.unsafe.append(f"it names files outside of its folder, such as {outside[0]}")
    if any(name.endswith((".bin", ".pt", ".pth")) for name in names):
        artifact.unsafe.append("its shards are pickles, which can run code when they are loaded")
