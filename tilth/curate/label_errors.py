"""The operation `label-errors`: rows whose label is not the one that their text speaks for are set aside."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from tilth.operation import Dataset, Judged, Options, Reason, judge

if TYPE_CHECKING:
    from tilth.curate.labels.labelled import Labelled
    from tilth.curate.labels.verdicts import Verdicts


class LabelErrorsOptions(Options):
    """Who says what a text is, how suspicion is measured, and how much of it is too much."""

    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Suspicion above which a row is set aside: by the default ranking, above 0.5 it is more likely wrong than right. 0
    sets aside every row that was judged, so that the whole ranking can be read off."""
    ranking: Literal["adaptive", "noise", "self-confidence", "normalized-margin"] = "adaptive"
    """How suspicion is measured. `noise`: the probability that another class is true, given how many labels of the
    set look wrong and in which way. `adaptive`: as many rows at each score as by `noise`, in an order that suits the
    kind of errors that the set has, random ones or mix-ups. The other two are cleanlab's. Of spans, `adaptive` judges
    whole ones and weighs the same words elsewhere; the others take the worst token."""
    text: str = "text"
    """What is classified: `text`, `prompt`, or a field."""
    label: str = "label"
    """The field that holds the class; `label` also reads the `labels` of records with several."""
    probabilities: str = ""
    """Class probabilities of a model of your own, out of sample: a field with a list or an object, or a `.npy` file
    with a row per row and a column per class in the order of their names (whole numbers by value)."""
    second_opinion: bool = True
    """Let word counts have a say beside given probabilities, where the rows have texts."""
    folds: Annotated[int, Field(ge=2, le=50)] = 5
    """Parts of the data; each is judged by a classifier that learned from the others. Near-duplicates stay in one."""
    seed: int = 0
    """Seed of the folds."""


@judge(LabelErrorsOptions, suspicion="high")
def label_errors(data: Dataset, options: LabelErrorsOptions) -> Iterator[Judged]:
    """Set aside rows whose label is not the one that their text speaks for.

    A classifier (linear support vector machine and naive Bayes over words and character runs) learns from the other
    folds and says what each row is. The score is the suspicion from 0 to 1; the reason names the label that fits
    better. Rows that cannot be judged are kept and counted: without a label or a word, or alone in their class. Of
    records with several labels each label is judged, the missing ones too. Texts are held in memory, the first 4,000
    characters of each.

    Of texts with labelled spans (`ner`) every span and every word outside is judged, by a classifier of tokens and by
    how the same words are labelled in other texts: wrong labels, spans that should not be there, missing ones, and
    spans cut too long or too short. The score is that of the most suspicious place, which the reason names.
    """
    from tilth.curate.labels.learning import check_installed

    check_installed("finding wrong labels")
    from tilth.curate.labels.spans.tagged import is_spans

    if options.label == "label" and is_spans(data):
        yield from _by_spans(data, options)
        return
    from tilth.curate.labels.labelled import gather

    labelled = gather(data, options.text, options.label)
    verdicts = _verdicts(data, labelled, options)
    facts = _facts(labelled, verdicts, options)
    row = 0
    for batch in data.batches():
        reasons = [_reason(one, labelled, verdicts, options) for one in range(row, row + len(batch))]
        row += len(batch)
        yield Judged(batch, reasons, facts=facts)


def _by_spans(data: Dataset, options: LabelErrorsOptions) -> Iterator[Judged]:
    from tilth.curate.labels.spans.judging import judge_spans
    from tilth.errors import UsageError

    if options.probabilities:
        raise UsageError("given probabilities are for rows of one label each, and these have spans")
    yield from judge_spans(data, options.ranking, options.folds, options.seed, options.threshold)


def _verdicts(data: Dataset, labelled: "Labelled", options: LabelErrorsOptions) -> "Verdicts":
    from tilth.curate.labels.given import given_probabilities
    from tilth.curate.labels.verdicts import Setting, check_size, judge_multi, judge_single
    from tilth.errors import UsageError

    setting = Setting(options.ranking, options.folds, options.seed)
    if labelled.is_multi and options.probabilities:
        raise UsageError(
            "given probabilities are for rows of one label each, and these have several", fix="--label FIELD"
        )
    if labelled.is_multi:
        return judge_multi(labelled, setting)
    given = None
    if options.probabilities and labelled.texts:
        check_size(len(labelled.texts), len(labelled.names))
        given = given_probabilities(options.probabilities, data, labelled.names, len(labelled.texts))
    return judge_single(labelled, setting, given, second_opinion=options.second_opinion)


def _reason(row: int, labelled: "Labelled", verdicts: "Verdicts", options: LabelErrorsOptions) -> Reason | None:
    score = float(verdicts.score[row])
    if not (score > options.threshold or (options.threshold == 0 and score == 0)):
        return None
    if labelled.is_multi:
        name = labelled.names[int(verdicts.given[row])]
        said = f"{name} looks missing" if verdicts.is_missing[row] else f"{name} does not look right"
        return Reason("label-error", None, score, said)
    given, better = (labelled.names[int(number)] for number in (verdicts.given[row], verdicts.better[row]))
    return Reason("label-error", None, score, f"labelled {given}, looks like {better}")


def _facts(labelled: "Labelled", verdicts: "Verdicts", options: LabelErrorsOptions) -> dict[str, Any]:
    from tilth.curate.labels.verdicts import exchanged

    rows = [row for row, score in enumerate(verdicts.score.tolist()) if score > options.threshold]
    pairs = exchanged(verdicts.given[rows].tolist(), verdicts.better[rows].tolist(), labelled.names)
    judged = len(labelled.texts) - sum(verdicts.unjudged.values())
    return {
        "classes": len(labelled.names),
        "rows_judged": judged,
        "rows_not_judged": verdicts.unjudged,
        "exchanged": [] if labelled.is_multi else pairs,
        "warnings": _warnings(labelled, verdicts, judged),
    }


def _warnings(labelled: "Labelled", verdicts: "Verdicts", judged: int) -> list[str]:
    if not labelled.texts:
        return []
    if len(labelled.names) == 1:
        return [f"every row is labelled {labelled.names[0]}: there is nothing to confuse it with"]
    if judged == 0 or verdicts.score.size == 0 or (verdicts.score != verdicts.score).all():
        return [f"no row could be judged: {', '.join(f'{rows} {why}' for why, rows in verdicts.unjudged.items())}"]
    return []
