"""Writes the draft of a secrets spec as YAML, with comments that say what to check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.addresses import is_key, is_path
from plate_llm_cli.source.quoting import double_quoted, escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.secrets.agreement.drafting import DraftKey, DraftPath

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_.,;()'/-]+)*")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""What YAML takes for something else than text."""

_HEAD: Final = """\
# What OpenBao must hold for each environment, and how each value is made. It holds no secret.
# A first version, written from the charts: read each comment, then remove it.
version: 1
"""


def as_yaml(mount: str, paths: Iterable[DraftPath]) -> str:
    """The text of the file; `mount` is that of paths which name none."""
    lines: list[str] = []
    seen: set[str] = set()
    for path in paths:
        left_out = _why_left_out(path, seen)
        if left_out:
            lines.append(f"  # {escaped(f'{path.mount}/{path.path}')}: {left_out}")
        else:
            seen.add(path.path)
            lines += _path(path, mount)
    head = f"{_HEAD}mount: {_scalar(mount)}\n"
    body = "".join(f"{line}\n" for line in lines)
    return f"{head}paths:\n{body}" if seen else f"{head}paths: {{}}\n{body}"


def _why_left_out(path: DraftPath, seen: set[str]) -> str:
    if path.path in seen:
        return "another mount has a path of this name above, and the spec can have one only"
    if not (is_path(path.path) and is_path(path.mount)):
        return "no path that the spec can have"
    if not any(is_key(name) for name in path.keys):
        secrets = ", ".join(path.secrets)
        return f"read as a whole for Secret {escaped(secrets)}, no key of it is known: add those"
    return ""


def _path(path: DraftPath, mount: str) -> Iterator[str]:
    environments = sorted(path.environments)
    yield f"  {_scalar(path.path)}:"
    if path.mount != mount:
        yield f"    mount: {_scalar(path.mount)}"
    yield f"    description: {_scalar('Secret ' + ' and '.join(sorted(path.secrets)))}"
    yield f"    environments: [{', '.join(_scalar(name) for name in environments)}]"
    if len(environments) > 1:
        yield "    # check: each of them reads the same values"
        yield "    shared: true"
    if path.role:
        yield f"    role: {_scalar(path.role)}"
    if path.whole:
        yield "    # check: something reads every key, so there may be more than these"
    yield "    keys:"
    for name in sorted(path.keys):
        if is_key(name):
            yield from _key(path.keys[name])


def _key(key: DraftKey) -> Iterator[str]:
    origin, check = key.origin
    yield f"      {_scalar(key.name)}:"
    if key.description:
        yield f"        description: {_scalar(key.description)}"
    elif key.variables:
        yield f"        description: {_scalar('Variable ' + ' and '.join(sorted(key.variables)))}"
    if check:
        yield f"        # check: {check}"
    yield f"        {origin}"
    if key.optional and key.variables:
        yield "        required: false"


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else double_quoted(text)
