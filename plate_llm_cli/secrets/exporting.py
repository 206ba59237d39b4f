"""Backups that only their recipients can read. The only module that loads pyrage (age)."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyrage

from plate_llm_cli.errors import OutputError, UsageError
from plate_llm_cli.secrets.secret import Secret
from plate_llm_cli.secrets.spec import Derived, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.spec import Spec
    from plate_llm_cli.secrets.stored import Stored

_PRIVATE: Final = ("AGE-SECRET-KEY-", "AGE-PLUGIN-", "-----BEGIN")
_MAX_RECIPIENTS: Final = 64 * 1024
_FORM: Final = "a recipient is an age key (age1...) or an SSH public key (ssh-ed25519 ...)"


def recipients(texts: Iterable[str]) -> list[Any]:
    """age's recipients, as `--to` gives them.

    Raises:
        UsageError: one is none; a private key among them is not repeated.
    """
    found = [
        _recipient(text.strip(), f"recipient {number}") for number, text in enumerate(texts, 1)
    ]
    if not found:
        raise UsageError("nobody could read the export", "name a recipient with --to")
    return found


def recipients_in(path: Path) -> list[str]:
    """The recipients of a file, one a line; empty lines and `#` comments count for nothing.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_RECIPIENTS).decode()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text", _FORM) from None
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _recipient(text: str, which: str) -> Any:
    if text.upper().startswith(_PRIVATE):
        hint = "a private key belongs on no command line: take the public one that belongs to it"
        raise UsageError(f"{which} is a private key, which is not repeated here", hint)
    kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise UsageError(f"{which} is none", _FORM) from None


def document(spec: Spec, stored: Mapping[Place, Stored]) -> tuple[Secret, list[str]]:
    """What `seed --from-file` reads back, as JSON, and the keys that are left out, with reasons.

    Constants of the spec and what is made from other keys are made again by seeding.
    """
    paths: dict[str, dict[str, str]] = {}
    left: list[str] = []
    for path in spec.paths:
        data = stored[path.place].data
        for name, value in data.items():
            if name not in path.keys:
                left.append(f"{path.place}#{name}: not in the spec")
            elif not isinstance(value.raw, str):
                left.append(f"{path.place}#{name}: no text")
            elif not isinstance(path.keys[name].origin, Literal | Derived):
                paths.setdefault(str(path.place), {})[name] = value.raw
    return Secret(json.dumps(paths, indent=2) + "\n"), left


def encrypt(text: Secret, to: list[Any]) -> bytes:
    """`text` for the recipients, in age's armour."""
    encrypted: bytes = pyrage.encrypt(text.reveal().encode(), to, armored=True)
    return encrypted


def refuse_work_tree(output: Path) -> None:
    """Refuse a place inside a Git work tree: what is committed there is there for ever.

    Raises:
        OutputError: it is one, also behind symbolic links.
    """
    folder = Path(os.path.realpath(output)).parent
    for above in (folder, *folder.parents):
        if (above / ".git").exists():
            hint = "write it to a folder outside of every repository"
            raise OutputError(f"{output} lies in the Git work tree {above}", hint)


def write_private(output: Path, content: bytes) -> None:
    """Write `content` for its owner alone, whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    target = Path(os.path.realpath(output))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        staged = Path(name)  # of mode 0600
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            staged.replace(target)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror}") from None
