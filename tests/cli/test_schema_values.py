"""`schema values`: the schema files of charts that have a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.deployments import ours

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

__all__ = ["ours"]

PATH = "charts/plate-llm/values.schema.json"


def test_a_stale_file_is_shown_without_its_control_characters(ours: Tree, call: Call) -> None:
    ours.replace(PATH, '  "type": "object",\n  "desc', '  "type": "\x1b[31m",\n  "desc')
    ended = call("schema", "values", "--check")
    assert ended.code == 1
    assert ended.out.startswith(f"--- a/{PATH}\n+++ b/{PATH}\n")
    assert '\n-  "type": "\\x1b[31m",\n+  "type": "object",\n' in ended.out


def test_a_missing_file_is_written_as_it_was(ours: Tree, call: Call) -> None:
    before = (ours.root / PATH).read_bytes()
    ours.remove(PATH)
    ended = call("schema", "values")
    assert (ended.code, ended.err) == (0, f"{PATH} written\n")
    assert (ours.root / PATH).read_bytes() == before
