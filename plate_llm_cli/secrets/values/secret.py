"""The one type that carries secret values. Nothing shows what is in it, except `reveal`."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, NoReturn, final

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Plain

HIDDEN = "Secret(hidden)"


@final
class Secret:
    """A value of a key in OpenBao: text, or whatever JSON another writer put there.

    It has no length, order, hash or equality of its own, and refuses to be pickled.
    """

    __slots__ = ("__value",)

    def __init__(self, value: Plain) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The value as text; JSON where it is none. For the wire and for checks, never to print."""
        value = self.__value
        return value if isinstance(value, str) else json.dumps(value, sort_keys=True)

    @property
    def raw(self) -> Plain:
        """The value as it is sent to OpenBao."""
        return self.__value

    def same_as(self, other: Secret) -> bool:
        """Whether both hold the same value."""
        alike = isinstance(self.raw, str) is isinstance(other.raw, str)
        return alike and hmac.compare_digest(self._bytes(), other._bytes())

    def _bytes(self) -> bytes:
        return self.reveal().encode("utf-8", "surrogatepass")

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, _spec: str) -> str:
        return HIDDEN

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a Secret is not to be pickled or copied")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self
