"""A record type from a Pydantic model in a file: run because it is named, and what is stored stays as it came."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tilth.curate.dedup import dedup
from tilth.curate.grade import grade
from tilth.curate.outliers import outliers
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.schemas import registry as registry_module
from tilth.schemas.problem import dotted
from tilth.schemas.registry import record_type_named
from tilth.validators.validate import validate

PRODUCTS = '''
from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator

SHOPS = {"shop.example", "tools.example"}


class Product(BaseModel):
    """A thing in a shop."""

    id: str = Field(pattern=r"^P-[0-9]{4}$")
    name: str = Field(min_length=1)
    price: float = Field(gt=0, le=10_000)
    url: str
    scraped_at: datetime
    brand: str | None = None
    rating: float | None = Field(None, ge=0, le=5)

    @field_validator("url")
    @classmethod
    def _is_from_a_known_shop(cls, url: str) -> str:
        if urlsplit(url).hostname not in SHOPS:
            raise ValueError("is not on a shop that we read")
        return url
'''
HEADER = "id,name,price,url,scraped_at,brand,rating\n"


@pytest.fixture(autouse=True)
def forgotten_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry_module, "_known", {})
    monkeypatch.setattr(registry_module, "_files", {})
    yield


@pytest.fixture
def products(tmp_path: Path) -> str:
    (tmp_path / "products.py").write_text(PRODUCTS)
    return f"{tmp_path / 'products.py'}:Product"


def table(folder: Path, *lines: str) -> str:
    path = folder / "products.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return str(path)


def row(number: int, price: str = "12.50", **changed: str) -> str:
    fields = {
        "id": f"P-{number:04}",
        "name": f"Spade {number}",
        "price": price,
        "url": f"https://shop.example/{number}",
        "scraped_at": "2025-03-04T10:00:00Z",
        "brand": "Hollow",
        "rating": "4.5",
        **changed,
    }
    return ",".join(fields.values())


def test_a_table_of_texts_is_checked_as_typed_values_and_leaves_as_it_came(tmp_path: Path, products: str) -> None:
    path = table(
        tmp_path,
        row(1, price="007.50"),
        row(2, price="-3"),
        row(3, price="cheap"),
        row(4, id="Q-4"),
        row(5, url="https://elsewhere.example/5"),
        row(6, scraped_at="yesterday"),
        row(7, brand="", rating=""),
        row(8, price=""),
    )
    outcome = validate(Dataset.open(path, record_type=products))
    assert {aside.origin.line: aside.reason.detail for aside in outcome.set_aside if aside.origin} == {
        3: 'price: schema: Input should be greater than 0 (found "-3")',
        4: 'price: wrong-type: is text (found "cheap", expected a number)',
        5: "id: schema: String should match pattern '^P-[0-9]{4}$' (found \"Q-4\")",
        6: 'url: schema: is not on a shop that we read (found "https://elsewhere.example/5")',
        7: 'scraped_at: wrong-type: is text (found "yesterday", expected a date and time)',
        9: "price: missing: is missing",
    }
    assert [one["price"] for batch in outcome.kept.batches() for one in batch.rows] == ["007.50", "12.50"]


def test_outliers_are_found_in_numbers_that_are_text(tmp_path: Path, products: str) -> None:
    path = table(tmp_path, *(row(number, price=f"{10 + number % 7}.5") for number in range(40)), row(41, price="900"))
    outcome = outliers(Dataset.open(path, record_type=products), fields=("price",))
    (one,) = outcome.set_aside
    assert one.reason.detail.startswith("price 900 is above ")
    assert list(outcome.facts["signals"]) == ["price"]
    with pytest.raises(UsageError, match="no record has a field prise\n  try  price"):
        outliers(Dataset.open(path, record_type=products), fields=("prise",))
    with pytest.raises(UsageError, match="brand holds no number"):
        outliers(Dataset.open(path, record_type=products), fields=("brand",))


def test_repeats_are_found_by_a_key_whatever_it_is_called(tmp_path: Path, products: str) -> None:
    path = table(tmp_path, row(1), row(2), row(1, price="13"))
    (one,) = dedup(Dataset.open(path, record_type=products), by="id", method="exact").set_aside
    assert (one.reason.code, one.origin and one.origin.line) == ("exact-duplicate", 4)


def test_a_grade_shows_every_deduction(tmp_path: Path, products: str) -> None:
    usual = [row(number, price=f"{10 + number % 7}.5") for number in range(40)]
    path = table(tmp_path, *usual, row(41, price="900", brand=""), row(42, price="", rating="9"))
    outcome = grade(Dataset.open(path, record_type=products), fields=("price",), minimum=50)
    found = [record["meta"]["quality"] for batch in outcome.kept.batches() for record in batch.records]
    assert found[0] == {"score": 100.0, "deductions": []}
    assert found[40]["score"] == 70.0
    assert [(one["code"], one["field"], one["points"]) for one in found[40]["deductions"]] == [
        ("empty-field", "brand", 10.0),
        ("outlier", "price", 20.0),
    ]
    (low,) = outcome.set_aside
    assert low.reason.score == 20.0
    assert low.reason.detail.startswith("score 20 is below 50: -40 ")
    assert outcome.facts["mean_score"] == round((40 * 100 + 70 + 20) / 42, 2)
    assert outcome.facts["deductions"]["empty-field brand"] == {"rows": 1, "points": 10.0}
    assert outcome.rows_in == outcome.rows_kept + 1


def test_a_record_class_keeps_its_own_name_and_rules(tmp_path: Path) -> None:
    (tmp_path / "dish.py").write_text(
        "from typing import Literal\nfrom tilth.schemas import Record\n\n"
        'class Dish(Record):\n    type: Literal["dish"] = "dish"\n    title: str\n    minutes: int\n'
    )
    found = record_type_named(f"{tmp_path / 'dish.py'}:Dish")
    assert found.name() == "dish"
    assert list(found.problems({"type": "dish", "title": "Toast", "minutes": "5"})) == []
    (problem,) = found.problems({"type": "dish", "title": "Toast", "minutes": "five"})
    assert (dotted(problem.path), problem.expected) == ("minutes", "a whole number")


def test_the_only_model_of_a_file_needs_no_name(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import pydantic\nclass BigThing(pydantic.BaseModel):\n    size: int\n")
    assert record_type_named(str(tmp_path / "mine.py")).name() == "big-thing"


@pytest.mark.parametrize(
    ("source", "named", "said"),
    [
        (None, "Product", "there is no such Python file"),
        ("x = 1", "Product", "there is no model Product"),
        ("import nothing_like_it", "Product", "it does not run: ModuleNotFoundError: No module named"),
        ("class Product: pass", "Product", "Product is no Pydantic model"),
        ("import pydantic\nclass Produkt(pydantic.BaseModel):\n    a: int", "Product", "try  --as .*:Produkt"),
        ("import pydantic\nclass A(pydantic.BaseModel):\n    id: str", "A", "has no field of its own"),
        ("import pydantic\nclass Chat(pydantic.BaseModel):\n    a: str", "Chat", "a record type chat is already known"),
    ],
)
def test_a_file_that_holds_no_such_model_is_one_clear_line(
    tmp_path: Path, source: str | None, named: str, said: str
) -> None:
    if source is not None:
        (tmp_path / "mine.py").write_text(source)
    with pytest.raises(UsageError, match=said):
        record_type_named(f"{tmp_path / 'mine.py'}:{named}")


def test_rows_of_a_run_keep_their_type_and_their_own_id(tmp_path: Path, products: str) -> None:
    data = Dataset.open(table(tmp_path, row(1), row(2)), record_type=products)
    own: list[dict[str, Any]] = [dict(record) for batch in data.batches() for record in batch.records]
    again = Dataset.of(own)
    (batch,) = again.batches()
    assert [one["type"] for one in batch.records] == ["product", "product"]
    assert batch.column("id").to_pylist() == ["P-0001", "P-0002"]
    assert validate(again).set_aside == []
