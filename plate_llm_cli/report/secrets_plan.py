"""A plan of secrets for people and for programs: names, signs and reasons, never a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.columns import described
from plate_llm_cli.report.untrusted import json_text, one_line
from plate_llm_cli.secrets.plan import Action
from plate_llm_cli.secrets.server.stored import StoredState
from plate_llm_cli.secrets.spec import (
    Derived,
    FromEnvironment,
    FromFile,
    Generate,
    Literal,
    Prompt,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.secrets.apply import Written
    from plate_llm_cli.secrets.plan import KeyPlan, PathPlan, Plan
    from plate_llm_cli.secrets.spec import Origin

_SIGN = re.compile(r"^  (?P<sign>[+~-]) \S+", re.MULTILINE)
_COLORS = {"+": 32, "~": 35, "-": 31}
_VERBS = {Action.ADD: "to add", Action.CHANGE: "to change", Action.REMOVE: "to remove"}


def plan_text(plan: Plan, width: int | None, *, brief: bool = False, color: bool = False) -> str:
    """A block for each path; with `brief` only the paths and keys that would change."""
    paths = [path for path in plan.paths if path.changes or not brief]
    blocks = [_block(path, width, brief=brief) for path in paths]
    text = "\n".join([*blocks, summary(plan) + "\n"])
    return _SIGN.sub(_painted, text) if color else text


def _painted(match: re.Match[str]) -> str:
    """What changes, in green, magenta and red: colours that show on black and on white."""
    return f"\x1b[{_COLORS[match['sign']]}m{match[0]}\x1b[0m"


def summary(plan: Plan) -> str:
    """How much there is to do, in one line."""
    counts = [(plan.count(action), verb) for action, verb in _VERBS.items()]
    parts = [f"{count} {verb}" for count, verb in counts if count]
    kept = plan.count(Action.KEEP)
    if not parts and plan.wanting:
        return f"nothing to write; {_keys(len(plan.wanting))} of {kept} missing or not usable"
    if not parts:
        return f"nothing to do: {_keys(kept)} as the spec says"
    return ", ".join([*parts, f"{kept} as they are"] if kept else parts)


def plan_json(plan: Plan, env: str, address: str) -> str:
    """The same for programs."""
    data = {
        "version": 1,
        "environment": env,
        "address": address,
        "pending": plan.changes,
        "paths": [_path(path) for path in plan.paths],
        "summary": {action.value: plan.count(action) for action in Action},
    }
    return json_text(data)


def written_text(written: Sequence[Written], *, brief: bool = False) -> str:
    """What was written: a line a path, then how many."""
    lines = [] if brief else [_written(item) for item in written]
    keys = sum(len(item.keys) for item in written)
    paths = "1 path" if len(written) == 1 else f"{len(written)} paths"
    return "\n".join([*lines, f"{_keys(keys)} written in {paths}"]) + "\n"


def _written(item: Written) -> str:
    return one_line(f"{item.place} version {item.version}: {', '.join(item.keys)}")


def _keys(count: int) -> str:
    return "1 key" if count == 1 else f"{count} keys"


def _block(path: PathPlan, width: int | None, *, brief: bool) -> str:
    rows = [
        (f"  {key.action.sign} {key.address.key}", "; ".join(_words(key)))
        for key in path.keys
        if key.changes or not brief
    ]
    lines = [f"{one_line(str(path.place))}{_state(path)}", *described(rows, width).splitlines()]
    return "".join(f"{line.rstrip()}\n" for line in lines if line.strip())


def _state(path: PathPlan) -> str:
    words = []
    if path.stored.state is StoredState.ABSENT:
        words.append("new")
    elif path.stored.state is not StoredState.LIVE:
        words.append(f"version {path.stored.version} was {path.stored.state}")
    if path.spec.shared:
        words.append(f"shared by {one_line(', '.join(path.spec.environments))}")
    return f"  ({'; '.join(words)})" if words else ""


def _words(key: KeyPlan) -> list[str]:
    words = []
    if key.changes and key.spec is not None:
        words.append(f"from {key.source}" if key.source else origin_text(key.spec.origin))
        if key.lack and not isinstance(key.spec.origin, Prompt):
            words.append(key.lack)
    if key.note:
        words.append(key.note)
    return [one_line(word) for word in words]


def origin_text(origin: Origin) -> str:
    """How a value is made, in a few words."""
    if isinstance(origin, Generate):
        return f"generated ({origin.encoding})"
    if isinstance(origin, Prompt):
        return f"asked for: {origin.about}" if origin.about else "asked for"
    if isinstance(origin, FromEnvironment):
        return f"from the variable {origin.name}"
    if isinstance(origin, FromFile):
        return f"from the file {origin.path}"
    if isinstance(origin, Literal):
        return "as the spec says"
    assert isinstance(origin, Derived)  # noqa: S101 - for the type checker
    return f"made from {origin.parent}"


def _path(path: PathPlan) -> dict[str, Any]:
    return {
        "mount": path.place.mount,
        "path": path.place.path,
        "state": path.stored.state.value,
        "version": path.stored.version,
        "environments": list(path.spec.environments),
        "keys": [
            {
                "key": key.address.key,
                "action": key.action.value,
                "origin": origin_text(key.spec.origin) if key.spec else None,
                "source": key.source or None,
                "note": key.note or None,
                "lack": key.lack or None,
            }
            for key in path.keys
        ],
    }
