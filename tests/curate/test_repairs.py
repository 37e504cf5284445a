import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.curate.clean import clean
from tilth.formats import Dataset
from tilth.operation import Fields

ALL = {"mojibake": True, "html": True, "markdown": True, "blanks": True}


def cleaned(*records: Fields, **options: Any) -> list[Fields]:
    return [record for batch in clean(Dataset.of(records), **options).kept.batches() for record in batch.records]


def text_of(text: str, **options: Any) -> str:
    return str(cleaned({"type": "text", "text": text}, **(options or ALL))[0]["text"])


@pytest.mark.parametrize(
    ("rule", "dirty", "clean_text"),
    [
        ("mojibake", "schÃ¶n, â€œgutâ€\x9d", "schön, “gut”"),
        ("mojibake", "größer als “schön”", "größer als “schön”"),
        ("blanks", "a  b \nc\n\n\n\nd\t \n", "a b\nc\n\nd"),
        ("blanks", "    x  =  1 \n\n\n\n    y", "    x  =  1 \n\n\n\n    y"),
        ("blanks", "a\n```\nx  = 1 \n\n\n\ny\n```\nb  c", "a\n```\nx  = 1 \n\n\n\ny\n```\nb c"),
        ("blanks", "use `a  b`  now", "use `a  b`  now".replace("  now", " now")),
        ("blanks", "| a   | b |\n|-----|---|", "| a   | b |\n|-----|---|"),
        ("html", "<p>R&amp;D is <b>fun</b>.</p><p>Yes&nbsp;!</p>", "R&D is fun.\n\nYes !"),
        ("html", "<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("html", 'see <a href="http://x.example/?a=1&amp;b=2">this</a><br/>now', "see this\nnow"),
        ("html", "List<String> a; b < c > d", "List<String> a; b < c > d"),
        ("html", "<think>so</think> yes", "<think>so</think> yes"),
        ("html", "<b>x</b> <script>y</script>", "<b>x</b> <script>y</script>"),
        ("html", "Use the HTML tag <b>bold</b>", "Use the HTML tag <b>bold</b>"),
        ("html", "```\n<p>code</p>\n```\n<p>text</p>", "```\n<p>code</p>\n```\ntext"),
        ("html", "write &lt;b&gt;x&lt;/b&gt; for that", "write &lt;b&gt;x&lt;/b&gt; for that"),
        ("markdown", r"snake\_case and \*stars\*", "snake_case and *stars*"),
        ("markdown", r"a regex: \*\_", r"a regex: \*\_"),
        ("markdown", r"`snake\_case`", r"`snake\_case`"),
        ("markdown", "run\n```py\nx = 1", "run\n```py\nx = 1\n```"),
        ("markdown", "run\n```py\nx = 1\n```\ndone\n```", "run\n```py\nx = 1\n```\ndone"),
        ("markdown", "~~~\n```\n~~~\nok", "~~~\n```\n~~~\nok"),
    ],
)
def test_a_rule_changes_what_it_says(rule: str, dirty: str, clean_text: str) -> None:
    assert text_of(dirty, **{rule: True}) == clean_text


def test_rules_that_can_cost_meaning_are_off() -> None:
    dirty = "schÃ¶n  <b>x</b> \\_ \n\n\n\n```"
    assert text_of(dirty, edges=True) == dirty


def test_a_prompt_about_markup_protects_its_answer() -> None:
    record: Fields = {"type": "instruction", "instruction": "Write a list in HTML.", "output": "<ul><li>a</li></ul>"}
    assert cleaned(record, html=True) == [record]


PIECES = (
    *("a", "b", " ", "  ", "\n", "\n\n\n", "\t", "```\n", "~~~\n", "`", "    ", "|", "\r\n", "\u200b", "e\u0301"),
    *("<p>", "</p>", "<b>", "</b>", "<br>", "<li>", "<x>", "&amp;", "&lt;", "&nbsp;", "&", "amp;", "lt;"),
    *("Ã©", "â€œ", "\\_", "\\*", "\\", "_"),
)
dirt = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@settings(max_examples=400, deadline=None)
@given(dirt)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = text_of(text)
    assert text_of(once) == once


@settings(max_examples=200, deadline=None)
@given(dirt, dirt)
def test_a_fenced_block_is_not_touched(before: str, after: str) -> None:
    block = "```py\nx  =  '<b>&amp;</b>' \n\n\n\n\\_  y\n```\n"
    prefix = before.replace("`", "").replace("~~~", "")
    assert block in text_of(f"p{prefix}q\n{block}r{after.replace('`', '')}s")


@settings(max_examples=200, deadline=None)
@given(dirt, st.sampled_from(["Oslo", "Zoe", "x"]), dirt)
def test_entities_stay_on_their_words(before: str, name: str, after: str) -> None:
    span = {"start": len(before) + 1, "end": len(before) + 1 + len(name), "label": "NAME"}
    (record,) = cleaned({"type": "ner", "text": f"{before} {name} {after}", "entities": [span]}, **ALL)
    (entity,) = record["entities"]
    assert record["text"][entity["start"] : entity["end"]] == name


def test_the_evidence_names_the_rules_of_each_row() -> None:
    outcome = clean(Dataset.of([{"type": "text", "text": "schÃ¶n  \r\n"}]), **ALL)
    assert [change.detail for change in outcome.changes] == ["line-ends, mojibake, blanks, edges"]


def test_ftfys_own_cases_are_repaired_and_what_is_no_mojibake_stays(shared_data: Path) -> None:
    for name in ("language-names", "synthetic", "negative"):
        for case in json.loads((shared_data / "ftfy_share" / f"{name}.json").read_text()):
            if case["expect"] == "pass":
                wanted = case.get("fixed-encoding", case["fixed"])
                off = {"edges": False, "line_ends": False, "invisible": False, "unicode": False}
                assert text_of(case["original"], mojibake=True, **off) == wanted, case["label"]
