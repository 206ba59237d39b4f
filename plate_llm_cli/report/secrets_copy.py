"""What a person should know about a copy beyond its plan: what there is no place for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.lifecycle.copying import Copy


def no_place(copied: Copy, env_a: str, env_b: str) -> Iterator[str]:
    """A line for each path, then for each key, that only the first environment has."""
    for path in copied.pairing.only_a:
        yield one_line(f"{path.place} is not copied: {env_b} has no counterpart")
    for address in copied.unclaimed():
        yield one_line(f"{address} of {env_a} is not copied: the spec has no such key for {env_b}")
