"""What lies beside an output of a command that is no operation: rows set aside, rows rejected, the manifest."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tilth.errors import DataError
from tilth.judgement import Origin, Reason, SetAside

if TYPE_CHECKING:
    from tilth.formats import Dataset, Output
    from tilth.recipes.tally import Tally


class Evidence:
    """The counts of one command and the rows that it set aside, beside its output.

    A context manager: left by an exception there is nothing beside the output, as there is no output. An output that
    is opened with `together` takes its place with what stands beside it.
    """

    def __init__(self, command: str, output: Path | None, *, overwrite: bool) -> None:
        """Raises `UsageError` for evidence of another output. Without an output rows are only counted."""
        from tilth.formats.atomic import Together
        from tilth.recipes.execute import EVIDENCE, evidence_path, refuse_existing
        from tilth.recipes.tally import Tally

        self.command, self.output, self.tally = command, output, Tally()
        self._overwrite, self.together = overwrite, Together()
        self._aside: Output | None = None
        self._stack = ExitStack()
        if output is not None and not overwrite:
            refuse_existing([output, *(evidence_path(output, kind) for kind in EVIDENCE)])

    def __enter__(self) -> Self:
        self._stack.enter_context(self.together)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, failure, trace)

    def keep(self) -> None:
        """Count a row that went into the output."""
        self.tally.rows_in += 1
        self.tally.kept += 1

    def set_aside(self, id: str, origin: Origin, reason: Reason, row: Mapping[str, Any]) -> None:
        """Count a row that did not, and write it down with the reason."""
        from tilth.formats import open_output
        from tilth.recipes.execute import evidence_path, row_block, set_aside_line

        self.tally.rows_in += 1
        self.tally.set_aside += 1
        self.tally.by_code[reason.code] += 1
        if self.output is None:
            return
        if self._aside is None:
            place = evidence_path(self.output, "set-aside")
            aside = open_output(place, format="jsonl", overwrite=self._overwrite, together=self.together)
            self._aside = self._stack.enter_context(aside)
        self._aside.write(row_block([set_aside_line(SetAside(id, origin, reason, row), self.command)]))

    def complete(
        self, data: "Iterable[Dataset]", inputs: tuple[Path, ...], options: Mapping[str, Any], limit: int | None
    ) -> None:
        """Write the rejects and the manifest, once the output and the rows set aside are in their places.

        `limit` is how many rows were to be read at most, where that was said.
        """
        from tilth.formats import open_output
        from tilth.recipes.execute import evidence_path, remove_evidence, row_block
        from tilth.recipes.manifest import write_sidecar

        rejects = [asdict(reject) for part in data for reject in part.rejects]
        self.tally.reject(len(rejects))
        if self.output is None:
            return
        if self._overwrite:
            remove_evidence(self.output, but_for=("set-aside",) if self._aside else ())
        place = evidence_path(self.output, "rejects")
        if rejects:
            with open_output(place, format="jsonl", overwrite=self._overwrite) as output:
                output.write(row_block(rejects))
        elif self._overwrite:
            place.unlink(missing_ok=True)
        write_sidecar(self.output, self.command, options, inputs, self.tally, limit=limit)


def nothing_left(command: str, tally: "Tally") -> DataError:
    """The error for a command that could use no row at all."""
    codes = ", ".join(f"{number} {code}" for code, number in sorted(tally.by_code.items()))
    return DataError(f"{command} can use none of {tally.rows_in} rows: {codes or 'there is none'}")
