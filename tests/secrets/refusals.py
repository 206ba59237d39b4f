"""What a command that is refused tells the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.secrets.values.given import Given


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    """Message and hint of the UsageError that `call` ends with."""
    with pytest.raises(UsageError) as caught:
        call()
    return caught.value.message, caught.value.hint


def shown(found: list[Given]) -> list[tuple[str, str, str]]:
    """Name, value and place of what was read."""
    return [(item.name, item.value.reveal(), item.where) for item in found]
