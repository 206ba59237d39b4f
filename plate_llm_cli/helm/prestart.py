"""Lets Helm load while the command that is going to render is still being imported.

Loading takes as long as the imports do, and happens in another process: on two cores it is free.
"""

from __future__ import annotations

from plate_llm_cli.helm.child import BegunChild

_begun: list[BegunChild] = []


def begin() -> None:
    """Start a child for whoever takes it first. One that nobody takes ends with the process."""
    _begun.append(BegunChild())


def take() -> BegunChild | None:
    """The child that was begun, if one was."""
    return _begun.pop() if _begun else None
