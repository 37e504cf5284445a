"""`report.html`: the evidence of a run, gathered section by section and written as one page that needs nothing else."""

from importlib.resources import files
from pathlib import Path

from tilth.formats import replacing
from tilth.recipes.evidence import RunEvidence, read_run
from tilth.recipes.planted import Comparison, compare_planted, read_key
from tilth.recipes.report.changes import changes
from tilth.recipes.report.distributions import distributions
from tilth.recipes.report.environment import page_environment
from tilth.recipes.report.flow import flow
from tilth.recipes.report.growth import growths
from tilth.recipes.report.headline import headline
from tilth.recipes.report.provenance import provenance
from tilth.recipes.report.removals import removals
from tilth.recipes.report.scores import scores
from tilth.recipes.report.splits import splits
from tilth.recipes.report.training import evaluations, trainings

REPORT_FILE = "report.html"


def write_report(run_folder: Path) -> Path:
    """Write `report.html` into the folder of a finished run, and return its path.

    The page holds its charts and its style: it opens without a network, prints, and follows the reader's light or
    dark setting. Raises `UsageError` when the folder holds no finished run.
    """
    run = read_run(run_folder)
    target = run_folder / REPORT_FILE
    page = _render(run)
    with replacing(target) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return target


def _render(run: RunEvidence) -> str:
    trained, evaluated, planted = trainings(run), evaluations(run), _planted(run)
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            title=run.manifest["title"],
            about=run.manifest.get("about") or "",
            style=files("tilth.recipes.report").joinpath("page/report.css").read_text(encoding="utf-8"),
            headline=headline(run, trained, evaluated, planted),
            flow=flow(run),
            removals=removals(run, [step for step in run.steps if step.kind != "make"]),
            changes=changes(run),
            distributions=distributions(run),
            growths=growths(run),
            scores=scores(run),
            splits=splits(run),
            trainings=trained,
            evaluations=evaluated,
            planted=planted,
            provenance=provenance(run),
        )
    )


def _planted(run: RunEvidence) -> Comparison | None:
    key = run.manifest.get("key")
    return compare_planted(read_key(Path(key)), run) if key and Path(key).exists() else None
