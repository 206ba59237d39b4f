from __future__ import annotations

import subprocess
import sys

import pytest

from plate_llm_cli.source import composer
from plate_llm_cli.source.limits import MAX_BYTES, MAX_DEPTH, MAX_NODES
from plate_llm_cli.source.nodes import Problem, ProblemKind
from plate_llm_cli.source.reader import parse_text, to_plain

DEEP = f"nested more than {MAX_DEPTH} levels deep"


def only(text: str) -> Problem:
    source = parse_text(text, "values.yaml")
    (problem,) = source.problems
    assert (problem.kind, source.documents) == (ProblemKind.LIMIT, [])
    return problem


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, "- " * 100_000])
def test_depth_is_limited(text: str) -> None:
    assert only(text).message == DEEP


def test_block_mappings_are_limited() -> None:
    text = "".join(" " * depth + "a:\n" for depth in range(MAX_DEPTH + 1))
    assert only(text + " " * 200 + "a: 1").message == DEEP


def test_depth_at_the_limit_is_fine() -> None:
    data = to_plain(parse_text("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x").root)
    for _ in range(MAX_DEPTH - 1):
        assert isinstance(data, list)
        (data,) = data
    assert data == []


def test_depth_counts_through_aliases() -> None:
    links = "".join(f"b{i}: &b{i} [*b{i - 1}]\n" for i in range(1, MAX_DEPTH + 50))
    assert only("b0: &b0 []\n" + links).message == DEEP


def test_billion_laughs_are_stopped_at_the_alias() -> None:
    levels = "".join(f"b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 10)}]\n" for i in range(1, 10))
    problem = only("b0: &b0 [" + "x, " * 9 + "x]\n" + levels)
    assert problem.message.startswith("aliases blow this file up to ")
    assert [message for _, message in problem.related] == ["the anchor"]


def test_a_chart_with_many_aliases_is_fine() -> None:
    uses = "".join(f"c{i}: {{<<: *x, n: {i}}}\n" for i in range(500))
    assert parse_text("x: &x {a: 1, b: 2, c: [1, 2, 3]}\n" + uses, "x").problems == []


def test_nodes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composer, "MAX_NODES", 100)
    problem = only("- a\n" * 300)
    assert problem.message == f"more than {MAX_NODES:,} keys and values"


def test_size_is_limited() -> None:
    assert only("# " + "x" * MAX_BYTES).message == "the file is larger than 10 MiB"


@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "{a: ", "[[", "&a [", "!!seq [", "a: {"])
def test_no_depth_takes_the_process_down(opener: str) -> None:
    code = (
        "from plate_llm_cli.source.reader import parse_text\n"
        f"print(len(parse_text({opener!r} * 200_000, '').problems))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    assert (done.returncode, done.stdout) == (0, "1\n")


def test_a_long_line_is_read_in_linear_time() -> None:
    assert parse_text("a: " + "x" * 1_000_000, "x").problems == []
