"""The versions of a path before the present one, read one by one and only as far as needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from plate_llm_cli.secrets.server.stored import StoredState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.stored import Stored


class VersionReader(Protocol):
    """What is needed of OpenBao."""

    def read(self, place: Place, version: int | None = None) -> Stored:
        """A version of a path; ABSENT where it is not known any more."""


def earlier(reader: VersionReader, place: Place, version: int) -> Iterator[Stored]:
    """The versions before `version`, newest first, down to the oldest that OpenBao knows.

    Deleted and destroyed ones are among them. Raises OpenBaoError when the server says no.
    """
    for number in range(version - 1, 0, -1):
        stored = reader.read(place, number)
        if stored.state is StoredState.ABSENT:
            return
        yield stored
