"""`diff`: two environments, or one at a revision and as it is now."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import FILES

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

SAME_GREETING = "greeting: hello\n"


def _git(tree: Tree, *arguments: str) -> str:
    command = ["git", "-C", str(tree.root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    done = subprocess.run(  # noqa: S603 - a test's own
        [*command, "-c", "init.defaultBranch=main", *arguments], check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def _commit(tree: Tree) -> str:
    _git(tree, "init", "--quiet")
    _git(tree, "add", "--all")
    _git(tree, "commit", "--quiet", "--message", "x")
    return _git(tree, "rev-parse", "HEAD")[:7]


def test_two_environments_are_paired_by_chart(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    ended = call("diff", "web-stg", "web-prod")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "web-stg -> web-prod\n"
        "  web-stg with web-prod\n"
        "\n"
        "~ ConfigMap production/web-prod\n"
        "    data.greeting: welcome -> hello\n"
        "\n"
        "1 object changed\n"
    )


def test_names_of_environments_are_no_difference(tree: Tree, call: Call) -> None:
    tree.write("charts/web/values-stg.yaml", SAME_GREETING)
    ended = call("diff", "web-stg", "web-prod")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("\nno difference\n")


def test_what_carries_the_name_is_shown_on_request(tree: Tree, call: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "greeting: from web-stg\n")
    tree.replace("apps/web-prod.yaml", "value: hello", "value: from web-prod")
    brief, full = call("diff", "web-stg", "web-prod"), call("diff", "web-stg", "web-prod", "--all")
    assert (brief.code, full.code) == (0, 0)
    assert brief.out.endswith(
        "\nno difference but the names of the two\n"
        "1 object differs only as the names do (--all shows them)\n"
    )
    assert "    data.greeting: from web-stg -> from web-prod\n" in full.out


def test_a_release_that_fails_to_render_is_not_compared(tree: Tree, call: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "greeting: [\n")
    ended = call("diff", "web-stg", "web-prod")
    assert ended.code == 1
    assert "web-stg is not compared" in ended.err
    assert ended.out.endswith("\nno difference\n")


def test_the_working_tree_against_a_revision(tree: Tree, call: Call) -> None:
    commit = _commit(tree)
    tree.write("charts/web/values-stg.yaml", "greeting: ahoy\n")
    ended = call("diff", "web-stg", "--against", "main")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        f"main ({commit}) -> working tree\n"
        "  web-stg\n"
        "\n"
        "~ ConfigMap staging/web-stg\n"
        "    data.greeting: welcome -> ahoy\n"
        "\n"
        "1 object changed\n"
    )


def test_a_tree_below_the_top_of_the_repository(tree: Tree, call: Call) -> None:
    tree.write("below/apps/web.yaml", (tree.root / "apps/web-stg.yaml").read_bytes())
    for name in ("Chart.yaml", "values.yaml", "values-stg.yaml", "templates/config.yaml"):
        tree.write(f"below/charts/web/{name}", (tree.root / "charts/web" / name).read_bytes())
    _commit(tree)
    ended = call("diff", "web-stg", "--against", "HEAD", "-C", "below")
    assert (ended.code, ended.err) == (0, "")


def test_an_environment_that_is_new_is_added(tree: Tree, call: Call) -> None:
    text = tree.remove("apps/web-stg.yaml")
    kept = FILES["apps/web-stg.yaml"]
    commit = _commit(tree)
    text.write_text(kept)
    ended = call("diff", "web-stg", "--against", "HEAD", "--format", "json")
    assert ended.err == f"web-stg is not in HEAD ({commit}): everything is added\n"
    data = json.loads(ended.out)
    assert (ended.code, data["summary"]) == (
        1,
        {"changed": 0, "added": 1, "removed": 0, "carried": 0},
    )
    assert data["releases"] == [{"before": None, "after": "web-stg"}]


def test_a_revision_without_any_application(tree: Tree, call: Call) -> None:
    for name in ("web-stg", "web-prod"):
        tree.remove(f"apps/{name}.yaml")
    _commit(tree)
    for name in ("web-stg", "web-prod"):
        tree.write(f"apps/{name}.yaml", FILES[f"apps/{name}.yaml"])
    ended = call("diff", "web-stg", "--against", "HEAD")
    assert ended.code == 1
    assert ended.out.endswith("\n1 object added\n")


def test_a_revision_that_fails_to_render(tree: Tree, call: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "greeting: [\n")
    commit = _commit(tree)
    tree.write("charts/web/values-stg.yaml", SAME_GREETING)
    ended = call("diff", "web-stg", "--against", "HEAD")
    assert ended.code == 1
    assert f"HEAD ({commit}): web-stg is not compared\n" in ended.err


def test_a_link_that_leads_out_of_the_tree_is_left_out(tree: Tree, call: Call) -> None:
    (tree.root / "out").symlink_to("/etc/passwd")
    commit = _commit(tree)
    ended = call("diff", "web-stg", "--against", "HEAD")
    assert (ended.code, ended.err) == (
        0,
        f"HEAD ({commit}): out leads out of the tree and is left out\n",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("web-stg",), "diff takes two environments, or one and --against"),
        (("web-stg", "web-prod", "--against", "main"), "diff takes two environments"),
        (("web-stg", "web-stg"), "web-stg: one environment, not two"),
        (("web-stg", "web-prd"), "did you mean web-prod?"),
        (("web-stg", "--against", "nowhere"), "does not know the revision 'nowhere'"),
        (("web-stg", "--against", "--output=x"), "does not know the revision '--output=x'"),
        (("web-stg", "--against", "0" * 40), "does not know the revision"),
        (("nothing", "--against", "HEAD"), "no environment 'nothing'"),
    ],
)
def test_what_cannot_be_compared(
    tree: Tree, call: Call, arguments: tuple[str, ...], said: str
) -> None:
    _commit(tree)
    ended = call("diff", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_folder_without_git(tree: Tree, call: Call) -> None:
    ended = call("diff", "web-stg", "--against", "main")
    assert (ended.code, ended.out) == (2, "")
    assert f"{tree.root} is no checkout of a Git repository" in ended.err
