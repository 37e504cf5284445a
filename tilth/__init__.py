"""From raw, messy or scarce text to a training set that a team can trust, and a model trained on it.

    import tilth

    data = tilth.Dataset.open("support.jsonl")
    outcome = tilth.dedup(data, threshold=0.8)
    outcome.kept, outcome.set_aside

Every installed operation is here under its own name and is imported when it is first used.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    # What an editor and a type checker see. The list that counts is the entry points; a test holds the two together.
    from tilth.curate.clean import clean as clean
    from tilth.curate.contradictions import contradictions as contradictions
    from tilth.curate.decontaminate import decontaminate as decontaminate
    from tilth.curate.dedup import dedup as dedup
    from tilth.curate.defects import defects as defects
    from tilth.curate.filter import filter as filter
    from tilth.curate.grade import grade as grade
    from tilth.curate.label_errors import label_errors as label_errors
    from tilth.curate.measure import measure as measure
    from tilth.curate.mix import mix as mix
    from tilth.curate.outliers import outliers as outliers
    from tilth.curate.pii import pii as pii
    from tilth.curate.poison import poison as poison
    from tilth.curate.preference_flips import preference_flips as preference_flips
    from tilth.curate.sample import sample as sample
    from tilth.curate.score import score as score
    from tilth.curate.split import split as split
    from tilth.curate.suspicious_text import suspicious_text as suspicious_text
    from tilth.formats import Dataset as Dataset
    from tilth.generators.self_instruct import self_instruct as self_instruct
    from tilth.review.fit_score import fit_score as fit_score
    from tilth.review.reviewed import reviewed as reviewed
    from tilth.trainers.dpo import dpo as dpo
    from tilth.trainers.evaluate import evaluate as evaluate
    from tilth.trainers.sft import sft as sft
    from tilth.validators.validate import validate as validate
else:

    def __getattr__(name: str) -> object:
        # `from tilth import plugins` would ask this very function for the submodule, without end.
        from tilth.plugins import installed, load

        if name == "Dataset":
            from tilth.formats import Dataset

            return Dataset
        if (operation := name.replace("_", "-")) in installed("tilth.ops"):
            return load("tilth.ops", operation)
        raise AttributeError(f"tilth has no operation {name}")

    def __dir__() -> list[str]:
        from tilth.plugins import installed

        return ["Dataset", *(name.replace("-", "_") for name in installed("tilth.ops"))]
