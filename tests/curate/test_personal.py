from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.curate.personal.card import passes_luhn
from tilth.curate.personal.finding import find
from tilth.curate.personal.kinds import DETECTORS, Kind

ALL: tuple[Kind, ...] = tuple(DETECTORS)

# `<` and `>` stand around what is to be found; a line without them has nothing in it.
LINES: dict[Kind, list[str]] = {
    "email": [
        "Write to <ana.lópez+shop@mail.example.co.uk>, please.",
        "邮箱是<wei@example.cn>。",
        "hide it: <joe [at] example.org>",
        'He wrote "<o\'neil_7@sub.example.museum>".',
        r"a JSON text: {\"mail\": \"\n<joe@example.org>\"}",
        "git@github.com:tilth/tilth.git, logo@2x.png, @property, 5 @ 3.00 each, see you at noon. Then go.",
    ],
    "phone": [
        "ring <+44 20 7946 0958> or <+1-944-435-4352x04732>",
        "Office: <(212) 555-0187>, direct <415.555.0134>",
        "Berlin <030 5550 1234>, Paris <01 55 50 12 34>",
        "My mobile is <98765 43210>.",
        "Telefon: <4930 123456>",
        "电话号码是<13812345678>，谢谢",
        "69 555 88 37 is what we paid, on 2024-05-17, for order 4155550134.",
        "256626720691 + 1646615806005 = 1903242426696",
        "ISBN 978-3-16-148410-0, pages 120-135, 1998-2003, 3.14159 26535 89793",
    ],
    "credit-card": [
        "<4111 1111 1111 1111> and <378282246310005>, also <5555-5555-5555-4444>",
        "card no <6304000000000000>",
        "4111 1111 1111 1112 has a wrong check digit; 1234567812345670 is nobody's; 0000 0000 0000 0000",
    ],
    "iban": [
        "Pay to <DE89 3704 0044 0532 0130 00> or <gb29nwbk60161331926819>.",
        "<FR14 2004 1010 0505 0001 3M02 606>",
        "DE89 3704 0044 0532 0130 01 fails its check, DE8937040044053201300 is short.",
    ],
    "ip-address": [
        "from <203.0.113.77>:8080 and <2001:db8::8a2e:370:7334>",
        "The server's IP is <9.9.9.9>",
        "version 10.2.13.4, section 1.2.3.4, 127.0.0.1, 255.255.255.0, 256.1.1.1, std::vector, f::add, 12:30:45",
    ],
    "mac-address": [
        "eth0 <00:1A:2b:3C:4d:5E>, wlan <00-1a-2b-3c-4d-5e>, cisco <001a.2b3c.4d5e>",
        "12:34:56 on 10-11-12",
    ],
    "ssn": [
        "SSN <536-22-8726>, and her social security number is <536228726>.",
        "000-12-3456, 666-12-3456, 987-65-4321, part 536228726, range 100-20-3000-4",
    ],
    "national-id": [
        "NINO <AB 12 34 56 C>, DNI <12345678Z>, CPF <529.982.247-25>, 身份证<11010519491231002X>",
        "CF <RSSMRA85T10A562S>",
        "12345678A and 529.982.247-26 and 110105194912310021 fail their checks",
    ],
    "birth-date": [
        "Born on <12 March 1985> in Leeds",
        "DOB: <03/12/1985>; date of birth <1985-03-12>",
        "geboren am <3. Mai 1971>, 出生于<1972年10月26日>",
        "It opened on 12 March 1985; it was born of an idea that nobody had had, until on 12/12/1984 somebody did.",
    ],
    "document-number": [
        "passport number <C01X00T47>",
        "driver's license number is <481195160>",
        "article 481195160 of the passport act of 1923",
    ],
    "crypto-address": [
        "<1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa> <bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4>",
        "eth <0x52908400098527886E0F7030069857D2E4169EE7>",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb, 0x0000000000000000000000000000000000000000",
    ],
    "url-credentials": [
        "postgres://<admin:s3cr3t!>@db.example.org/prod",
        "https://user:password@host, http://example.org:8080/@me, https://${USER}:${PASS}@host",
    ],
    "secret": [
        "<AKIA" + "Z7Q4M2X9K1L8P3R5>",
        "token <ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8> and <sk-proj-" + "Ab3dEf6hIj9lMn2pQr5tUv8xYz1b>",
        'api_key = "<q8Zt4Lw0Xv7Bn2Kc>"',
        "password: <Tr0ub4dor&3>",
        "<eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U>",
        "<-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----> end",
        "password = os.environ['PASSWORD1'], token: your_token_123, api_key = get_key(12345678)",
        "A token is a piece of a word: tokenization2 splits them; the key: understanding",
    ],
}


def marked(line: str) -> tuple[str, list[str]]:
    parts = line.replace("<", "\0").replace(">", "\0").split("\0")
    return "".join(parts), parts[1::2]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in LINES.items() for line in lines])
def test_a_detector_finds_what_is_marked_and_nothing_else(kind: Kind, line: str) -> None:
    text, wanted = marked(line)
    assert [text[found.start : found.end] for found in find(text, (kind,))] == wanted


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_is_tried_on_what_it_is_and_what_it_is_not(kind: Kind) -> None:
    has = ["<" in line for line in LINES[kind]]
    assert any(has) and not all(has)


def test_where_two_kinds_claim_the_same_characters_the_stricter_has_them() -> None:
    text = "call me, card 4111 1111 1111 1111, https://joe:hunter22@example.org"
    assert [found.kind for found in find(text, ALL)] == ["credit-card", "url-credentials"]


@settings(max_examples=100, deadline=None)
@given(st.integers(10**10, 10**18))
def test_one_wrong_digit_never_passes_luhn(number: int) -> None:
    digits = next(f"{number}{check}" for check in range(10) if passes_luhn(f"{number}{check}"))
    wrong = str((int(digits[3]) + 1) % 10)
    assert not passes_luhn(digits[:3] + wrong + digits[4:])


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab1 20+-.:/@[]()#\\"=,\nsk_é中'), max_size=60))
def test_any_text_has_its_findings_in_order_and_apart(text: str) -> None:
    found = find(text, ALL)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
