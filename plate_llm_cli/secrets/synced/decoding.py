"""decodingStrategy and conversionStrategy of External Secrets, and which keys a Secret may have."""

from __future__ import annotations

import base64
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.synced.failures import NotSyncedError
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ALPHABETS: Final = {"Base64": "+/", "Base64URL": "-_"}
_FORMS: Final = {
    name: re.compile(rf"(?:{char}{{4}})*(?:{char}{{2}}==|{char}{{3}}=)?")
    for name, last in _ALPHABETS.items()
    for char in [f"[A-Za-z0-9{last}]"]
}
_KEY: Final = re.compile(r"[-._a-zA-Z0-9]{1,253}")


def decoded(value: Secret, strategy: str) -> Secret:
    """`value` as a `decodingStrategy` has it; raises NotSyncedError where it is no base64."""
    if strategy in ("", "None"):
        return value
    if strategy == "Auto":
        return _base64(value, "Base64") or _base64(value, "Base64URL") or value
    if strategy not in _ALPHABETS:
        raise NotSyncedError(f"decoding strategy {strategy} is not supported")
    found = _base64(value, strategy)
    if found is None:
        raise NotSyncedError(f"the value is no {strategy}")
    return found


def _base64(value: Secret, strategy: str) -> Secret | None:
    """As Go decodes it; see `texts` for what is no UTF-8. None where it is no base64."""
    text = value.reveal().replace("\r", "").replace("\n", "")
    if not _FORMS[strategy].fullmatch(text):
        return None
    data = base64.b64decode(text, altchars=_ALPHABETS[strategy].encode())
    return Secret(data.decode("utf-8", "surrogateescape"))


def converted(data: Mapping[str, Secret], strategy: str) -> dict[str, Secret]:
    """`data` with names of keys as a `conversionStrategy` has them."""
    found: dict[str, Secret] = {}
    for name, value in data.items():
        key = "".join(_converted(char, strategy) for char in name)
        if key in found:
            raise NotSyncedError(f"secret name collision during conversion: {key}")
        found[key] = value
    return found


def _converted(char: str, strategy: str) -> str:
    if _is_plain(char) or strategy not in ("Default", "Unicode"):
        return char
    return "_" if strategy == "Default" else f"_U{ord(char):04x}_"


def _is_plain(char: str) -> bool:
    return char in "-._" or unicodedata.category(char)[0] in "LN"


def checked_names(data: Mapping[str, Secret]) -> dict[str, Secret]:
    """`data` without a key that is empty, as the operator drops it; others must be plain."""
    for name in data:
        if len(name.encode()) > 253:
            raise NotSyncedError("a key is longer than 253 characters")
        wrong = next((char for char in name if not _is_plain(char)), None)
        if wrong is not None:
            allowed = "only alphanumeric, '-', '.' and '_' are allowed"
            raise NotSyncedError(f"key has invalid character {wrong!r}, {allowed}: {name}")
    return {name: value for name, value in data.items() if name}


def refused_key(names: Iterable[str]) -> str | None:
    """The first key that the API server would not take in a Secret or ConfigMap."""
    return next((name for name in names if not _KEY.fullmatch(name) or _is_dots(name)), None)


def _is_dots(name: str) -> bool:
    return name == "." or name.startswith("..")
