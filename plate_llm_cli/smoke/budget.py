"""What a run may cost, in tokens of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plate_llm_cli.smoke.check import EndedError, untried

DEFAULT_TOKENS: Final = 4000
_MOST_TOLD: Final = 10_000_000


@dataclass(slots=True)
class Budget:
    """Tokens that may be spent, of questions and answers together, and those that were."""

    most: int = DEFAULT_TOKENS
    spent: int = 0

    def require(self, tokens: int) -> None:
        """Say no before `tokens` more are spent than there may be.

        Raises:
            EndedError: they would be.
        """
        if self.spent + tokens > self.most:
            said = f"would spend more than {self.most} tokens (--max-cost-tokens)"
            raise EndedError(untried(said))

    def add(self, tokens: int) -> None:
        """`tokens` were spent. Who answers tells how many, and may tell anything."""
        self.spent += max(0, min(tokens, _MOST_TOLD))
