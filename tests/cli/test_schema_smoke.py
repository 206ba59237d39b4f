"""`schema smoke`: the schema of what `smoke --format json` prints."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Call


def test_it_prints_the_published_file(call: Call) -> None:
    ended = call("schema", "smoke")
    published = files("plate_llm_cli.report").joinpath("smoke.schema.json").read_text("utf-8")
    assert (ended.code, ended.out, ended.err) == (0, published, "")
