"""The secrets spec for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.report.columns import table
from plate_llm_cli.report.secrets_plan import origin_text
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from datetime import timedelta

    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec


def spec_text(spec: Spec, width: int | None) -> str:
    """A block for each path: its keys, how each is made, and how often it is rotated."""
    return "\n".join(_block(path, width) for path in spec.paths)


def _block(path: PathSpec, width: int | None) -> str:
    facts = [", ".join(path.environments), path.owner, path.description]
    title = one_line(f"{path.place}  ({'; '.join(fact for fact in facts if fact)})")
    rows = [_row(key) for key in path.keys.values()]
    return f"{title}\n{table(('KEY', 'MADE', 'ROTATED', 'NOTES'), rows, width)}"


def _row(key: KeySpec) -> tuple[str, str, str, str]:
    notes = [] if key.required else ["optional"]
    notes += ["stays in its environment"] if key.bound else []
    return key.name, origin_text(key.origin), _period(key.rotation), ", ".join(notes)


def _period(period: timedelta | None) -> str:
    if period is None:
        return ""
    days, rest = divmod(int(period.total_seconds()), 86400)
    return f"every {days} days" if not rest else f"every {days * 24 + rest // 3600} hours"
