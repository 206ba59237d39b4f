"""How many bytes of requests are held at once: some large ones together must not be too much."""

from __future__ import annotations

from service.errors import Overloaded

RETRY_SECONDS = 1.0


class ByteBudget:
    """Shared by all requests. `size` is in bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.held = 0
        """By all requests together."""

    def take(self, count: int) -> None:
        """Hold so many bytes more. Raises Overloaded where others hold too many."""
        if self.held + count > self._size:
            raise Overloaded(
                "Too many large requests are being answered at once.", retry_after=RETRY_SECONDS
            )
        self.held += count


class Hold:
    """What one request holds of the budget, until it is released."""

    __slots__ = ("_budget", "_count")

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._count = 0

    def at_least(self, count: int) -> None:
        """Hold so many bytes in all. Raises Overloaded."""
        if count > self._count:
            self._budget.take(count - self._count)
            self._count = count

    def release(self) -> None:
        """Hold nothing."""
        self._budget.held -= self._count
        self._count = 0
