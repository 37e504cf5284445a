"""Words as contradictions see them: what a text says, less its wording."""

import re

_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힣]|[^\W぀-ヿ㐀-鿿가-힣]+")
_EXACT = re.compile(r"\d+(?:[.,]\d+)*|[-+*/=<>^](?=\s*\d)|%")
_PART = re.compile(f"{_EXACT.pattern}|{_WORD.pattern}")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SPELT = 5  # letters; in shorter words one other letter makes another word

NEGATIONS = frozenset(["no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot"])
"""English words that turn an answer round; `n't` counts too."""
_LINKING = """a an the of to in on at for is are was were be do does did it its this that me my i you your we please
kindly can could would will tell give and so just s"""
_SAYS_NOTHING = frozenset(_LINKING.split())
_WORDING = frozenset(
    ["a", "an", "the", "is", "are", "please", "kindly"]
)  # in a question more words may be what it is about
_ASKING = re.compile(r"^(?:(?:can|could|would|will) you )?(?:tell me |give me )?")
_COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBER = {word: str(number) for number, word in enumerate(_COUNTED.split())}


def words(text: str) -> frozenset[str]:
    """The words of a text in lower case; `n't` counts as `not`, and the names of small numbers as these numbers.

    Where a script puts no blanks between words, each sign is one.
    """
    plain = _THOUSANDS.sub("", text.lower().replace("’", "'").replace("n't", " not"))
    return frozenset(_NUMBER.get(word, word) for word in _WORD.findall(plain))


def exact_parts(text: str) -> list[str]:
    """Numbers and signs of arithmetic, in their order: where these differ, something else is asked."""
    return _EXACT.findall(_THOUSANDS.sub("", text))


def numbers(text: str) -> frozenset[str]:
    """The numbers in a text that are written in digits."""
    return frozenset(part for part in exact_parts(text) if part[0].isdigit())


def content(held: frozenset[str]) -> frozenset[str]:
    """Words of an answer that say something."""
    return held - _SAYS_NOTHING


def subject(question: str) -> str:
    """What is asked, in lower case and without articles, courtesies and signs other than those of arithmetic."""
    plain = _THOUSANDS.sub("", question.lower().replace("’", "'").replace("n't", " not").replace("'s ", " is "))
    kept = (one.group() for one in _PART.finditer(plain))
    return _ASKING.sub("", " ".join(word for word in kept if word not in _WORDING))


def unmatched(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    """Words of the left text that the right one has in no spelling."""
    return frozenset(one for one in left - right if not any(spelt_alike(one, other) for other in right))


def spelt_alike(one: str, other: str) -> bool:
    """Whether two words are one letter apart: one is missing, another, or two are swapped. Never numbers."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SPELT or one[0] != other[0] or not (one.isalpha() and other.isalpha()):
        return False
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    one, other = one[start:], other[start:]
    if len(one) == len(other):
        return one[1:] == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])
    return one[1:] == other or other[1:] == one
