"""Ports of this machine."""

from __future__ import annotations

import socket
from typing import Final

from plate_llm_cli.errors import UsageError

LOOPBACK: Final = "127.0.0.1"
_TRIES: Final = 50


def free_port(beside: int = 0) -> int:
    """A port of the loopback that nobody uses now, nor the `beside` ones that follow it."""
    for _ in range(_TRIES):
        port = _picked()
        if all(_is_free(port + step) for step in range(1, beside + 1)):
            break
    return port


def is_taken(port: int) -> bool:
    """Whether a program of this machine takes connections at `port`."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def require_free(port: int, option: str) -> None:
    """Refuse a port that cannot be listened on.

    Raises:
        UsageError: another program has it, or we may not.
    """
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
    except OSError as error:
        reason = (error.strerror or "it cannot be used").lower()
        raise UsageError(f"{option} {port}: {reason}", "leave it out to get a free one") from None


def _picked() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    try:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, port))
    except (OSError, OverflowError):
        return False
    return True
