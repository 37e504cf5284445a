"""The report: one page that tells a run truly, loads nothing, and shows hostile text as text."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.recipes.run_folder import write_run_folder
from tilth.errors import UsageError
from tilth.recipes.report import write_report

HEADINGS = """\
h1 Support <desk>
h3 About this run
h2 Where every row went
h2 What was removed, and why
h3 Could not be read
h3 Empty answer
h3 Almost the same as a row that was kept
h2 What was changed
h3 validate 1 row
h2 The data before and after
h3 Length of answers
h3 Length of prompts
h3 Answer to prompt
h2 What was grown
h3 Some of the new rows
h3 Contains a word that is on the blacklist
h3 Too similar to a task that was there before
h2 The splits
h2 What the model learned
h3 Supervised fine-tuning sft
h3 Preference tuning dpo
h2 Base and tuned, side by side
h2 Provenance"""


class Page(HTMLParser):
    """What a browser would make of the page: tags, attributes, headings, visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.tags, self.attributes = html, set[str](), list[tuple[str, str]]()
        self.headings, self.text, self._open = list[str](), "", list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        if {"h1", "h2", "h3"} & set(self._open) and data.strip():
            self.headings[-1] += f" {data.strip()}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run_folder(tmp_path_factory.mktemp("runs") / "desk")


@pytest.fixture(scope="module")
def page(run: Path) -> Page:
    return Page(write_report(run).read_text(encoding="utf-8"))


def test_the_report_tells_every_part_of_a_run_in_this_order(page: Page) -> None:
    assert "\n".join(page.headings) == HEADINGS


def test_the_report_loads_nothing_and_runs_nothing(page: Page) -> None:
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video"}
    addresses = [value for name, value in page.attributes if name in ("href", "src", "xlink:href", "action", "data")]
    assert all(value.startswith("#") for value in addresses)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    style = page.html[page.html.index("<style>") : page.html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_hostile_record_text_is_shown_and_does_nothing(page: Page) -> None:
    assert "<script>alert('gone')</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "[INST]" in page.text
    assert "␛]52;c;aGk=" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u200b]", page.html)


def test_the_first_sentence_counts_what_came_in_and_what_left(page: Page) -> None:
    assert "20 rows came in from 2 files, 3 rows were removed, 1 changed and 1 grown, and 18 rows left" in page.text
    assert "perplexity over the right answers fell from 1,212 to 9" in page.text


def test_every_reason_and_count_is_that_of_the_set_aside_files(run: Path, page: Page) -> None:
    for path in run.glob("steps/*/set-aside.jsonl"):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for code in {line["code"] for line in lines}:
            count = sum(line["code"] == code for line in lines)
            assert re.search(rf"{count} rows?\s+\S+ · {code}", page.text)


def test_a_near_duplicate_stands_beside_its_witness_with_the_difference_marked(page: Page) -> None:
    assert "removed · faq.jsonl:23" in page.text
    assert "kept · faq.jsonl:1" in page.text
    assert "<mark>Here</mark>" in page.html
    assert "<mark>This</mark>" in page.html
    assert "similarity 0.91" in page.text


def test_a_repair_shows_the_blanks_it_took_away(page: Page) -> None:
    assert "␣␣Two blanks before the answer, and a line break behind it.⏎" in page.text


def test_a_held_out_prompt_stands_with_its_place_and_both_answers(page: Page) -> None:
    assert "in the data · faq.jsonl:3" in page.text
    assert "of of ␛[2J the … (cut off)" in page.text
    assert "Plants leave on Mondays." in page.text


def test_recorded_answers_are_called_so_and_the_live_flag_is_named(page: Page) -> None:
    assert "No model was asked." in page.text
    assert "5 answers from the file answers.jsonl" in page.text
    assert "written-by-hand" in page.text
    assert "tilth run recipe.yaml --set self-instruct.endpoint=http://127.0.0.1:8080/v1" in page.text


def test_answers_of_a_live_model_are_not_called_recorded(tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path / "run")
    _change_step(folder, "04-self-instruct", {"answers_recorded": 0, "requests_sent": 5, "cost_usd": 0.0123})

    page = Page(write_report(folder).read_text(encoding="utf-8"))

    assert "No model was asked." not in page.text
    assert "5 requests sent to the endpoint, for at most $0.0123" in page.text


def test_decisions_of_reviewers_are_counted_in_the_flow(tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path / "run")
    _change_step(folder, "03-dedup", {"decisions": {"accepted": 3, "rejected": 1}})

    page = Page(write_report(folder).read_text(encoding="utf-8"))

    assert "by reviewers: 3 accepted, 1 rejected" in page.text


def test_no_folder_of_this_machine_is_named(run: Path, page: Page) -> None:
    assert str(run.parent) not in page.html
    assert "/somewhere/" not in page.html


def test_the_same_run_gives_the_same_bytes(run: Path) -> None:
    assert write_report(run).read_bytes() == write_report(run).read_bytes()


def test_counts_that_do_not_add_up_are_called_out(tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path / "run")
    path = folder / "steps" / "03-dedup" / "step.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["counts"]["kept"] += 1
    path.write_text(json.dumps(summary), encoding="utf-8")

    page = Page(write_report(folder).read_text(encoding="utf-8"))

    assert "yet in dedup the counts do not add up" in page.text


def test_a_run_that_only_read_has_a_report_too(tmp_path: Path) -> None:
    folder = write_run_folder(tmp_path / "run")
    for step in sorted((folder / "steps").iterdir())[1:]:
        for path in sorted(step.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        step.rmdir()

    page = Page(write_report(folder).read_text(encoding="utf-8"))

    assert "h2 The splits" not in page.headings
    assert "20 rows came in from 2 files, 1 row was removed, and 19 rows left" in page.text


def test_a_folder_without_a_finished_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not the folder of a finished run"):
        write_report(tmp_path)


def _change_step(folder: Path, step: str, facts: dict[str, object]) -> None:
    path = folder / "steps" / step / "step.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["facts"].update(facts)
    path.write_text(json.dumps(summary), encoding="utf-8")
