"""How the next answer shall be: read from JSON, from a list, or from a model's name."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One answer's manners. Times are in milliseconds, sizes in bytes."""

    mode: str = "ok"
    """A name of `scenes.SCENES`."""
    status: int = 500
    retry_after: str = ""
    message: str = ""
    at: int = 5
    """How many events of a stream go out before the mode shows."""
    ttft: float = 0
    """Before the first byte."""
    itl: float = 0
    """Between two events."""
    n: int = 64
    """Pieces of text in a stream."""
    words: int = 80
    """Words in an answer that is no stream."""
    calls: int = 1
    """Tool calls in an answer that calls tools."""
    finish: str = "stop"
    drip: float = 2
    """Between two bytes of the modes `drip` and `slowheaders`."""
    size: int = 32 * 2**20
    """Of the text in the mode `huge`."""
    ctype: str = "text/html"
    """Content type in the mode `wrongtype`."""
    gzip: int = 0
    """1 compresses an answer that is no stream, for a client that accepts it."""
    usage: int = 1
    """0 leaves usage out even where it was asked for, as some compatible servers do."""
    usage_null: int = 1
    """0 leaves out the `"usage": null` that OpenAI puts into each event of a stream."""


TYPES = {field.name: type(getattr(Behaviour(), field.name)) for field in fields(Behaviour)}


def changed(base: Behaviour, changes: Mapping[str, object]) -> Behaviour:
    """`base` with `changes`, each converted to the field's type. Raises `ValueError`."""
    unknown = sorted(set(changes) - set(TYPES))
    if unknown:
        raise ValueError(f"no such option: {', '.join(unknown)}")
    values = {name: TYPES[name](value) for name, value in changes.items()}
    return replace(base, **values)


def read_step(base: Behaviour, step: str) -> Behaviour:
    """One entry of a sequence: a mode (`err`) or options (`mode=err,status=429`)."""
    return changed(base, read_options(step) if "=" in step else {"mode": step})


@lru_cache(maxsize=1024)
def for_model(base: Behaviour, model: str) -> Behaviour:
    """`base` with what follows the last colon of a model's name: `any:mode=err,status=429`."""
    _, _, options = model.rpartition(":")
    return changed(base, read_options(options)) if "=" in options else base


def read_options(text: str) -> dict[str, str]:
    """`a=1,b=2` as a dictionary."""
    return dict(option.partition("=")[::2] for option in text.split(","))
