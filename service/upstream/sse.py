"""Server-sent events, cut out of the pieces in which they arrive.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

LONGEST_EVENT = 4 * 2**20


class EventTooLongError(Exception):
    """An event is longer than LONGEST_EVENT bytes."""


class EventSplitter:
    """Gives the data of whole events. Comments and fields other than `data` are left out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of each event that is complete now. Raises `EventTooLongError`."""
        if not self._rest and _is_one_event(piece):
            return [piece[6:-2]]
        if self._rest:
            piece = self._rest + piece
        if b"\r" in piece:
            # JSON has no bare line ends inside its strings: each one ends a line.
            piece = piece.replace(b"\r\n", b"\n")
        end = piece.rfind(b"\n\n")
        if end < 0:
            self._keep(piece)
            return []
        self._keep(piece[end + 2 :])
        return [data for block in piece[:end].split(b"\n\n") if (data := _data(block)) is not None]

    @property
    def unfinished(self) -> bool:
        """An event has begun and not ended."""
        return bool(self._rest.strip())

    def _keep(self, rest: bytes) -> None:
        if len(rest) > LONGEST_EVENT:
            raise EventTooLongError
        self._rest = rest


def _is_one_event(piece: bytes) -> bool:
    """Whether it is a single event on a single line, as most pieces are: a token arrives alone."""
    return (
        piece.startswith(b"data: ")
        and piece.endswith(b"\n\n")
        and piece.count(b"\n") == 2
        and b"\r" not in piece
    )


def _data(block: bytes) -> bytes | None:
    """The data of one event, or None for an event without any."""
    if block.startswith(b"data: ") and b"\n" not in block:
        return block[6:]
    lines = [line[5:] for line in block.split(b"\n") if line.startswith(b"data:")]
    if not lines:
        return None
    return b"\n".join(line.removeprefix(b" ") for line in lines)
