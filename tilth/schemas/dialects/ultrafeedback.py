"""The UltraFeedback dialect as it was made: one instruction, and the scored answers of several models."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields

_COMPLETIONS = "completions"


class UltraFeedback(Dialect):
    """UltraFeedback: an instruction with the answers of several models, each with its score.

        {"instruction": "Is 9 a prime?", "models": ["a", "b"],
         "completions": [{"model": "a", "response": "No.", "overall_score": 9.0},
                         {"model": "b", "response": "Yes.", "overall_score": 2.0}]}

    The answer with the best score is chosen, the one with the worst is rejected; all of them travel along. Only rows
    that were read this way can be written: two answers make no list of scored ones.
    """

    name: ClassVar[str] = "ultrafeedback"
    summary: ClassVar[str] = "instruction, and completions with overall_score (UltraFeedback)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = ("instruction", _COMPLETIONS)

    def recognise(self, row: Row) -> str | None:
        """The completions are scored responses."""
        return "every row has an instruction and scored completions" if _scored(row) else None

    def decode(self, row: Row) -> Fields:
        """The best against the worst; without two different scores only what is there."""
        kept = sort_fields(row, "preference", ("instruction",))
        fields = {"prompt" if name == "instruction" else name: value for name, value in kept.items()}
        return {"type": "preference", **_pair(row), **{key: fields[key] for key in fields if key != "type"}}

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The row that was read. Raises `LossError` for a pair that came from elsewhere or was changed."""
        fields = held(self, fields)
        made = _pair(fields.get("extra") or {})
        pair = {name: fields.get(name) for name in ("chosen", "rejected", "ratings")}
        if {name: value for name, value in pair.items() if value is not None} != made:
            raise LossError(self.name, ["completions (the pair is not the best and the worst of scored ones)"])
        said = {name: value for name, value in fields.items() if value is not None}
        refuse_leftovers(self.name, said, ("prompt", "chosen", "rejected", "ratings"))
        content = {"instruction": fields["prompt"]} if "prompt" in fields else {}
        return flat_row(self.name, content, fields, ("instruction",))


def _scored(row: Row) -> list[dict[str, Any]]:
    """The completions that have a response and a number as their score."""
    completions = row.get(_COMPLETIONS)
    return [
        each
        for each in (completions if isinstance(completions, list) else ())
        if isinstance(each, dict)
        and isinstance(each.get("response"), str)
        and isinstance(each.get("overall_score"), int | float)
    ]


def _pair(row: Row) -> Fields:
    scored = sorted(_scored(row), key=lambda each: -float(each["overall_score"]))
    if len(scored) < 2 or scored[0]["overall_score"] == scored[-1]["overall_score"]:
        return {}
    best, worst = scored[0], scored[-1]
    ratings = {"chosen": best["overall_score"], "rejected": worst["overall_score"]}
    return {"chosen": best["response"], "rejected": worst["response"], "ratings": ratings}
