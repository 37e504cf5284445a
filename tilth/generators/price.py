"""What a call costs, in whole billionths of a dollar: sums of money are exact, floats are not."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from tilth.generators.reply import Usage
from tilth.generators.request import Request

NANO_PER_USD = 1_000_000_000


def nano_usd(amount_usd: float) -> int:
    """Dollars as billionths of a dollar, rounded up."""
    return int((Decimal(str(amount_usd)) * NANO_PER_USD).to_integral_value(ROUND_CEILING))


def usd(amount_nano: int) -> float:
    """Billionths of a dollar as dollars, for people and reports."""
    return amount_nano / NANO_PER_USD


@dataclass(frozen=True)
class Price:
    """Price of a model in dollars for a million tokens, as its provider's price list gives it."""

    prompt_usd: float = 0.0
    completion_usd: float = 0.0

    def tokens_nano(self, prompt_tokens: int, completion_tokens: int) -> int:
        """Cost of so many tokens."""
        prompt = Decimal(str(self.prompt_usd)) * 1000 * prompt_tokens
        completion = Decimal(str(self.completion_usd)) * 1000 * completion_tokens
        return int((prompt + completion).to_integral_value(ROUND_CEILING))

    def worst_nano(self, request: Request) -> int:
        """The most that one attempt can cost, as long as the endpoint keeps to the token limit."""
        return self.tokens_nano(request.max_prompt_tokens, request.max_completion_tokens)

    def used_nano(self, request: Request, usage: Usage | None) -> int:
        """What an answered attempt cost; the worst case where the endpoint does not say."""
        return (
            self.worst_nano(request)
            if usage is None
            else self.tokens_nano(usage.prompt_tokens, usage.completion_tokens)
        )
