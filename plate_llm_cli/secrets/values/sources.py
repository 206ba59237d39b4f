"""Where the value of a key comes from, the first of: input files, environment, origin, person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.spec import Derived, FromEnvironment, FromFile, Generate, Literal
from plate_llm_cli.secrets.values.generators import generate
from plate_llm_cli.secrets.values.input_text import read_secret
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plate_llm_cli.secrets.spec import KeySpec
    from plate_llm_cli.secrets.values.inputs import Inputs

    Ask = Callable[[KeySpec], Secret | None]
    """Asks a person, unseen; None is no answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """A key without a value; `reason` says what would give it one."""

    key: KeySpec
    reason: str


def values_for(
    key: KeySpec, inputs: Inputs, environ: Mapping[str, str], root: Path, ask: Ask | None
) -> Secret | Missing:
    """The value of `key`. `ask` is None where nobody can be asked; optional keys never are.

    An environment variable that is empty counts as not set. What is derived is not made here.

    Raises:
        UsageError: the file that the spec names is there and cannot be used.
    """
    if isinstance(key.origin, Derived):
        return Missing(key, f"it is made from {key.origin.parent}, which has no value")
    variable = variable_of(key, inputs, environ)
    found = inputs.get(key.address) or (Secret(environ[variable]) if variable else None)
    found = found or _from_origin(key, root)
    if found is None and ask is not None and key.required:
        found = ask(key)
    return found or Missing(key, _reason(key, inputs, asked=ask is not None))


def source_of(key: KeySpec, inputs: Inputs, environ: Mapping[str, str]) -> str:
    """Where `values_for` takes the value from, for messages; '' where the key's origin makes it."""
    where = inputs.where(key.address)
    variable = variable_of(key, inputs, environ)
    if where or not variable:
        return where
    return f"environment variable {variable}"


def variable_of(key: KeySpec, inputs: Inputs, environ: Mapping[str, str]) -> str:
    """The variable of `environ` that holds the key's value, or ''."""
    return next((name for name in _variables(key, inputs) if environ.get(name)), "")


def _variables(key: KeySpec, inputs: Inputs) -> list[str]:
    """The variables that count for `key`, the first one most.

    Never the bare name of the key: a person's own OPENAI_API_KEY is not meant for the cluster.
    """
    if isinstance(key.origin, Literal | Derived):
        return []
    named = [key.origin.name] if isinstance(key.origin, FromEnvironment) else []
    own = [key.address.variable] if inputs.names.has_own_variable(key.address) else []
    return list(dict.fromkeys([*named, *own]))


def _from_origin(key: KeySpec, root: Path) -> Secret | None:
    match key.origin:
        case Generate():
            return generate(key.origin)
        case Literal(text):
            return Secret(text)
        case FromFile(path):
            return _from_file(path, root)
    return None


def _from_file(path: str, root: Path) -> Secret | None:
    try:
        target = root / Path(path).expanduser()
    except RuntimeError:
        raise UsageError(f"{path} cannot be read: there is no home folder") from None
    text = read_secret(target, path)
    return None if text is None else Secret(text)


def _reason(key: KeySpec, inputs: Inputs, *, asked: bool) -> str:
    ways = [f"set {name}" for name in _variables(key, inputs)]
    if isinstance(key.origin, FromFile):
        ways.insert(0, f"create {key.origin.path}")
    ways.append("pass --from-env-file")
    if asked and key.required:
        return f"nothing was entered: {_any_of(ways)}"
    if key.required:
        ways.append("run on a terminal")
    return _any_of(ways)


def _any_of(ways: list[str]) -> str:
    *others, last = ways
    return f"{', '.join(others)}, or {last}" if len(others) > 1 else " or ".join(ways)
