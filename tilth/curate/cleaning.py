"""Records with their texts cleaned, counted by rule."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tilth.curate.record_edits import OffsetError, RecordEditor
from tilth.curate.repairs.blanks import blank_edits
from tilth.curate.repairs.markdown import is_about_escapes, markdown_edits
from tilth.curate.repairs.markup import is_about_markup, markup_edits
from tilth.curate.repairs.mojibake import mojibake_edits
from tilth.curate.text_edits import Edit, Rule, apply, edits_of
from tilth.operation import Fields
from tilth.schemas import parts

_REPAIRS: dict[Rule, Callable[[str], list[Edit]]] = {
    "html": markup_edits,
    "mojibake": mojibake_edits,
    "markdown": markdown_edits,
    "blanks": blank_edits,
}
_SUBJECTS: dict[Rule, Callable[[str], bool]] = {"html": is_about_markup, "markdown": is_about_escapes}
"""Rules that leave a record alone whose subject is what they would take away."""
_MOST_ROUNDS = 5  # what one rule removes can show another something; two rounds are nearly always all


class Cleaner:
    """Applies rules to records and counts what they did."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.texts_changed: Counter[str] = Counter()
        self.rows_changed = self.rows_left_alone = 0
        self._done: Counter[str] = Counter()
        self._applied: Sequence[Rule] = rules
        self._editor = RecordEditor(self._edits)

    def clean(self, record: Fields) -> Fields | None:
        """The record with clean texts; None when it is clean already, or its offsets cannot follow."""
        self._done = Counter()
        self._applied = self._rules_for(record)
        try:
            cleaned = self._editor.edited(record)
        except OffsetError:
            self.rows_left_alone += 1
            return None
        if cleaned == record:
            return None
        self.rows_changed += 1
        self.texts_changed += self._done
        return cleaned

    @property
    def done(self) -> str:
        """The rules that changed something in the latest record, in words."""
        return ", ".join(rule.replace("_", "-") for rule in self._applied if self._done[rule])

    def facts(self) -> dict[str, Any]:
        """Rows changed, texts changed by each rule, and rows left alone for their offsets."""
        by_rule = {rule: self.texts_changed[rule] for rule in self.rules}
        return {
            "rows_changed": self.rows_changed,
            "texts_changed": by_rule,
            "rows_left_alone": self.rows_left_alone,
        }

    def _rules_for(self, record: Fields) -> Sequence[Rule]:
        asked = [rule for rule in self.rules if rule in _SUBJECTS]
        if not asked:
            return self.rules
        said = parts(record).text
        left = {rule for rule in asked if _SUBJECTS[rule](said)}
        return [rule for rule in self.rules if rule not in left]

    def _edits(self, text: str, _place: str) -> Sequence[Sequence[Edit]]:
        steps: list[list[Edit]] = []
        done = set[Rule]()
        for _ in range(_MOST_ROUNDS):
            before = len(steps)
            for rule in self._applied:
                if edits := _REPAIRS[rule](text) if rule in _REPAIRS else edits_of(rule, text):
                    steps.append(edits)
                    text = apply(edits, text)
                    done.add(rule)
            if len(steps) == before:
                break
        self._done.update(done)
        return steps
