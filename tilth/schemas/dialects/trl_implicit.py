"""The implicit preference dialect: chosen and rejected, each with the prompt in it."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.hh_rlhf import is_hh_rlhf
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.preference_forms import common_text, common_turns, in_messages
from tilth.schemas.identity import Fields

_ANSWERS = ("chosen", "rejected")
_BORDER = "border"


class TrlImplicit(Dialect):
    """TRL's implicit preference, as `RewardTrainer` likes it: both answers repeat what they reply to.

        {"chosen": "The sky is blue.", "rejected": "The sky is green."}
        {"chosen": [{"role": "user", "content": "Is 9 a prime?"}, {"role": "assistant", "content": "No."}],
         "rejected": [{"role": "user", "content": "Is 9 a prime?"}, {"role": "assistant", "content": "Yes."}]}

    The prompt is what both have in common, as TRL's `extract_prompt` finds it.
    """

    name: ClassVar[str] = "trl-implicit"
    summary: ClassVar[str] = "chosen and rejected, each with the prompt in it (TRL, Axolotl argilla_chat, torchtune)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = _ANSWERS

    def recognise(self, row: Row) -> str | None:
        """Both answers are there, of one kind, and there is nothing else to be their prompt."""
        chosen, rejected = (row.get(name) for name in _ANSWERS)
        is_pair = isinstance(chosen, str | list) and type(chosen) is type(rejected)
        is_other = is_hh_rlhf(row) or any(
            name in row for name in ("prompt", "question", "input", "instruction", "messages", "conversations")
        )
        return "every row has chosen and rejected" if is_pair and not is_other else None

    def decode(self, row: Row) -> Fields:
        """What both answers share as the prompt, the rest as the answers."""
        kept = sort_fields(row, "preference", (*_ANSWERS, "tools"), as_written=(*_ANSWERS, "tools"))
        chosen, rejected = (row.get(name) for name in _ANSWERS)
        if isinstance(chosen, list) and isinstance(rejected, list):
            border = common_turns(chosen, rejected)
        elif isinstance(chosen, str) and isinstance(rejected, str):
            border = common_text(chosen, rejected)
        else:
            return kept
        said = {"prompt": chosen[:border], "chosen": chosen[border:], "rejected": rejected[border:]}
        return put(kept, {"chosen": said, "rejected": {}})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """Both answers with the prompt before them. Raises `LossError` where the prompt could not be found again."""
        fields = held(self, fields)
        if "prompt" in fields and not all(isinstance(fields.get(name), str) for name in ("prompt", *_ANSWERS)):
            fields = in_messages(self.name, fields)
        known = {"prompt", *_ANSWERS, "tools"}
        refuse_leftovers(self.name, {name: value for name, value in fields.items() if value is not None}, known)
        content = {name: fields[name] for name in (*_ANSWERS, "tools") if name in fields}
        if "prompt" in fields:
            content.update((name, fields["prompt"] + fields[name]) for name in _ANSWERS)
        row = flat_row(self.name, content, fields, (*_ANSWERS, "tools"))
        again = self.decode(row)
        if any(again.get(name) != fields.get(name) for name in ("prompt", *_ANSWERS)):
            raise LossError(self.name, [f"{_BORDER} (where the prompt ends: the answers begin alike)"])
        return row

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """Without the border, what both answers begin with counts as prompt."""
        if name != _BORDER:
            return super().forgo(fields, name)
        whole = {answer: fields["prompt"] + fields[answer] for answer in _ANSWERS}
        return {**fields, **{part: value for part, value in self.decode(whole).items() if part != "type"}}
