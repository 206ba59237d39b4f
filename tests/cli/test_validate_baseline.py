"""`validate --baseline`: what is known is counted, what is new is reported."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

VALUES = "charts/web/values-stg.yaml"
FILE = "baseline.json"


@pytest.fixture
def accepted(tree: Tree, call: Call) -> Tree:
    """The tree with a warning, and a baseline that has it."""
    tree.write(VALUES, "greeting: welcome\nunread: 1\n")
    ended = call("validate", "--write-baseline", FILE)
    assert (ended.code, ended.err) == (0, f"1 finding is accepted in {FILE}\n")
    return tree


def _timeless(text: str) -> str:
    return re.sub(r"[\d.]+ s\)", "0 s)", text)


@pytest.mark.usefixtures("accepted")
def test_known_finding_is_counted_and_does_not_fail(call: Call) -> None:
    ended = call("validate", "--baseline", FILE, "--fail-on", "info")
    said = "No findings in 2 releases (1 known, of the baseline, 0 s)\n"
    assert (ended.code, _timeless(ended.out), ended.err) == (0, said, "")


def test_finding_that_moved_is_known(accepted: Tree, call: Call) -> None:
    accepted.write(VALUES, "# a comment\n\ngreeting: welcome\nunread: 1\n")
    ended = call("validate", "--baseline", FILE, "--fail-on", "info", "-q")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_new_finding_is_reported_alone_and_fails(accepted: Tree, call: Call) -> None:
    accepted.write(VALUES, "greeting: welcome\nalso: 2\nunread: 1\n")
    ended = call("validate", "--baseline", FILE, "--fail-on", "warning", "-q")
    assert ended.code == 1
    assert ended.out == f"{VALUES}:2:1: warning: dead-value: no template reads also\n"


def test_finding_that_is_gone_is_told_and_does_not_fail(accepted: Tree, call: Call) -> None:
    accepted.write(VALUES, "greeting: welcome\n")
    ended = call("validate", "--baseline", FILE, "--fail-on", "info")
    assert (ended.code, ended.err) == (
        0,
        "1 finding is in the baseline and no longer there: "
        f"plate-llm validate --write-baseline {FILE} forgets them\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [["web-prod"], ["--no-provenance"], ["--ignore", "dead-value"], ["--quiet"]],
    ids=" ".join,
)
def test_nothing_is_told_gone_where_it_was_not_looked_for(
    arguments: list[str], accepted: Tree, call: Call
) -> None:
    accepted.write(VALUES, "greeting: welcome\n")
    ended = call("validate", "--baseline", FILE, *arguments)
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "html"])
def test_no_format_lists_what_is_known(form: str, call: Call) -> None:
    ended = call("validate", "--baseline", FILE, "--format", form)
    assert ended.code == 0
    assert "no template reads unread" not in ended.out


@pytest.mark.usefixtures("accepted")
def test_json_counts_what_is_known(call: Call) -> None:
    found = json.loads(call("validate", "--baseline", FILE, "--format", "json").out)
    assert (found["findings"], found["summary"]["known"]) == ([], 1)


def test_writing_reports_nothing_that_it_accepts(accepted: Tree, call: Call) -> None:
    accepted.write("charts/web/templates/x.yaml", "{{ fail }}")
    ended = call("validate", "--write-baseline", FILE, "--quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert call("validate", "--baseline", FILE, "--quiet").code == 0


def test_same_tree_gives_the_same_file(accepted: Tree, call: Call) -> None:
    before = (accepted.root / FILE).read_bytes()
    call("validate", "--write-baseline", FILE)
    assert (accepted.root / FILE).read_bytes() == before


def test_no_credential_gets_into_the_file(tree: Tree, call: Call) -> None:
    tree.write(VALUES, "greeting: AKIAIOSFODNN7ABCDEFG\n")
    found = json.loads(call("validate", "--format", "json").out)["findings"]
    assert "plaintext-credential" in {item["rule"] for item in found}
    call("validate", "--write-baseline", FILE)
    assert "AKIA" not in (tree.root / FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            ["--baseline", "none.json"],
            "--baseline none.json cannot be read: No such file or directory",
            "plate-llm validate --write-baseline FILE",
        ),
        (
            ["--baseline", "apps"],
            "--baseline apps cannot be read: Is a directory",
            "plate-llm validate --write-baseline FILE",
        ),
        (
            ["--baseline", "a.json", "--write-baseline", "b.json"],
            "--baseline and --write-baseline do not go together",
            "--write-baseline replaces the file with all that is found now",
        ),
        (
            ["--write-baseline", "b.json", "--watch"],
            "--write-baseline and --watch do not go together",
            "leave out --watch",
        ),
        (
            ["--write-baseline", "none/b.json"],
            "none/b.json cannot be written: there is no folder none",
            "make it first",
        ),
    ],
    ids=lambda item: " ".join(item) if isinstance(item, list) else "",
)
@pytest.mark.usefixtures("tree")
def test_usage_error(arguments: list[str], message: str, hint: str, call: Call) -> None:
    ended = call("validate", *arguments)
    assert (ended.code, ended.out, ended.err) == (2, "", f"error: {message}\nhint: {hint}\n")


def test_broken_file_is_a_usage_error(tree: Tree, call: Call) -> None:
    tree.write(FILE, "<<<<<<< HEAD\n")
    ended = call("validate", "--baseline", FILE)
    assert (ended.code, ended.err.partition("\n")[0]) == (
        2,
        f"error: --baseline {FILE} is not JSON",
    )
