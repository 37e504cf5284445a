"""`auto_map`: a config that names Python files of its own, which `trust_remote_code` would import."""

from tilth.artifacts.artifact import Artifact
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe


def tell_remote_code(artifact: Artifact, config: Document, probe: Probe) -> None:
    """Warn of code that comes with a config, and say which of it does not lie beside."""
    targets = [
        target
        for value in config.inner("auto_map").content.values()
        for target in (value if isinstance(value, list) else [value])
        if isinstance(target, str)
    ]
    if not targets:
        return
    names = ", ".join(dict.fromkeys(targets))
    artifact.unsafe.append(f"its auto_map names code ({names}), which runs when it is loaded with trust_remote_code")
    local = {target.rpartition(".")[0] + ".py" for target in targets if "--" not in target}
    artifact.missing += [f"{file}: code that it names" for file in sorted(local) if file not in probe.beside]
    if elsewhere := sorted({target.partition("--")[0] for target in targets if "--" in target}):
        artifact.unsafe.append(f"that code comes from another repository, {', '.join(elsewhere)}, and can change there")
