"""Annotated rows of every shape come back as they were, through records and through Tilth's own shape."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schemas.annotation_rows import BY_DIALECT
from tilth.schemas import Fields, LossError, RecastError, content_id, dialect, dump_json, parts, recast, record_type
from tilth.schemas.annotation.labels import as_listed
from tilth.schemas.dialects import Dialect, Row
from tilth.schemas.envelope import Envelope


def settled(name: str, rows: list[dict[str, object]]) -> Dialect:
    """The dialect of that name as the rows settle it, where they do."""
    try:
        return dialect(name).settled(rows)
    except Exception:
        return dialect(name)


@pytest.mark.parametrize("name", sorted(BY_DIALECT))
def test_any_rows_come_back(name: str) -> None:
    own = dialect("tilth")

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    @given(st.lists(BY_DIALECT[name], min_size=1, max_size=3))
    def come_back(rows):
        shape = settled(name, rows)
        unfolded = [row for _, row in shape.unfold(enumerate(rows, 1), None)]
        records = [shape.decode(row) for row in unfolded]
        back = [shape.encode(own.decode(own.encode(record))) for record in records]
        assert [dump_json(row) for row in back] == [dump_json(row) for row in unfolded]
        for record in records:
            parts(record)
            content_id(record)
            list(record_type(record["type"]).problems(record))
        assert [dump_json(row) for row in folded(shape, back)] == [dump_json(row) for row in rows]

    come_back()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BY_DIALECT))
def test_what_one_shape_reads_another_writes_or_names_as_lost(name: str) -> None:
    """A hop to any other dialect gives a row that reads as the same record, or a loss with a name."""
    others = [dialect(each) for each in (*BY_DIALECT, "conll-iobes", "tilth")]

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    @given(BY_DIALECT[name])
    def hops(row):
        shape = settled(name, [row])
        for _, unfolded in shape.unfold([(1, row)], None):
            record = shape.decode(unfolded)
            for other in others:
                try:
                    written = other.encode(record)
                except LossError as loss:
                    assert loss.names
                    continue
                is_said = record.get("entities") or (record.get("labels") and "entities" not in record)
                if other.name in ("doccano", "label-studio") and not is_said:
                    continue  # whether what is not there would be spans or classes, only other rows can say
                found = other.decode(written)
                if other.name in ("fasttext", "spacy-training"):
                    record = as_listed(record)  # where there is no place to say that one label is the only one
                assert found["type"] == record["type"] or can_be(record, found["type"]), (name, other.name)
                wanted = record if found["type"] == record["type"] else recast(record, found["type"])
                assert content_id(found) == content_id(wanted), (name, other.name)

    hops()


def can_be(record: Fields, record_type: str) -> bool:
    try:
        recast(record, record_type)
    except RecastError:
        return False
    return True


def folded(shape: Dialect, rows: list[dict[str, object]], envelope: Envelope | None = None) -> list[Row]:
    folding = shape.folding_in(envelope) if shape.unfolds else None
    if folding is None:
        return list(rows)
    return [row for each in rows for row in folding.add(each)] + list(folding.close())
