"""One record against its schema and its rules, and with everything repaired that has one right answer."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields, record_type
from tilth.schemas.problem import Path, Problem, dotted
from tilth.schemas.registry import is_record_type
from tilth.validators.finding import Finding, quoted
from tilth.validators.providers import provider_rules
from tilth.validators.rule import Repair, Rule, RuleContext, Violation
from tilth.validators.rules import RULES

_ROUNDS = 8  # a repair can bring up another violation (a role, then the order of turns); never an endless chain


class Examiner:
    """Examines records under one set of options; made once, used for every record."""

    def __init__(self, off: frozenset[str], context: RuleContext, provider: str | None = None) -> None:
        self.off, self.context, self.provider = off, context, provider
        self._rules: dict[str, list[Rule]] = {}

    def findings(self, fields: Fields, file: str = "", line: int = 0, id: str = "") -> list[Finding]:
        """Everything that is wrong with a record; errors before warnings."""
        found = [_finding(rule, violation, file, line, id) for rule, violation in self._violations(fields)]
        covered = {finding.field for finding in found if finding.severity == "error"}
        for problem in _problems(fields):
            # A rule that speaks about the same place says it better, and may know the remedy.
            if problem.code not in self.off and dotted(problem.path) not in covered:
                found.append(_schema_finding(problem, file, line, id))
        return sorted(found, key=lambda finding: finding.severity)

    def repaired(self, fields: Fields) -> Fields | None:
        """The record with every repair made, or None when nothing can be repaired."""
        better = fields
        for _ in range(_ROUNDS):
            repairs = [
                (violation.path, violation.repair) for _, violation in self._violations(better) if violation.repair
            ]
            if not repairs:
                break
            for path, repair in repairs:
                better = _with(better, path, repair.value)
        return better if better != fields else None

    def _violations(self, fields: Fields) -> Iterator[tuple[Rule, Violation]]:
        for rule in self._rules_of(str(fields.get("type"))):
            for violation in rule.check(fields, self.context):
                yield rule, violation

    def _rules_of(self, name: str) -> list[Rule]:
        if name not in self._rules:
            rules = RULES.get(name, ()) + (provider_rules(self.provider, name) if self.provider else ())
            self._rules[name] = [each for each in rules if each.code not in self.off]
        return self._rules[name]


def _problems(fields: Fields) -> Iterator[Problem]:
    name = fields.get("type")
    if not is_record_type(name):
        said = "is missing" if name is None else "is no known record type"
        return iter([Problem(("type",), "unknown-record-type", said, name, "a record type")])
    return record_type(str(name)).problems(fields)


def _finding(rule: Rule, violation: Violation, file: str, line: int, id: str) -> Finding:
    fix = _fix(violation.repair) if violation.repair else violation.hint
    return Finding(
        file,
        line,
        id,
        dotted(violation.path),
        rule.code,
        rule.severity,
        violation.message,
        violation.found,
        violation.expected,
        fix,
        violation.repair,
    )


def _schema_finding(problem: Problem, file: str, line: int, id: str) -> Finding:
    field = dotted(problem.path)
    fix = f"add {field}" if problem.code == "missing" else ""
    said, expected = problem.message, problem.expected if problem.code != "missing" else ""
    return Finding(file, line, id, field, problem.code, "error", said, problem.found, expected, fix)


def _fix(repair: Repair) -> str:
    return f"--fix makes it {quoted(repair.value)}"


def _with(value: Any, path: Path, new: Any) -> Any:
    """A copy of a value with another one at a path; what is not on the way is shared, never changed."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(step, int):
        return [_with(item, rest, new) if index == step else item for index, item in enumerate(value)]
    return {**value, step: _with(value.get(step), rest, new)}
