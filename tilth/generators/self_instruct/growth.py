"""Growth, round by round: propose tasks, judge them, answer them, until there are enough or nothing new comes.

Within a round many requests are in flight; between rounds nothing is. Everything that is decided follows from the
seeds, the options and the answers in the order of their requests, never from which answer came first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from tilth.errors import TilthError
from tilth.generators.answering import Answering
from tilth.generators.novelty import NoveltyPool
from tilth.generators.reply import Outcome
from tilth.generators.request import Request
from tilth.generators.self_instruct.candidate import Candidate, proposed
from tilth.generators.self_instruct.filters import Blacklist, check_instances, check_instruction
from tilth.generators.self_instruct.replies import read_instances, read_is_classification
from tilth.generators.self_instruct.requests import ask_instances, ask_instructions, ask_is_classification
from tilth.generators.self_instruct.seeds import Task, draw
from tilth.operation import Fields, Made, Reason
from tilth.schemas.identity import content_id

if TYPE_CHECKING:
    from tilth.generators.self_instruct.operation import SelfInstructOptions

_PATIENCE_ROUNDS = 3


class Growth:
    """The pool of tasks, and how it grows."""

    def __init__(self, seeds: Sequence[Task], options: "SelfInstructOptions", model: Answering) -> None:
        self._seeds, self._options, self._model = seeds, options, model
        self._blacklist = Blacklist.read(options.blacklist)
        self._made: list[Task] = []
        self._asked: Counter[str] = Counter()
        self._pool = NoveltyPool(options.similarity)
        self._known: list[Task] = []  # by their number in the pool
        self._rounds: list[dict[str, Any]] = []
        for seed in seeds:
            self._enter(seed)

    def rounds(self) -> Iterator[Made]:
        """One `Made` for each round. Raises `TilthError` when the model answers nothing at all."""
        for number in count(1):
            candidates = self._propose(number)
            self._judge(candidates)
            self._answer([candidate for candidate in candidates if candidate.reason is None], number)
            records, reasons = self._verdicts(candidates)
            self._remember(number, reasons)
            stopped = self._why_stop()
            yield Made(records, reasons, self._facts(stopped))
            if stopped is not None:
                return

    def _propose(self, number: int) -> list[Candidate]:
        options = self._options
        needed = -(-self._tasks_wanted() // options.tasks_per_request)
        contexts = [
            self._context(f"{options.seed}/{number}/{slot}") for slot in range(min(options.requests_per_round, needed))
        ]
        requests = [
            self._distinct(
                ask_instructions(
                    options,
                    shown,
                    wanted=options.tasks_per_request,
                    about=options.about,
                    reply_format=options.reply_format,
                )
            )
            for shown in contexts
        ]
        outcomes = self._model.ask(requests)
        if not self._model.is_spent and all(outcome.status == "failed" for outcome in outcomes):
            # A server that does not know JSON Schema says so with a 400, and llama.cpp gives up with a 500.
            is_format = options.reply_format == "json" and outcomes[-1].reason.startswith(("http-4", "http-5"))
            raise TilthError(
                f"the model answered none of {len(outcomes)} requests: {outcomes[-1].reason}",
                where=options.endpoint or "",
                fix="--reply-format text" if is_format else "",
            )
        return [
            candidate
            for request, shown, outcome in zip(requests, contexts, outcomes, strict=True)
            for candidate in proposed(outcome, shown, self._generator(number, request))
        ]

    def _judge(self, candidates: Sequence[Candidate]) -> None:
        """Set aside what breaks a rule or is not new; each other task enters the pool before the next is judged."""
        options, wanted = self._options, self._tasks_wanted()
        for candidate in candidates:
            if candidate.reason is not None:
                continue
            if not wanted:
                candidate.set_aside("not-needed", "there were enough tasks before it")
                continue
            candidate.reason = check_instruction(
                candidate.instruction, self._blacklist, min_words=options.min_words, max_words=options.max_words
            )
            if candidate.reason is not None:
                continue
            if (neighbour := self._pool.nearest(candidate.instruction)) is not None:
                candidate.witness = neighbour.number
                candidate.reason = Reason("too-similar", score=neighbour.score)
                continue
            candidate.number = self._enter(Task("", candidate.instruction, "", ""))
            wanted -= 1

    def _answer(self, accepted: Sequence[Candidate], number: int) -> None:
        """Ask for the instances of each accepted task, and judge those."""
        options = self._options
        kinds = self._classify(accepted)
        accepted = [candidate for candidate in accepted if candidate.reason is None]
        requests = []
        for candidate in accepted:
            salt = f"{options.seed}/{number}/examples/{candidate.instruction}"
            examples = draw([seed for seed in self._seeds if seed.output], options.examples, salt)
            seen = [task.id for task in examples if task.id not in candidate.parents]
            is_classification = kinds.get(candidate.instruction, False)
            request = ask_instances(
                options,
                candidate.instruction,
                examples,
                is_classification=is_classification,
                wanted=options.instances_per_task,
                reply_format=options.reply_format,
            )
            candidate.parents = [*candidate.parents, *seen]
            candidate.generator = {
                **candidate.generator,
                "is_classification": is_classification,
                "answer_request": request.key,
            }
            requests.append(request)
        for candidate, outcome in zip(accepted, self._model.ask(requests), strict=True):
            self._read_instances(candidate, outcome)

    def _classify(self, accepted: Sequence[Candidate]) -> Mapping[str, bool]:
        if self._options.classification == "never":
            return {}
        requests = [ask_is_classification(self._options, candidate.instruction) for candidate in accepted]
        kinds = {}
        for candidate, outcome in zip(accepted, self._model.ask(requests), strict=True):
            if outcome.status in ("ok", "truncated"):  # `Yes, because ...` runs into the limit and says it all
                kinds[candidate.instruction] = read_is_classification(outcome.text)
            else:
                _set_aside_for(candidate, outcome)
        return kinds

    def _read_instances(self, candidate: Candidate, outcome: Outcome) -> None:
        if outcome.status != "ok":
            _set_aside_for(candidate, outcome)
            return
        instances = read_instances(outcome.text)[: self._options.instances_per_task]
        if not instances:
            candidate.set_aside("unreadable", "the reply holds no output")
        candidate.instances = list(zip(instances, check_instances(instances), strict=True))

    def _verdicts(self, candidates: Sequence[Candidate]) -> tuple[list[Fields], list[Reason | None]]:
        """Records and reasons of a round, once every task in the pool has an id that a reason can name."""
        self._drop_surplus(candidates)
        for candidate in candidates:
            if candidate.number is not None:
                record, _ = candidate.verdicts()[0]
                self._known[candidate.number] = Task.of(content_id(record), record)
        for candidate in candidates:
            if candidate.reason is not None and candidate.witness is not None:
                witness = self._known[candidate.witness]
                candidate.reason = replace(candidate.reason, against=witness.id, detail=f"like {witness.instruction!r}")
        verdicts = [verdict for candidate in candidates for verdict in candidate.verdicts()]
        self._made += [Task.of(content_id(record), record) for record, reason in verdicts if reason is None]
        return [record for record, _ in verdicts], [reason for _, reason in verdicts]

    def _drop_surplus(self, candidates: Sequence[Candidate]) -> None:
        """Several instances of a task can overshoot the count; the last ones go."""
        left = self._options.count - len(self._made)
        for candidate in candidates:
            for place, (instance, reason) in enumerate(candidate.instances):
                if candidate.reason is None and reason is None:
                    left -= 1
                    if left < 0:
                        candidate.instances[place] = (
                            instance,
                            Reason("not-needed", detail="there were enough before it"),
                        )

    def _remember(self, number: int, reasons: Sequence[Reason | None]) -> None:
        codes = Counter(reason.code for reason in reasons if reason is not None)
        judged = len(reasons) - codes["not-needed"]
        kept = reasons.count(None)
        share = kept / judged if judged else 0.0
        self._rounds.append({"round": number, "candidates": len(reasons), "kept": kept, "acceptance": share})

    def _why_stop(self) -> str | None:
        if len(self._made) >= self._options.count:
            return "count"
        if self._model.is_spent:
            return "max-cost"
        latest = [one["acceptance"] for one in self._rounds[-_PATIENCE_ROUNDS:]]
        # Without anything kept three times over, a fourth time would only cost: also where the least share is 0.
        is_dry = all(share < self._options.min_acceptance or share == 0 for share in latest)
        return "few-new-tasks" if len(latest) == _PATIENCE_ROUNDS and is_dry else None

    def _facts(self, stopped: str | None) -> Mapping[str, Any]:
        return {
            "model": self._options.model,
            "seeds": len(self._seeds),
            "rounds": list(self._rounds),
            "stopped": stopped,
            "warnings": self._warnings(stopped),
            "cost_usd": self._model.cost_usd,
            **self._model.tally.facts(),
        }

    def _warnings(self, stopped: str | None) -> list[str]:
        words = {"max-cost": "the spending limit came first", "few-new-tasks": "hardly anything new came"}
        made = f"growth stopped at {len(self._made)} of {self._options.count} records"
        return [f"{made}: {words[stopped]}"] if stopped in words else []

    def _tasks_wanted(self) -> int:
        return -(-(self._options.count - len(self._made)) // self._options.instances_per_task)

    def _context(self, salt: str) -> list[Task]:
        """Tasks to show: a few that were made, the rest seeds, shuffled."""
        machine = draw(
            self._made, min(self._options.machine_in_context, self._options.in_context - 1), f"{salt}/machine"
        )
        human = draw(self._seeds, self._options.in_context - len(machine), f"{salt}/human")
        return draw([*machine, *human], self._options.in_context, f"{salt}/order")

    def _distinct(self, request: Request) -> Request:
        """The request, marked as another sample where the same prompt was asked before (few seeds, many rounds)."""
        self._asked[request.key] += 1
        return replace(request, sample=self._asked[request.key] - 1)

    def _generator(self, number: int, request: Request) -> dict[str, Any]:
        return {"name": "self-instruct", "model": self._options.model, "round": number, "request": request.key}

    def _enter(self, task: Task) -> int:
        self._known.append(task)
        return self._pool.add(task.instruction)


def _set_aside_for(candidate: Candidate, outcome: Outcome) -> None:
    """Set a task aside whose question did not end well, under the outcome's own name."""
    code = "max-cost" if outcome.reason == "max-cost" else outcome.status
    candidate.set_aside(code, outcome.reason)
