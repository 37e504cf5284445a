"""What a scraped product has to be. Tilth runs this file because it is named: `--as products.py:Product`."""

from datetime import datetime
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator

SHOPS = {"hollowmere.example", "tools.hollowmere.example"}


class Product(BaseModel):
    """A thing in one of our shops, as the scraper saw it."""

    sku: str = Field(pattern=r"^HM-[0-9]{4}$")
    name: str = Field(min_length=3)
    price: float = Field(gt=0, lt=10_000)
    url: str
    scraped_at: datetime
    brand: str | None = None
    rating: float | None = Field(None, ge=0, le=5)

    @field_validator("url")
    @classmethod
    def _is_from_one_of_our_shops(cls, url: str) -> str:
        if urlsplit(url).scheme != "https" or urlsplit(url).hostname not in SHOPS:
            raise ValueError("is on no shop of ours")
        return url
