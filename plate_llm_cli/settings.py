"""The optional settings: `[tool.plate-llm]` in pyproject.toml, or plate-llm.toml.

An option on the command line wins over an environment variable, that over the file, that over
the default. Both files in one folder would leave it open which one counts: that is refused.
"""

from __future__ import annotations

import stat
import tomllib
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_MAX_BYTES = 1024 * 1024
_ALLOWED = {
    "fail-on": ("error", "warning", "info", "never"),
    "engine": ("embedded", "helm"),
    "openbao-auth": ("token", "approle", "kubernetes", "jwt"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files may set; the names in them have dashes instead of underscores."""

    primary: str = ""
    repo_url: str = ""
    exclude: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    """What is made outside the tree; `graph.external` says how it is written."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = ""
    kubernetes_version: str = ""
    api_versions: tuple[str, ...] = ()
    crds: tuple[str, ...] = ()
    engine: str = ""
    secrets: str = ""
    openbao_address: str = ""
    openbao_namespace: str = ""
    openbao_ca_cert: str = ""
    openbao_auth: str = ""
    openbao_auth_mount: str = ""
    openbao_role: str = ""
    contexts: Mapping[str, str] = field(default_factory=dict)
    """By ENV the context of the kubeconfig; `argocd` is that of ArgoCD's own cluster."""
    argocd: Mapping[str, Any] = field(default_factory=dict)
    """What `argocd generate` writes; `gitops.generation.conventions` says what it may be."""


def load_settings(root: Path) -> Settings:
    """The settings of the tree at `root`; the defaults where there are none.

    Raises:
        ConfigurationError: a file cannot be read, or has a key or value that is not known.
    """
    own = _read(root / "plate-llm.toml")
    tools = (_read(root / "pyproject.toml") or {}).get("tool")
    table = tools.get("plate-llm") if isinstance(tools, dict) else None
    if own is not None and table is not None:
        raise ConfigurationError(
            "both plate-llm.toml and [tool.plate-llm] in pyproject.toml are there",
            "keep one of them",
        )
    if own is not None:
        return _settings(own, "plate-llm.toml")
    where = "[tool.plate-llm] in pyproject.toml"
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError(f"{where} must be a table")
    return _settings(table, where) if table else Settings()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        # The tree is not ours: a named pipe would hold us for ever, /dev/zero has no end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigurationError(f"{path.name} cannot be read: it is no regular file")
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise ConfigurationError(f"{path.name} is larger than {_MAX_BYTES // 1024} KiB")
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path.name} is not UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path.name} is not TOML: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path.name} is nested too deep") from error


def _settings(table: dict[str, Any], where: str) -> Settings:
    known = {item.name.replace("_", "-"): item for item in fields(Settings)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise ConfigurationError(f"{where}: unknown setting {key!r}", _hint(key, known))
        values[known[key].name] = _READERS[str(known[key].type)](value, key, where)
    return Settings(**values)


def _hint(key: str, known: Iterable[str]) -> str:
    if key == "tool":
        return "plate-llm.toml holds the settings themselves, without [tool.plate-llm] above them"
    near = get_close_matches(key, known, 1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"


def _text(value: Any, key: str, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{where}: {key} must be a string")
    allowed = _ALLOWED.get(key, (value,))
    if value not in allowed:
        raise ConfigurationError(f"{where}: {key} is {value!r}", f"one of: {', '.join(allowed)}")
    return value


def _texts(value: Any, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigurationError(f"{where}: {key} must be a list of strings")
    return tuple(value)


def _table(value: Any, key: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where}: {key} must be a table")
    return value


def _text_table(value: Any, key: str, where: str) -> Mapping[str, str]:
    table = _table(value, key, where)
    return {name: _text(item, f"{key}.{name}", where) for name, item in table.items()}


_READERS: Mapping[str, Callable[[Any, str, str], Any]] = {
    "str": _text,
    "tuple[str, ...]": _texts,
    "Mapping[str, str]": _text_table,
    "Mapping[str, Any]": _table,
}
