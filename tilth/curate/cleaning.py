"""Records with their texts cleaned, counted by rule."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tilth.curate.record_edits import OffsetError, RecordEditor
from tilth.curate.text_edits import Edit, Rule, apply, edits_of
from tilth.operation import Fields


class Cleaner:
    """Applies rules to records and counts what they did."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.texts_changed: Counter[str] = Counter()
        self.rows_changed = self.rows_left_alone = 0
        self._done: Counter[str] = Counter()
        self._editor = RecordEditor(self._edits)

    def clean(self, record: Fields) -> Fields | None:
        """The record with clean texts; None when it is clean already, or its offsets cannot follow."""
        self._done = Counter()
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

    def facts(self) -> dict[str, Any]:
        """Rows changed, texts changed by each rule, and rows left alone for their offsets."""
        by_rule = {rule: self.texts_changed[rule] for rule in self.rules}
        return {
            "rows_changed": self.rows_changed,
            "texts_changed": by_rule,
            "rows_left_alone": self.rows_left_alone,
        }

    def _edits(self, text: str, _place: str) -> Sequence[Sequence[Edit]]:
        steps: list[list[Edit]] = []
        for rule in self.rules:
            if edits := edits_of(rule, text):
                steps.append(edits)
                text = apply(edits, text)
                self._done[rule] += 1
        return steps
