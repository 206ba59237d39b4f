"""Takes the secrets of a run out of what is told of it: whatever was asked may repeat them.

Parts are found as well, as texts are cut short, and the usual ways to write a text differently.
A secret of fewer than `_SHORTEST` characters is left alone: it would be found in any sentence.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.secrets.values.secret import Secret
    from plate_llm_cli.smoke.check import Outcome

REDACTED: Final = "[redacted]"
_PART: Final = 12
"""Characters in a row that are no chance."""
_SHORTEST: Final = 8
_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
"""ASCII alone, so that positions stay; proxies change the case of what they repeat."""


def redacted(outcome: Outcome, secrets: Iterable[Secret]) -> Outcome:
    """`outcome` without any of `secrets`."""
    parts = [part for secret in secrets for part in _parts(secret)]
    if not parts:
        return outcome
    sizes = set(map(len, parts))
    sets = [(size, {part for part in parts if len(part) == size}) for size in sizes]
    said, advice = (_without(text, sets) for text in (outcome.said, outcome.advice))
    return replace(outcome, said=said, advice=advice)


def _parts(secret: Secret) -> Iterator[str]:
    value = secret.reveal()
    if len(value) < _SHORTEST:
        return
    for text in _written(value):
        lower = text.translate(_LOWER)
        size = min(_PART, len(lower))
        yield from (lower[start : start + size] for start in range(len(lower) - size + 1))


def _written(value: str) -> Iterator[str]:
    """As it is, backwards, and encoded."""
    data = value.encode("utf-8", "surrogatepass")
    yield from (value, value[::-1], quote(data, safe=""), data.hex())
    for before in range(3):  # three bytes are four characters: it may begin within them
        packed = base64.b64encode(bytes(before) + data).decode()
        inner = packed[-(-before * 8 // 6) : len(packed) // 4 * 4 - 4]
        yield from (inner, inner.translate({ord("+"): "-", ord("/"): "_"}))


def _without(text: str, sets: list[tuple[int, set[str]]]) -> str:
    lower = text.translate(_LOWER)
    hidden = bytearray(len(text))
    for size, parts in sets:
        for start in range(len(lower) - size + 1):
            if lower[start : start + size] in parts:
                hidden[start : start + size] = b"\1" * size
    shown: list[str] = []
    for position, char in enumerate(text):
        if not hidden[position]:
            shown.append(char)
        elif not position or not hidden[position - 1]:
            shown.append(REDACTED)
    return "".join(shown)
