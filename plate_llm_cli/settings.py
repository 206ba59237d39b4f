"""The optional settings: `[tool.plate-llm]` in pyproject.toml, or plate-llm.toml.

An option on the command line wins over an environment variable, that over the file, that over
the default. Both files in one folder would leave it open which one counts: that is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


_ALLOWED = {
    "fail-on": ("error", "warning", "info", "never"),
    "engine": ("embedded", "helm"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files may set; the names in them have dashes instead of underscores."""

    primary: str = ""
    repo_url: str = ""
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = ""
    kubernetes_version: str = ""
    api_versions: tuple[str, ...] = ()
    crds: tuple[str, ...] = ()
    engine: str = ""


def load_settings(root: Path) -> Settings:
    """The settings of the tree at `root`; the defaults where there are none.

    Raises:
        ConfigurationError: a file cannot be read, or has a key or value that is not known.
    """
    own = _read(root / "plate-llm.toml")
    project = _read(root / "pyproject.toml")
    table = (project or {}).get("tool", {}).get("plate-llm")
    if own is not None and table is not None:
        raise ConfigurationError(
            "both plate-llm.toml and [tool.plate-llm] in pyproject.toml are there",
            "keep one of them",
        )
    if own is not None:
        return _settings(own, "plate-llm.toml")
    return _settings(table, "[tool.plate-llm] in pyproject.toml") if table else Settings()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error}") from error


def _settings(table: dict[str, Any], where: str) -> Settings:
    known = {item.name.replace("_", "-"): item for item in fields(Settings)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"
            raise ConfigurationError(f"{where}: unknown setting {key!r}", hint)
        many = known[key].type == "tuple[str, ...]"
        values[known[key].name] = _texts(value, key, where) if many else _text(value, key, where)
    return Settings(**values)


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
