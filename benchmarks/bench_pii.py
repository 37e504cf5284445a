"""Personal data by exact span: precision, recall and F1 for each kind, beside presidio-analyzer where it is installed.

    python benchmarks/bench_pii.py

Three measurements, on `../shared/data` or the folder in TILTH_SHARED_DATA:

    presidio-research   100 sentences with their spans, as published
    filled templates    the 209 templates of the same set, filled anew with Faker's values of ten countries (a fixed
                        seed): numbers that nobody has looked at while writing patterns; needs `pip install faker`
    clean text          sets in which personal data is rare: what is found in them is listed for each million characters

presidio-analyzer runs with a blank spaCy pipeline, so with its patterns alone, and at whichever of the score
thresholds 0, 0.35 and 0.5 it does best. Names, places and organisations need a model and are no part of this.
"""

import importlib.util
import json
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tilth.curate.personal.finding import find
from tilth.curate.personal.kinds import DETECTORS

Truth = tuple[str, set[tuple[int, int, str]]]
DATA = Path(os.environ.get("TILTH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "credit-card",
    "IBAN_CODE": "iban",
    "IP_ADDRESS": "ip-address",
    "US_SSN": "ssn",
}
"""The kinds that both tools know by patterns, by presidio's name for them."""
FAKED = {
    "email": "EMAIL_ADDRESS",
    "phone_number": "PHONE_NUMBER",
    "credit_card_number": "CREDIT_CARD",
    "iban": "IBAN_CODE",
    "ip_address": "IP_ADDRESS",
    "ssn": "US_SSN",
}
LOCALES = ("en_US", "en_GB", "en_AU", "en_IN", "de_DE", "fr_FR", "it_IT", "es_ES", "nl_NL", "pt_BR")
ROUNDS = 20
THRESHOLDS = (0.0, 0.35, 0.5)
CLEAN = ("gsm8k", "banking77", "xquad_en", "self_instruct", "llama_factory_demo", "fastchat")


def main() -> None:
    """Print the tables."""
    if not DATA.is_dir():
        print(f"skipped: there is no {DATA}")
        return
    peer = presidio()
    compare("presidio-research, 100 sentences", list(published()), peer)
    if importlib.util.find_spec("faker"):
        compare(f"its templates, filled {ROUNDS} times by Faker", list(filled()), peer)
    else:
        print("\nfilled templates: Faker is not installed")
    clean_text()


def published() -> Iterator[Truth]:
    """The sentences as they come."""
    for row in json.loads((DATA / "presidio_pii_share" / "generated_small.json").read_text()):
        spans = {
            (span["start_position"], span["end_position"], KINDS[span["entity_type"]])
            for span in row["spans"]
            if span["entity_type"] in KINDS
        }
        yield row["full_text"], spans


def filled() -> Iterator[Truth]:
    """The templates with other values; a Social Security number is American wherever the rest is from."""
    from faker import Faker

    templates = (DATA / "presidio_pii_share" / "templates.txt").read_text(errors="replace").splitlines()
    fakers = {locale: Faker(locale) for locale in LOCALES}
    for place, fake in enumerate(fakers.values()):
        fake.seed_instance(place)
    chooser = random.Random(7)
    for template in [line.replace("\\n", "\n") for line in templates] * ROUNDS:
        yield fill(template, fakers[chooser.choice(LOCALES)], fakers["en_US"])


def fill(template: str, fake: Any, american: Any) -> Truth:
    """One template with values, and where they came to stand."""
    text, spans, at = "", set(), 0
    for slot in re.finditer(r"\{\{(\w+)\}\}", template):
        text += template[at : slot.start()]
        name = slot.group(1)
        value = value_for(name, american if name == "ssn" else fake)
        if name in FAKED:
            spans.add((len(text), len(text) + len(value), KINDS[FAKED[name]]))
        text, at = text + value, slot.end()
    return text + template[at:], spans


def value_for(name: str, fake: Any) -> str:
    """A value for a slot of a template; the slots that Faker does not know are names and nationalities."""
    known = {"person": "name", "organization": "company", "ip_address": "ipv4", "zipcode": "postcode", "iban": "iban"}
    try:
        return str(getattr(fake, known.get(name, name))())
    except AttributeError:
        return str(fake.last_name())


def presidio() -> Callable[[str], list[tuple[int, int, str, float]]] | None:
    """The peer's answer to a text, or None where it is not installed."""
    if importlib.util.find_spec("presidio_analyzer") is None:
        print("presidio-analyzer is not installed")
        return None
    import logging

    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    logging.disable(logging.CRITICAL)  # it looks for a list of domains on the network and says so at length
    engine = SpacyNlpEngine()
    engine.nlp = {"en": spacy.blank("en")}
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])

    def answer(text: str) -> list[tuple[int, int, str, float]]:
        results = analyzer.analyze(text, language="en", entities=list(KINDS))
        return [(one.start, one.end, KINDS[one.entity_type], one.score) for one in results]

    return answer


def compare(title: str, rows: list[Truth], peer: Callable[[str], list[tuple[int, int, str, float]]] | None) -> None:
    """One table: a line for each kind, and one for all."""
    wanted = tuple(kind for kind in DETECTORS if kind in KINDS.values())
    began = time.process_time()
    ours = [{tuple(found) for found in find(text, wanted)} for text, _ in rows]
    seconds = {"tilth": time.process_time() - began}
    answers: dict[str, list[set[Any]]] = {"tilth": ours}
    if peer is not None:
        began = time.process_time()
        scored = [peer(text) for text, _ in rows]
        seconds["presidio"] = time.process_time() - began
        cuts = {cut: [{one[:3] for one in found if one[3] >= cut} for found in scored] for cut in THRESHOLDS}
        answers["presidio"] = max(cuts.values(), key=lambda found: f1(*counts(rows, found, None)))
    print(f"\n{title} ({len(rows):,} texts, {sum(len(spans) for _, spans in rows):,} spans)\n")
    print("| kind | spans |" + "".join(f" {tool} P | R | F1 |" for tool in answers))
    print("|---|---|" + "---|---|---|" * len(answers))
    for kind in (*sorted(set(KINDS.values())), None):
        total = sum(1 for _, spans in rows for span in spans if kind in (None, span[2]))
        cells = [scores(*counts(rows, found, kind)) for found in answers.values()]
        if total or kind is None:
            print(f"| {kind or 'all'} | {total} | " + " | ".join(cells) + " |")
    print("CPU seconds: " + ", ".join(f"{tool} {spent:.1f}" for tool, spent in seconds.items()))


def counts(rows: list[Truth], answers: list[set[Any]], kind: str | None) -> tuple[int, int, int]:
    """Right, found and true spans of one kind, or of all."""
    tally = Counter[str]()
    for (_, true), found in zip(rows, answers, strict=True):
        of_kind = [{span for span in spans if kind in (None, span[2])} for spans in (true, found)]
        tally.update(right=len(of_kind[0] & of_kind[1]), found=len(of_kind[1]), true=len(of_kind[0]))
    return tally["right"], tally["found"], tally["true"]


def f1(right: int, found: int, true: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * right / (found + true) if found + true else 1.0


def scores(right: int, found: int, true: int) -> str:
    """Precision, recall and F1 as cells; a dash where nothing was found."""
    precision = f"{right / found:.2f}" if found else "-"
    recall = f"{right / true:.2f}" if true else "-"
    return f"{precision} | {recall} | {f1(right, found, true):.2f}"


def clean_text() -> None:
    """What is found, for each million characters, where there is little to find; look at it with `--show`."""
    print("\nfound in sets where personal data is rare, for each million characters\n")
    print("| set | million characters | found of each kind |\n|---|---|---|")
    for name in CLEAN:
        seen: defaultdict[str, list[str]] = defaultdict(list)
        size = 0
        for text in texts_in(DATA / name):
            size += len(text)
            for found in find(text, tuple(DETECTORS)):
                seen[found.kind].append(text[max(0, found.start - 30) : found.end + 10])
        rates = ", ".join(f"{kind} {len(values) / size * 1e6:.1f}" for kind, values in seen.items())
        print(f"| {name} | {size / 1e6:.2f} | {rates or 'nothing'} |")
        if "--show" in sys.argv:
            print("\n".join(f"    {kind}: {value!r}" for kind, values in seen.items() for value in values[:10]))


def texts_in(folder: Path) -> Iterator[str]:
    """Every text in the JSON files and the lines of the CSV files of a folder."""
    for path in sorted(folder.glob("*")):
        content = path.read_text(errors="replace") if path.suffix in (".json", ".jsonl", ".csv") else ""
        if path.suffix == ".csv":
            yield from content.splitlines()
            continue
        try:
            yield from strings(json.loads(content) if path.suffix == ".json" else map(json.loads, content.splitlines()))
        except ValueError:
            continue


def strings(value: Any) -> Iterator[str]:
    """The texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, Iterable):
        for one in value:
            yield from strings(one)


if __name__ == "__main__":
    main()
