"""Reads what there is; what may not be read is said, and does not end the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from plate_llm_cli.cluster.objects import Object, Selection, text
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.errors import ClusterError, ForbiddenError, MissingKindError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Ref

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unread:
    """Why something could not be read."""

    error: ClusterError

    def of(self, ref: Ref) -> Item:
        """What the page says of `ref` then. Where its kind is missing, so is the object."""
        is_missing = isinstance(self.error, MissingKindError)
        level = Level.FAILING if is_missing else Level.UNKNOWN
        return Item(ref, self.text, (self.problem(level),))

    def problem(self, level: Level = Level.UNKNOWN) -> Problem:
        """The same as a problem. What is not installed makes others absent."""
        is_missing = isinstance(self.error, MissingKindError)
        root = Root.NOT_APPLIED if is_missing else Root.ABSENT
        return Problem(level, root, self.text, self.error.hint)

    @property
    def text(self) -> str:
        """What was not allowed, or why it is not known."""
        message = self.error.message
        # Behind it, the API server says the same once more, in its own words.
        is_forbidden = isinstance(self.error, ForbiddenError)
        return message.partition(": ")[0] if is_forbidden else message


def attempt(read: Callable[[], T]) -> T | Unread:
    """What `read` gives, or why it is refused.

    Raises:
        ClusterError: the API server is gone, or does not accept the credentials at all.
    """
    try:
        return read()
    except ClusterError as error:
        if error.status in (0, 401):
            raise
        return Unread(error)


@dataclass(slots=True, eq=False)
class Reader:
    """The objects of one namespace, each kind listed once."""

    api: Api
    namespace: str
    _listed: dict[tuple[str, str], dict[str, Object] | Unread] = field(default_factory=dict)

    @property
    def now(self) -> datetime | None:
        """The cluster's time at its last answer."""
        return self.api.connection.clock

    def named(self, api_version: str, kind: str) -> dict[str, Object] | Unread:
        """Every object of a kind by its name."""
        key = (api_version, kind)
        if key not in self._listed:
            self._listed[key] = attempt(lambda: self._find(api_version, kind))
        return self._listed[key]

    def one(self, ref: Ref) -> Object | Unread | None:
        """One object, which may be elsewhere; None where there is none."""
        return attempt(lambda: self.api.get(ref))

    def _find(self, api_version: str, kind: str) -> dict[str, Object]:
        found = self.api.find(api_version, kind, Selection(self.namespace))
        return {text(obj, "metadata", "name"): obj for obj in found}


def absent(ref: Ref, root: Root, advice: str) -> Item:
    """What the page says of an object that ought to be there."""
    return Item(ref, "is not there", (Problem(Level.FAILING, root, "is not there", advice),))
