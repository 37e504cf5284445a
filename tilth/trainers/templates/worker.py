"""The program that renders Jinja templates of strangers: a process of its own, with limits, asked one thing a line.

Jinja's sandbox stops a template from running code. It does not stop `{{ 'a' * 2000000000 }}` or nested loops, so the
template runs where running out of memory or of time hurts nobody. This file is started by its path and imports only
the standard library and Jinja: nothing of Tilth, no keys in its environment, no file to write to.

The rules are those of `transformers`, so that what is rendered here is what `apply_chat_template` renders.
"""

import datetime
import json
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY_BYTES = 512 * 1024 * 1024
"""What a template may need beyond the interpreter itself."""
_PAGE_BYTES = 4096
_LEAST_CHARACTERS = 1024 * 1024
_GROWTH = 16  # a template repeats what it is given a few times at most, and never this often

Span = tuple[int, int]


class RefusedError(Exception):
    """The template cannot render what it was given; the text says why."""


class _Dict:
    """Jinja's `dict`, which is Python's, with as much of it as templates use."""

    def __call__(self, *args: Any, **given: Any) -> dict[Any, Any]:
        return dict(*args, **given)

    def fromkeys(self, *args: Any) -> dict[Any, Any]:
        """A dictionary with these keys."""
        return dict.fromkeys(*args)


class _Namespace(jinja2.utils.Namespace):
    """Jinja's `namespace`, without the names that lead to the interpreter's own parts."""

    def __init__(*args: Any, **given: Any) -> None:
        self, *rest = args
        values = dict(*rest, **given)
        for name in values:
            _Namespace._check(name)
        jinja2.utils.Namespace.__init__(self, values)

    def __setitem__(self, name: str, value: Any) -> None:
        _Namespace._check(name)  # `self` looks names up among what the template stored
        super().__setitem__(name, value)

    @staticmethod
    def _check(name: object) -> None:
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(f"a template cannot store the name {name!r}")


class _Generation(jinja2.ext.Extension):
    """The tag `{% generation %}`: notes which part of the text a model writes itself."""

    tags = {"generation"}  # noqa: RUF012 Jinja reads it from the class

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        self.written = 0
        self.spans: list[Span] = []
        environment.extend(generation=self)

    def parse(self, parser: jinja2.parser.Parser) -> jinja2.nodes.Node:
        """Turn the block between the tags into a call of `_noted`."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_noted"), [], [], body).set_lineno(line)

    def _noted(self, caller: Callable[[], str]) -> str:
        text = caller()
        self.spans.append((self.written, self.written + len(text)))
        return text


class Renderer:
    """One compiled template."""

    def __init__(self, source: str, values: dict[str, Any]) -> None:
        """`values` are what the template sees beside the conversation: the names of special tokens."""
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, jinja2.ext.loopcontrols]
        )
        environment.filters["tojson"] = _to_json
        environment.globals["raise_exception"] = _raise_exception
        environment.globals["strftime_now"] = _strftime_now
        environment.globals["dict"] = _Dict()
        environment.globals["namespace"] = _Namespace
        self._generation: _Generation = vars(environment)["generation"]
        self._template = environment.from_string(source)
        self._values = values

    def render(self, messages: list[dict[str, Any]], tools: Any, *, prompt: bool, limit: int) -> tuple[str, list[Span]]:
        """The text, and the parts of it inside `{% generation %}`."""
        noted = self._generation
        noted.written, noted.spans = 0, []
        pieces = []
        given = {"messages": messages, "tools": tools, "documents": None, "add_generation_prompt": prompt}
        for piece in self._template.generate(**given, **self._values):
            pieces.append(piece)
            noted.written += len(piece)
            if noted.written > limit:
                raise RefusedError(f"it writes more than {limit} characters")
        return "".join(pieces), noted.spans

    def conversation(self, asked: dict[str, Any], limit: int) -> dict[str, Any]:
        """The whole text, and for each answer in it where it begins and ends.

        An answer begins where the text of the prompt before it ends. Where the two are not the beginning of the
        whole text, `unstable` names the answer.
        """
        messages, tools = [_with_reasoning(message) for message in asked["messages"]], asked["tools"]
        text, marks = self.render(messages, tools, prompt=False, limit=limit)
        spans = []
        for index in asked["answers"]:
            before, _ = self.render(messages[:index], tools, prompt=True, limit=limit)
            answered, _ = self.render(messages[: index + 1], tools, prompt=False, limit=limit)
            if not answered.startswith(before) or not text.startswith(answered):
                return {"unstable": index}
            spans.append((len(before), len(answered)))
        return {"text": text, "answers": spans, "marks": marks}

    def prompt(self, asked: dict[str, Any], limit: int) -> dict[str, Any]:
        """The text up to where the next answer begins."""
        messages = [_with_reasoning(message) for message in asked["messages"]]
        return {"text": self.render(messages, asked["tools"], prompt=asked["prompt"], limit=limit)[0]}


def main() -> None:
    """Answer requests, one JSON object a line, until the input ends."""
    _limit_resources()
    renderer: Renderer | None = None
    for line in sys.stdin.buffer:
        limit = max(_LEAST_CHARACTERS, _GROWTH * len(line))
        asked = json.loads(line)
        # Counts computing alone, and ends the process from outside: a single long operation cannot put it off.
        signal.setitimer(signal.ITIMER_PROF, asked["seconds"])
        try:
            if "source" in asked:
                renderer = Renderer(asked["source"], asked["values"])
                reply: dict[str, Any] = {}
            elif renderer is None:
                raise RefusedError("there is no template yet")
            else:
                what = renderer.conversation if "answers" in asked else renderer.prompt
                reply = what(asked, limit)
        except MemoryError:
            reply = {"stopped": f"it needs more than {MEMORY_BYTES >> 20} MB of memory"}
        except jinja2.TemplateSyntaxError as failure:
            reply = {"refused": f"line {failure.lineno}: {failure.message}"}
        except Exception as failure:  # whatever a template trips over, it is the template that says so
            reply = {"refused": str(failure) or type(failure).__name__}
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(json.dumps(reply).encode("ascii") + b"\n")
        sys.stdout.buffer.flush()


def _limit_resources() -> None:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 pathlib costs a tenth of the start
            used = int(file.read().split()[0]) * _PAGE_BYTES
    except OSError:
        used = MEMORY_BYTES  # no such file system here; the interpreter needs less
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption ends whoever asks, and with it the input


def _with_reasoning(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose reasoning can be read under each of the names that templates know it by."""
    names = ("reasoning_content", "thinking", "reasoning")
    found = next((message[name] for name in names if message.get(name) is not None), None)
    return message if found is None else {"thinking": found, **message, "reasoning_content": found}


def _to_json(
    value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
) -> str:
    # Jinja's own filter escapes what HTML would read; a prompt is no HTML.
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise_exception(message: object) -> Iterator[str]:
    raise jinja2.TemplateError(str(message))


def _strftime_now(layout: str) -> str:
    return datetime.datetime.now().strftime(layout)  # the reader's own day, as the model will be told at inference


if __name__ == "__main__":
    main()
