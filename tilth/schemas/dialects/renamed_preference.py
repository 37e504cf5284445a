"""Preferences whose three parts have names of their own."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, refuse_leftovers, sort_fields
from tilth.schemas.dialects.preference_forms import in_text
from tilth.schemas.identity import Fields

_PARTS = ("prompt", "chosen", "rejected", "system")


class RenamedPreference(Dialect):
    """Base of dialects that say `prompt`, `chosen` and `rejected` in other words, all as text."""

    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    names: ClassVar[dict[str, str]]
    """The dialect's word for each part that has another one."""

    def recognise(self, row: Row) -> str | None:
        """The three parts are there, as text."""
        if not all(isinstance(row.get(name), str) for name in self.needs):
            return None
        return f"every row has {', '.join(self.needs)}"

    def decode(self, row: Row) -> Fields:
        """The parts under the names of the record, unknown fields in `extra`; a row of another shape as it is."""
        if self.recognise(row) is None:
            return sort_fields(row, "preference", ())
        known = self._known()
        part_of = {name: part for part, name in known.items()}
        kept = sort_fields(row, "preference", tuple(part_of))
        return {part_of.get(name, name): value for name, value in kept.items()}

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The parts under the dialect's names."""
        known = self._known()
        fields = held(self, fields)
        if not fields.keys() & known.keys():
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        fields = in_text(self.name, fields)
        refuse_leftovers(self.name, {name: value for name, value in fields.items() if value is not None}, known)
        content = {known[name]: value for name, value in fields.items() if name in known}
        return flat_row(self.name, content, fields, tuple(known.values()))

    def _known(self) -> dict[str, str]:
        return {part: self.names.get(part, part) for part in _PARTS}


class AxolotlIntel(RenamedPreference):
    """Axolotl's `chatml.intel` and Orca's DPO pairs: a question, and two answers.

    {"system": "Be brief.", "question": "Is 9 a prime?", "chosen": "No.", "rejected": "Yes."}
    """

    name: ClassVar[str] = "axolotl-intel"
    summary: ClassVar[str] = "system, question, chosen and rejected (Axolotl chatml.intel, Orca DPO pairs)"
    needs: ClassVar[tuple[str, ...]] = ("question", "chosen", "rejected")
    names: ClassVar[dict[str, str]] = {"prompt": "question"}


class AxolotlIcr(RenamedPreference):
    """Axolotl's `chatml.icr`: an input, and two answers.

    {"system": "Be brief.", "input": "Is 9 a prime?", "chosen": "No.", "rejected": "Yes."}
    """

    name: ClassVar[str] = "axolotl-icr"
    summary: ClassVar[str] = "system, input, chosen and rejected (Axolotl chatml.icr)"
    needs: ClassVar[tuple[str, ...]] = ("input", "chosen", "rejected")
    names: ClassVar[dict[str, str]] = {"prompt": "input"}


class AxolotlArgilla(RenamedPreference):
    """Axolotl's `chatml.argilla` and H2O LLM Studio's DPO: an instruction, and two responses.

    {"instruction": "Is 9 a prime?", "chosen_response": "No.", "rejected_response": "Yes."}
    """

    name: ClassVar[str] = "axolotl-argilla"
    summary: ClassVar[str] = "instruction, chosen_response and rejected_response (Axolotl, Argilla, H2O LLM Studio)"
    needs: ClassVar[tuple[str, ...]] = ("instruction", "chosen_response", "rejected_response")
    names: ClassVar[dict[str, str]] = {
        "prompt": "instruction",
        "chosen": "chosen_response",
        "rejected": "rejected_response",
    }


class StackExchangePaired(RenamedPreference):
    """Stack Exchange, paired by votes: a question, the better response `j` and the worse response `k`.

    {"question": "Is 9 a prime?", "response_j": "No, 9 = 3 x 3.", "response_k": "Yes."}
    """

    name: ClassVar[str] = "stack-exchange-paired"
    summary: ClassVar[str] = "question, response_j and response_k (Stack Exchange, paired)"
    needs: ClassVar[tuple[str, ...]] = ("question", "response_j", "response_k")
    names: ClassVar[dict[str, str]] = {"prompt": "question", "chosen": "response_j", "rejected": "response_k"}
