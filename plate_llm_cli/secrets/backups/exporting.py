"""Encrypts for recipients with age. The only module that loads pyrage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyrage

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.given import place_of
from plate_llm_cli.secrets.values.input_text import read_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plate_llm_cli.secrets.values.secret import Secret

_IDENTITY: Final = "AGE-SECRET-KEY-"
_PRIVATE: Final = (_IDENTITY, "AGE-PLUGIN-", "-----BEGIN", "PRIVATE KEY")
_FORM: Final = (
    "a recipient is a public key of age (age1...) or SSH (ssh-ed25519 ..., ssh-rsa ...);"
    " --recipients-file takes a file of them"
)
_NOT_HERE: Final = (
    "a private key must not be on a command line, where others can read it: name the public one,"
    " which `age-keygen -y` prints"
)
_NOT_THERE: Final = "recipients are public keys; `age-keygen -y` prints them"


@dataclass(frozen=True, slots=True)
class _Named:
    """What should be a recipient. It may be anything, and is never repeated."""

    text: str
    where: str
    on_command_line: bool = False


def recipients(to: Sequence[str], files: Sequence[Path]) -> list[Any]:
    """age's recipients: those of `--to`, then those of `files`, each once.

    Raises:
        UsageError: there are none, one is no public key, or a file cannot be read.
    """
    named = [_Named(text, f"recipient {at}", True) for at, text in enumerate(to, 1)]
    for path in files:
        _refuse_identity(path)
        named += _listed(path)
    if not named:
        raise UsageError("nobody could read the export", "name a recipient with --to")
    return list({item.text.strip(): _recipient(item) for item in named}.values())


def _refuse_identity(path: Path) -> None:
    """`age -i` takes a file of identities: somebody may give one itself where a file belongs."""
    if _IDENTITY in path.name.upper():
        message = "a private key was given to --recipients-file, which is not repeated here"
        raise UsageError(message, _NOT_HERE)


def _listed(path: Path) -> list[_Named]:
    """One a line; empty lines and those that begin with # count for nothing."""
    lines = enumerate(read_path(path, str(path)).text.splitlines(), 1)
    wanted = ((line.strip(), number) for number, line in lines)
    found = [
        _Named(text, place_of(str(path), number))
        for text, number in wanted
        if text and not text.startswith("#")
    ]
    if not found:
        raise UsageError(f"{path} names no recipient", _FORM)
    return found


def _recipient(named: _Named) -> Any:
    text = named.text.strip()
    if any(mark in text.upper() for mark in _PRIVATE):
        hint = _NOT_HERE if named.on_command_line else _NOT_THERE
        raise UsageError(f"{named.where} is a private key, which is not repeated here", hint)
    kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise UsageError(f"{named.where} is no recipient", _FORM) from None


def encrypt(text: Secret, to: list[Any]) -> str:
    """`text` for the recipients, in age's armour, which is ASCII."""
    encrypted: bytes = pyrage.encrypt(text.reveal().encode(), to, armored=True)
    return encrypted.decode("ascii")
