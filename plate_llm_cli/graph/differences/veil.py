"""Hides what may be a secret before two objects are compared.

What is behind a veil is compared and never shown. Hidden are: what a Secret holds; values whose
name is that of a credential, in `env`, ConfigMaps, arguments and text; passwords in URLs; private
keys.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Final, NoReturn, final

from plate_llm_cli.graph.differences.changes import HIDDEN

_UPPER: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CREDENTIAL: Final = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?"
    r"|(?:API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION|LICENSE|MASTER)_?KEY(?:_?ID)?"
    r"|(?:^|_)(?:PASS|PWD|PW|DSN|SALT|PEPPER|LICENSE))"
    r"(?:_?[0-9]+|_OLD|_NEW|_PREVIOUS|_B(?:ASE)?64)?$"
)
_REFERRING: Final = frozenset({"secret", "secretkey", "existingsecret", "credentials"})
"""Fields that end like a credential and hold the name of an object or a key."""
_ASSIGNMENT: Final = re.compile(r"(?<![\w.-])([\w.-]{1,64})[\"']?[ \t]*[:=][ \t]*(?=[^\s])")
_URL_PASSWORD: Final = re.compile(
    r"(://(?:[^/@\s]{0,255}?:|(?=[^/@\s:]{20})))[^/@\s]{1,255}(@)"  # a long name is a token
)
_PRIVATE_KEY: Final = "PRIVATE KEY-----"
_SHOWN: Final = "(hidden)"


@final
class Veiled:
    """A value that is compared and not shown; `shown` is what may be seen of it."""

    __slots__ = ("__value", "shown")

    def __init__(self, value: object, shown: object = HIDDEN) -> None:
        self.__value = value
        self.shown = shown

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Veiled) and self.__value == other.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def __repr__(self) -> str:
        return "Veiled(hidden)"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("what is hidden is not to be pickled or copied")


def names_credential(name: str) -> bool:
    """Whether a variable, key or option of this name holds a credential: `DB_PASSWORD`, `apiKey`.

    `LLM_MAX_TOKENS` counts tokens, and `SECRET_NAME` or `TOKEN_FILE` say where one is.
    """
    normal = re.sub(r"[-. ]+", "_", _UPPER.sub("_", name.strip("-")))
    return bool(_CREDENTIAL.search(normal.upper()))


def veil(obj: dict[str, Any]) -> dict[str, Any]:
    """`obj` with everything behind a veil that may be a secret."""
    kind = obj.get("kind")
    if kind == "Secret":
        rest = {key: obj[key] for key in obj if key not in ("data", "stringData")}
        held = _held(obj)
        return {**_mapping(rest), **({"data": held} if held else {})}
    covered = _mapping(obj)
    if kind == "ConfigMap" and isinstance(data := obj.get("data"), dict):
        covered["data"] = {
            key: Veiled(value) if names_credential(key) else _cover(value)
            for key, value in data.items()
        }
    return covered


def unveil(value: Any) -> Any:
    """`value` as it may be shown, with HIDDEN for what may not."""
    if isinstance(value, Veiled):
        return value.shown
    if isinstance(value, dict):
        return {key: unveil(item) for key, item in value.items()}
    return [unveil(item) for item in value] if isinstance(value, list) else value


def _held(secret: dict[str, Any]) -> dict[str, Any]:
    """What a Secret holds: `stringData` is `data` in clear text, and wins."""
    data, text = secret.get("data"), secret.get("stringData")
    held = {key: Veiled(_decoded(value)) for key, value in _entries(data)}
    return held | {
        key: Veiled(
            value.encode("utf-8", "surrogatepass") if isinstance(value, str) else str(value)
        )
        for key, value in _entries(text)
    }


def _entries(value: object) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _decoded(value: object) -> object:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else str(value)
    except (binascii.Error, ValueError):
        return value  # no base64: refused by the API server, compared as it stands


def _cover(value: Any) -> Any:
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, list):
        return _list(value)
    return _text(value) if isinstance(value, str) else value


def _mapping(value: dict[str, Any]) -> dict[str, Any]:
    name = value.get("name")
    named = isinstance(name, str) and names_credential(name)
    return {
        key: Veiled(item)
        if _is_scalar(item) and ((named and key == "value") or _holds_credential(key, item))
        else _cover(item)
        for key, item in value.items()
    }


def _holds_credential(field: str, value: object) -> bool:
    """Whether a field of this name is one: a number, a switch or a reference is not."""
    text = isinstance(value, str) and bool(value)
    return text and field.lower() not in _REFERRING and names_credential(field)


def _list(value: list[Any]) -> list[Any]:
    """The items; one behind the option of a credential (`--password`, `x`) is one."""
    covered = [_cover(item) for item in value]
    for index, item in enumerate(value[:-1]):
        option = isinstance(item, str) and item.startswith("-") and names_credential(item)
        if option and _is_scalar(value[index + 1]):
            covered[index + 1] = Veiled(value[index + 1])
    return covered


def _is_scalar(value: object) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _text(text: str) -> str | Veiled:
    """Text without the secrets in it: passwords of URLs, assigned credentials, private keys."""
    if _PRIVATE_KEY in text:
        return Veiled(text)
    shown = _without_assigned(_URL_PASSWORD.sub(rf"\1{_SHOWN}\2", text))
    return text if shown == text else Veiled(text, shown)


def _without_assigned(text: str) -> str:
    """`text` without the rest of each line behind `password:`, `API_KEY=` and the like."""
    parts, done = [], 0
    for match in _ASSIGNMENT.finditer(text):
        if match.start() >= done and names_credential(match[1]):
            parts += [text[done : match.end()], _SHOWN]
            end = text.find("\n", match.end())
            done = len(text) if end < 0 else end
    return "".join([*parts, text[done:]])
