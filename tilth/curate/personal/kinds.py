"""The kinds of personal data and secrets, each with its detector."""

from collections.abc import Callable, Iterator
from typing import Literal

from tilth.curate.personal.card import cards
from tilth.curate.personal.crypto_address import crypto_addresses
from tilth.curate.personal.email import emails
from tilth.curate.personal.iban import ibans
from tilth.curate.personal.named_number import birth_dates, document_numbers
from tilth.curate.personal.national_id import national_ids, social_security_numbers
from tilth.curate.personal.network import ip_addresses, mac_addresses
from tilth.curate.personal.phone import phones
from tilth.curate.personal.secret import secrets
from tilth.curate.personal.span import Span
from tilth.curate.personal.url_credentials import url_credentials

Kind = Literal[
    "secret",
    "url-credentials",
    "email",
    "iban",
    "credit-card",
    "crypto-address",
    "mac-address",
    "ip-address",
    "ssn",
    "national-id",
    "birth-date",
    "document-number",
    "phone",
]

DETECTORS: dict[Kind, Callable[[str], Iterator[Span]]] = {
    "secret": secrets,
    "url-credentials": url_credentials,
    "email": emails,
    "iban": ibans,
    "credit-card": cards,
    "crypto-address": crypto_addresses,
    "mac-address": mac_addresses,
    "ip-address": ip_addresses,
    "ssn": social_security_numbers,
    "national-id": national_ids,
    "birth-date": birth_dates,
    "document-number": document_numbers,
    "phone": phones,
}
"""In the order in which they have a say: where two find the same characters, the first is right, because it checks
more of them."""
