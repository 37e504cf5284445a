"""Defects of instruction rows that are known from published sets: one file for each kind, and the list of them."""

from tilth.curate.flaws.answers import claims_action, merged, no_answer
from tilth.curate.flaws.arithmetic import wrong_answer
from tilth.curate.flaws.escapes import escapes
from tilth.curate.flaws.flaw import Asked, Flaw
from tilth.curate.flaws.references import asks_for_image, missing_attachment, missing_code, missing_input, unseen_link

CERTAIN, LIKELY = 1.0, 0.7
"""How sure a detector is: something that was counted or computed, or words that usually mean it."""

FLAWS: dict[str, Flaw] = {
    "no-answer": Flaw(CERTAIN, "The answer is empty, or a word such as `<nooutput>` or `N/A` for one.", no_answer),
    "merged-instructions": Flaw(CERTAIN, "The answer goes on with another instruction and its answer.", merged),
    "wrong-answer": Flaw(CERTAIN, "A sum, a mean, a conversion of units comes out otherwise.", wrong_answer),
    "escapes": Flaw(CERTAIN, "Escapes, entities or control characters stand where a sign was meant.", escapes),
    "unseen-link": Flaw(LIKELY, "The answer tells of a page or picture that only a link stood for.", unseen_link),
    "missing-attachment": Flaw(LIKELY, "The task is about a picture or file that is not there.", missing_attachment),
    "missing-code": Flaw(LIKELY, "The task is about code that is not there.", missing_code),
    "missing-input": Flaw(LIKELY, "The task is about a text or list that is not there.", missing_input),
    "asks-for-image": Flaw(LIKELY, "The task is to draw something, and the answer is no text for it.", asks_for_image),
    "claims-action": Flaw(LIKELY, "The answer only claims that something was done which no text does.", claims_action),
}
"""Code to detector, in the order in which a row is examined; the first that finds something names the row."""

__all__ = ["CERTAIN", "FLAWS", "LIKELY", "Asked", "Flaw"]
