"""SQuAD as published: articles of paragraphs of questions, read as one question after the other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Numbered, Row, held, refuse_leftovers
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_PARAGRAPHS, _QUESTIONS = "paragraphs", "qas"
_TITLE, _CONTEXT, _ARTICLE, _PARAGRAPH, _QA, _AT = "title", "context", "article", "paragraph", "qa", "at"
_NOTE = "squad-articles"
_KNOWN = ("question", "answers", "is_impossible")


class SquadArticles(FaithfulDialect):
    """SQuAD 1.1 and 2.0 as published, XQuAD, MLQA, QuAC: an article a row, in an object that names the version.

        {"version": "1.1", "data": [{"title": "Ada", "paragraphs": [{"context": "Ada did.", "qas": [
         {"id": "56", "question": "Who did?", "answers": [{"text": "Ada", "answer_start": 0}]}]}]}]}

    A record is a question with its paragraph as context. Questions of one article and one paragraph that follow each
    other are put together again when they are written.
    """

    name: ClassVar[str] = "squad-articles"
    summary: ClassVar[str] = "articles with paragraphs, these with qas and their answers (SQuAD as published)"
    record_types: ClassVar[tuple[str, ...]] = ("qa",)
    needs: ClassVar[tuple[str, ...]] = (_PARAGRAPHS,)
    unfolds: ClassVar[bool] = True
    envelope: ClassVar[Envelope | None] = Envelope("data", {"version": "1.1"})

    def recognise(self, row: Row) -> str | None:
        """Paragraphs with a context and questions."""
        paragraphs = row.get(_PARAGRAPHS)
        if not (isinstance(paragraphs, list) and paragraphs):
            return None
        are_asked = all(
            isinstance(paragraph, Mapping) and _CONTEXT in paragraph and isinstance(paragraph.get(_QUESTIONS), list)
            for paragraph in paragraphs
        )
        return "every row has paragraphs with questions" if are_asked else None

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """Every question with the article and the paragraph that it stands in.

        A null keeps the place of the list that was taken out. What has no question is a row without one.
        """
        for number, (line, row) in enumerate(rows):
            article = {name: None if name == _PARAGRAPHS else value for name, value in row.items()}
            paragraphs = row.get(_PARAGRAPHS)
            if not _are_objects(paragraphs) or not paragraphs:
                yield line, {_AT: [number], "row": row}
                continue
            for place, inner in enumerate(paragraphs):
                paragraph = {name: None if name == _QUESTIONS else value for name, value in inner.items()}
                questions = inner.get(_QUESTIONS)
                if not _are_objects(questions) or not questions:
                    yield line, {_AT: [number, place], _ARTICLE: article, _PARAGRAPH: dict(inner)}
                    continue
                for question in questions:
                    yield line, {_AT: [number, place], _ARTICLE: article, _PARAGRAPH: paragraph, _QA: question}

    def folding(self) -> "_Binding":
        """Puts questions of one paragraph, and paragraphs of one article, that follow each other together."""
        return _Binding()

    def read(self, row: Row) -> Fields:
        """The question with its answers; what article, paragraph and question say beyond that goes to `extra`."""
        article, paragraph, question = row.get(_ARTICLE), row.get(_PARAGRAPH), row.get(_QA)
        if not (isinstance(article, Mapping) and isinstance(paragraph, Mapping) and isinstance(question, Mapping)):
            return {"type": "qa", "extra": dict(row)}
        fields: Fields = {"type": "qa"}
        if _CONTEXT in paragraph:
            fields[_CONTEXT] = paragraph[_CONTEXT]
        fields |= {name: question[name] for name in question if name in _KNOWN}
        if isinstance(fields.get("answers"), list):
            fields["answers"] = [_renamed(answer, "answer_start", "start") for answer in fields["answers"]]
        meta = question.get("meta")
        if isinstance(meta, dict) and meta:
            fields["meta"] = meta
        extra = {
            name: question[name] for name in question if name not in _KNOWN and question[name] is not fields.get("meta")
        }
        beside = {name: value for name, value in article.items() if name not in (_TITLE, _PARAGRAPHS)}
        around = {name: value for name, value in paragraph.items() if name not in (_CONTEXT, _QUESTIONS)}
        more = {_TITLE: article.get(_TITLE), _ARTICLE: beside or None, _PARAGRAPH: around or None}
        extra |= {name: value for name, value in more.items() if value is not None}
        note = {_AT: row.get(_AT), _ARTICLE: list(article), _PARAGRAPH: list(paragraph), _QA: list(question)}
        return noted({**fields, "extra": extra} if extra else fields, _NOTE, note)

    def write(self, fields: Fields) -> dict[str, Any]:
        """The question, and what it says of the article and the paragraph around it."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, (_CONTEXT, *_KNOWN))
        if not isinstance(fields.get(_CONTEXT), str):
            raise LossError(self.name, ["context (there is none)"])
        extra = dict(fields.get("extra") or {})
        if taken := [name for name in extra if name in (*_KNOWN, "meta")]:
            raise LossError(self.name, [f"extra.{name} (the name has a meaning there)" for name in taken])
        title = {_TITLE: extra.pop(_TITLE)} if _TITLE in extra else {}
        article = {**title, **_object(extra, _ARTICLE), _PARAGRAPHS: None}
        paragraph = {_CONTEXT: fields[_CONTEXT], **_object(extra, _PARAGRAPH), _QUESTIONS: None}
        question = {"id": extra.pop("id")} if "id" in extra else {}
        question |= {name: fields[name] for name in _KNOWN if name in fields}
        if isinstance(question.get("answers"), list):
            question["answers"] = [_renamed(answer, "start", "answer_start") for answer in question["answers"]]
        question |= extra | ({"meta": fields["meta"]} if fields.get("meta") else {})
        return {
            _AT: note.get(_AT),
            _ARTICLE: _ordered(article, note.get(_ARTICLE)),
            _PARAGRAPH: _ordered(paragraph, note.get(_PARAGRAPH)),
            _QA: _ordered(question, note.get(_QA)),
        }


class _Binding:
    """Puts rows of questions together into rows of articles."""

    def __init__(self) -> None:
        self._row: dict[str, Any] | None = None
        self._article: Any = None
        self._paragraph: Any = None
        self._at: Any = None

    def add(self, row: Row) -> Iterable[Row]:
        """The next question; gives the article before when this one stands in another."""
        if "row" in row:
            return [*self.close(), row["row"]]
        at, article, paragraph = row.get(_AT), row[_ARTICLE], row[_PARAGRAPH]
        is_same_article = self._row is not None and article == self._article and _first(at) == _first(self._at)
        done = [] if is_same_article else list(self.close())
        if self._row is None:
            self._row = {**article, _PARAGRAPHS: []}
        if _QA not in row:
            self._row[_PARAGRAPHS].append(paragraph)
        elif not (is_same_article and paragraph == self._paragraph and at == self._at):
            self._row[_PARAGRAPHS].append({**paragraph, _QUESTIONS: [row[_QA]]})
        else:
            self._row[_PARAGRAPHS][-1][_QUESTIONS].append(row[_QA])
        self._article, self._paragraph, self._at = article, paragraph if _QA in row else None, at
        return done

    def close(self) -> Iterable[Row]:
        """The last article."""
        row, self._row = self._row, None
        return [] if row is None else [row]


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def _first(at: Any) -> Any:
    return at[0] if isinstance(at, list) and at else None


def _renamed(answer: Any, old: str, new: str) -> Any:
    if not isinstance(answer, dict) or new in answer:
        return answer
    return {new if name == old else name: value for name, value in answer.items()}


def _object(extra: dict[str, Any], name: str) -> dict[str, Any]:
    """What was taken along of an article or a paragraph, out of the unknown fields."""
    return extra.pop(name) if isinstance(extra.get(name), dict) else {}


def _ordered(values: dict[str, Any], names: Any) -> dict[str, Any]:
    """The values under the noted names first, in their order."""
    known = [name for name in names if name in values] if isinstance(names, list) else []
    return {name: values[name] for name in (*known, *(name for name in values if name not in known))}
