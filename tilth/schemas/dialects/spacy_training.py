"""The dialect that spaCy 2 was trained on: documents of paragraphs of sentences of tokens."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from tilth.schemas.annotation import tag_scheme
from tilth.schemas.annotation.labels import are_labels, as_listed, as_single, cats_of, positive
from tilth.schemas.annotation.spans import Span, entity, spans_of
from tilth.schemas.annotation.tokens import borders, recorded_borders, strange_tokens, with_tokens, without_tokens
from tilth.schemas.dialects.base import Numbered, Row, held, refuse_leftovers
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.token_tags import forgo_for_tags, placed
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note, without_notes

_PARAGRAPHS, _SENTENCES, _TOKENS = "paragraphs", "sentences", "tokens"
_AT, _DOCUMENT, _PARAGRAPH, _NOTE = "at", "document", "paragraph", "spacy-training"
_ID, _ORTH, _NER = "id", "orth", "ner"


class SpacyTraining(FaithfulDialect):
    """spaCy 2's training JSON: tokens with tags in BILOU, and categories of each paragraph.

        [{"id": 0, "paragraphs": [{"raw": "Ada wrote.", "sentences": [{"tokens": [
         {"id": 0, "orth": "Ada", "ner": "U-PER"}, {"id": 1, "orth": "wrote", "ner": "O"},
         {"id": 2, "orth": ".", "ner": "O"}]}], "cats": [{"label": "news", "value": 1.0}]}]}]

    A record is a paragraph; without `raw` its text is the tokens with a space between them. What else is said of the
    tokens (`tag`) goes to `extra`, a list under each name.
    """

    name: ClassVar[str] = "spacy-training"
    summary: ClassVar[str] = "documents with paragraphs, sentences, tokens with orth and ner (spaCy 2's training JSON)"
    record_types: ClassVar[tuple[str, ...]] = ("ner", "classification")
    needs: ClassVar[tuple[str, ...]] = (_PARAGRAPHS,)
    unfolds: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """Paragraphs with sentences of tokens."""
        paragraphs = row.get(_PARAGRAPHS)
        if not (isinstance(paragraphs, list) and paragraphs and all(_flat(each) is not None for each in paragraphs)):
            return None
        return "every row has paragraphs with sentences of tokens"

    def evidence(self, row: Row) -> frozenset[str]:
        """The paragraphs and their sentences."""
        return frozenset((_PARAGRAPHS, _SENTENCES))

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """Every paragraph with the document that it stands in; a null keeps the place of the list."""
        for number, (line, row) in enumerate(rows):
            paragraphs = row.get(_PARAGRAPHS)
            document = {name: None if name == _PARAGRAPHS else value for name, value in row.items()}
            if not (isinstance(paragraphs, list) and paragraphs):
                yield line, {_AT: number, "row": row}
                continue
            for paragraph in paragraphs:
                yield line, {_AT: number, _DOCUMENT: document, _PARAGRAPH: paragraph}

    def folding(self) -> "_Binding":
        """Puts paragraphs of one document that follow each other together again."""
        return _Binding()

    def read(self, row: Row) -> Fields:
        """The text of a paragraph, its entities, and its categories as labels."""
        document, paragraph = row.get(_DOCUMENT), row.get(_PARAGRAPH)
        tokens = _flat(paragraph)
        if not isinstance(document, Mapping) or not isinstance(paragraph, Mapping) or not tokens:
            return {"type": "ner", "extra": dict(row)}
        orths = [token[_ORTH] for token in tokens]
        text = paragraph.get("raw", " ".join(orths))
        found = recorded_borders(text, orths) if isinstance(text, str) else None
        lengths = [len(sentence[_TOKENS]) for sentence in paragraph[_SENTENCES]]
        spans = _token_spans(tokens, lengths)
        given = paragraph.get("cats")
        cats = {cat["label"]: cat["value"] for cat in given if _is_cat(cat)} if isinstance(given, list) else {}
        fields: Fields = {"type": "classification" if cats and not spans else "ner", "text": text}
        if fields["type"] == "ner" and found is not None and spans is not None:
            fields["entities"] = [entity(found[one.first][0], found[one.end - 1][1], one.label) for one in spans]
        if cats:
            fields["labels"] = positive(cats)
        extra = {name: value for name, value in document.items() if name != _PARAGRAPHS}
        extra |= {name: [token.get(name) for token in tokens] for name in tokens[0] if name not in (_ID, _ORTH, _NER)}
        note = {_AT: row.get(_AT), _DOCUMENT: list(document), _PARAGRAPH: list(paragraph), "lengths": lengths}
        note |= {"names": list(tokens[0]), "cats": cats, "brackets": "brackets" in paragraph[_SENTENCES][0]}
        note["restarts"] = len(lengths) > 1 and tokens[lengths[0]].get(_ID) == 0 if len(tokens) > lengths[0] else False
        fields = {**fields, "extra": extra} if extra else fields
        return as_single(noted(with_tokens(fields, orths), _NOTE, note))

    def write(self, fields: Fields) -> dict[str, Any]:
        """A paragraph, in a document of its own unless it comes from one."""
        note, fields = without_note(held(self, as_listed(fields)), _NOTE)
        refuse_leftovers(self.name, fields, ("text", "entities", "labels", _TOKENS))
        text = fields.get("text")
        if not isinstance(text, str):
            raise LossError(self.name, ["text (there is none)"])
        spans = sorted(spans_of(self.name, fields)) if fields.get("type") == "ner" else []
        found = borders(text, without_tokens(fields)[0], {place for span in spans for place in span[:2]})
        orths = [text[start:end] for start, end in found]
        extra = dict(fields.get("extra") or {})
        columns = {name: extra.pop(name) for name in note.get("names", []) if name in extra and name not in (_ID, _NER)}
        lost = [f"meta.{name}" for name in without_notes(fields).get("meta") or {}]
        lost += [f"extra.{name}" for name, column in columns.items() if not _fits(column, orths)]
        lost += strange_tokens(fields)
        tags, losses = _tags(spans, found, note.get("lengths"))
        if lost + losses or not orths:
            raise LossError(self.name, lost + losses or ["text (there is no token in it)"])
        names = note.get("names", [_ID, _ORTH, _NER])
        sentences = _sentences(orths, tags, columns, note, names)
        paragraph: dict[str, Any] = {"raw": text} if "raw" in note.get(_PARAGRAPH, ["raw"]) else {}
        if not paragraph and " ".join(orths) != text:
            paragraph = {"raw": text}
        paragraph[_SENTENCES] = sentences
        if fields.get("type") == "classification" and not (fields.get("labels") or note.get("cats")):
            raise LossError(self.name, ["labels (without any, nothing says that they are missing)"])
        if fields.get("type") == "ner" and fields.get("labels") is not None and not (spans and fields["labels"]):
            raise LossError(self.name, ["labels (beside no entity they would be those of a classification)"])
        if fields.get("labels") is not None and not are_labels(fields["labels"]):
            raise LossError(self.name, ["labels (they are no names)"])
        if fields.get("labels") and len(set(fields["labels"])) < len(fields["labels"]):
            raise LossError(self.name, ["labels (one is there twice)"])
        if fields.get("labels") is not None:
            cats = cats_of(fields["labels"], note.get("cats"))
            paragraph["cats"] = [{"label": label, "value": value} for label, value in cats.items()]
        document = {**extra, _PARAGRAPHS: None}
        return {
            _AT: note.get(_AT),
            _DOCUMENT: {name: document[name] for name in note.get(_DOCUMENT, document) if name in document},
            _PARAGRAPH: {name: paragraph[name] for name in note.get(_PARAGRAPH, paragraph) if name in paragraph},
        }

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """What tags cannot say of spans is made sayable; see `forgo_for_tags`."""
        lighter = forgo_for_tags(fields, name)
        return super().forgo(fields, name) if lighter is fields else lighter


class _Binding:
    """Puts paragraphs together into documents."""

    def __init__(self) -> None:
        self._at: Any = None
        self._document: Any = None
        self._paragraphs: list[Any] = []

    def add(self, row: Row) -> Iterable[Row]:
        """The next paragraph; gives the document before when this one stands in another."""
        if "row" in row:
            return [*self.close(), row["row"]]
        is_same = row.get(_AT) is not None and row[_AT] == self._at and row[_DOCUMENT] == self._document
        done = [] if is_same else list(self.close())
        self._at, self._document = row.get(_AT), row[_DOCUMENT]
        self._paragraphs.append(row[_PARAGRAPH])
        return done

    def close(self) -> Iterable[Row]:
        """The last document."""
        if self._document is None:
            return []
        paragraphs, self._paragraphs = self._paragraphs, []
        row = {name: paragraphs if name == _PARAGRAPHS else value for name, value in self._document.items()}
        self._document = None
        return [row]


def _flat(paragraph: Any) -> list[dict[str, Any]] | None:
    """All tokens of a paragraph; None when it is not made of such."""
    sentences = paragraph.get(_SENTENCES) if isinstance(paragraph, Mapping) else None
    if not (isinstance(sentences, list) and sentences):
        return None
    tokens: list[dict[str, Any]] = []
    for sentence in sentences:
        inner = sentence.get(_TOKENS) if isinstance(sentence, Mapping) else None
        if not (isinstance(inner, list) and inner):
            return None
        tokens += inner
    is_its_own = all(isinstance(token, dict) and isinstance(token.get(_ORTH), str) for token in tokens)
    return tokens if is_its_own else None


def _token_spans(tokens: Sequence[Mapping[str, Any]], lengths: Sequence[int]) -> list[tag_scheme.TokenSpan] | None:
    """The entities of all sentences; None when a tag is missing or breaks the scheme."""
    spans: list[tag_scheme.TokenSpan] = []
    begin = 0
    for length in lengths:
        tags = [token.get(_NER) for token in tokens[begin : begin + length]]
        if not all(isinstance(tag, str) for tag in tags):
            return None
        found, strays = tag_scheme.BILOU.read([str(tag) for tag in tags])
        if strays:
            return None
        spans += [tag_scheme.TokenSpan(one.first + begin, one.end + begin, one.label) for one in found]
        begin += length
    return spans


def _tags(spans: Sequence[Span], found: Sequence[tuple[int, int]], lengths: Any) -> tuple[list[str], list[str]]:
    wanted, lost = placed(spans, found, tag_scheme.BILOU)
    return ([] if lost else tag_scheme.BILOU.write(wanted, len(found))), lost


def _sentences(
    orths: Sequence[str], tags: Sequence[str], columns: Mapping[str, Any], note: Mapping[str, Any], names: Sequence[str]
) -> list[dict[str, Any]]:
    lengths = note.get("lengths")
    if not (isinstance(lengths, list) and sum(lengths) == len(orths)):
        lengths = [len(orths)]
    sentences: list[dict[str, Any]] = []
    begin = 0
    for length in lengths:
        tokens = []
        for place in range(begin, begin + length):
            number = place - begin if note.get("restarts") else place
            token = {_ID: number, _ORTH: orths[place], _NER: tags[place]}
            token |= {name: column[place] for name, column in columns.items()}
            tokens.append({name: token[name] for name in names if name in token})
        sentences.append({_TOKENS: tokens, **({"brackets": []} if note.get("brackets") else {})})
        begin += length
    return sentences


def _is_cat(cat: Any) -> bool:
    return isinstance(cat, Mapping) and isinstance(cat.get("label"), str) and cat.get("value") in (0, 1)


def _fits(column: Any, orths: Sequence[str]) -> bool:
    return isinstance(column, list) and len(column) == len(orths)
