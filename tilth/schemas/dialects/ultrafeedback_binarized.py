"""The UltraFeedback dialect, binarized: a prompt as text, and two conversations that repeat it."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.preference_forms import common_turns, in_messages, repeats_prompt, said_first
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_ANSWERS = ("chosen", "rejected")
_SCORES = {"score_chosen": "chosen", "score_rejected": "rejected"}
_NOTE, _PROMPT = "ultrafeedback", "prompt"


class UltraFeedbackBinarized(Dialect):
    """UltraFeedback as Hugging Face binarized it, and Axolotl's `ultra`: the prompt once as text and twice as a turn.

        {"prompt": "Is 9 a prime?",
         "chosen": [{"role": "user", "content": "Is 9 a prime?"}, {"role": "assistant", "content": "No."}],
         "rejected": [{"role": "user", "content": "Is 9 a prime?"}, {"role": "assistant", "content": "Yes."}],
         "score_chosen": 8.5, "score_rejected": 2.0}

    The shared turns become the prompt, the scores the ratings. This is the shape in which a trainer that takes it
    for TRL's explicit one shows the question twice.
    """

    name: ClassVar[str] = "ultrafeedback-binarized"
    summary: ClassVar[str] = "prompt beside conversations that repeat it (UltraFeedback binarized, Axolotl ultra)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = ("prompt", *_ANSWERS)

    def recognise(self, row: Row) -> str | None:
        """The prompt is text, and both answers begin with it as a user's turn."""
        return "every row has prompt as text, and chosen and rejected that repeat it" if repeats_prompt(row) else None

    def decode(self, row: Row) -> Fields:
        """The turns that both answers share as the prompt."""
        chosen, rejected = (row.get(name) for name in _ANSWERS)
        if not (isinstance(chosen, list) and isinstance(rejected, list)):
            return sort_fields(row, "preference", ())
        written = (*self.needs, *(_SCORES if _SCORES.keys() <= row.keys() else ()))
        kept = sort_fields(row, "preference", written, as_written=written)
        border = common_turns(chosen, rejected)
        said = {"prompt": chosen[:border], "chosen": chosen[border:], "rejected": rejected[border:]}
        ratings = {part: row[name] for name, part in _SCORES.items() if name in written}
        scores = {_PROMPT: {}, "rejected": {}, "score_rejected": {}, "score_chosen": {"ratings": ratings}}
        fields = put(kept, {"chosen": said, **scores})
        is_usual = row.get(_PROMPT) == said_first(fields["prompt"])
        return noted(fields, _NOTE, {} if is_usual or _PROMPT not in row else {_PROMPT: row[_PROMPT]})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The prompt before both answers, and its first turn as text. Raises `LossError` where it has none."""
        note, fields = without_note(held(self, fields), _NOTE)
        if not fields.keys() & set(self.needs):
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        if isinstance(fields.get("chosen"), list) and "prompt" not in fields:
            raise LossError(self.name, ["prompt (there is none)"])
        fields = in_messages(self.name, fields)
        ratings = fields.get("ratings")
        has_scores = isinstance(ratings, dict) and ratings.keys() == set(_ANSWERS)
        said = {name: value for name, value in fields.items() if value is not None}
        refuse_leftovers(self.name, said, (*self.needs, "ratings") if has_scores else self.needs)
        prompt = note.get(_PROMPT, said_first(fields["prompt"]))
        if prompt is None:
            raise LossError(self.name, ["prompt (without a user's turn)"])
        content: dict[str, Any] = {"prompt": prompt}
        content.update((name, [*fields["prompt"], *fields[name]]) for name in _ANSWERS)
        if has_scores and ratings:
            content.update((name, ratings[part]) for name, part in _SCORES.items())
        row = flat_row(self.name, content, fields, tuple(content))
        if any(self.decode(row).get(name) != fields[name] for name in ("prompt", *_ANSWERS)):
            raise LossError(self.name, ["border (where the prompt ends: the answers begin alike)"])
        return row

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """Without the border, the turns that both answers begin with count as prompt."""
        if name != "border":
            return super().forgo(fields, name)
        fields = in_messages(self.name, fields)
        whole = [[*fields["prompt"], *fields[answer]] for answer in _ANSWERS]
        border = common_turns(*whole)
        return {**fields, "prompt": whole[0][:border], "chosen": whole[0][border:], "rejected": whole[1][border:]}
