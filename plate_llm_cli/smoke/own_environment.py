"""Keeps the operator's settings for AI clients out of the checks.

`OPENAI_LOG` writes requests and answers to stderr, `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID` and
`OPENAI_CUSTOM_HEADERS` go along with each request, and `LANGCHAIN_*` and `LANGSMITH_*` send
elsewhere what is asked and answered: all of that is meant for another service.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIXES: Final = ("OPENAI_", "LANGCHAIN_", "LANGSMITH_")


@contextmanager
def without_settings_of_clients() -> Iterator[None]:
    """None of them is in the environment."""
    names = [name for name in os.environ if name.startswith(_PREFIXES)]
    kept = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(kept)
