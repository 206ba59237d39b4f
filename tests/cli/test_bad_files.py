"""Files that cannot be read: `validate` reports each, `render` prints nothing that is wrong."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Call, Tree

VALUES = "charts/web/values-stg.yaml"
DEEP = "\n".join(f"{'  ' * depth}a:" for depth in range(300))
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(f'*{before}' for _ in range(9))}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@dataclass(frozen=True)
class Case:
    """What is in the values file, and what `validate -q` and `render` say of it."""

    content: bytes
    place: str
    message: str


CASES = {
    "broken": Case(b"a: [1,\n", "1:7", "a value is expected here"),
    "tab": Case(b"a:\n\tb: 1\n", "2:1", "a tab is used as indentation"),
    "UTF-16": Case(
        "a: 1\n".encode("utf-16"), "1:1", "the file is UTF-16; Helm and Kubernetes read UTF-8"
    ),
    "UTF-32": Case(
        "a: 1\n".encode("utf-32"), "1:1", "the file is UTF-32; Helm and Kubernetes read UTF-8"
    ),
    "Latin-1": Case("a: é\n".encode("latin-1"), "1:4", "byte 0xe9 at offset 3 is not UTF-8"),
    "binary": Case(b"a: 1\n\0\n", "2:1", "the file has NUL bytes: it is binary, not YAML"),
    "huge": Case(b"a: " + b"x" * 11 * 2**20, "1:1", "the file is larger than 10 MiB"),
    "deep": Case(DEEP.encode(), "101:201", "nested more than 100 levels deep"),
    "deep flow": Case(b"[" * 500, "1:101", "nested more than 100 levels deep"),
    "alias bomb": Case(BOMB.encode(), "4:17", "aliases blow this file up to 4,670 keys and values"),
    "merge-key cycle": Case(
        b"a: &a\n  <<: *a\n  b: 1\n", "2:7", "the alias *a stands inside its own anchor"
    ),
    "alias cycle": Case(b"c: &c [*c]\n", "1:8", "the alias *c stands inside its own anchor"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_values_file_is_a_finding(name: str, tree: Tree, call: Call) -> None:
    case = CASES[name]
    tree.write(VALUES, case.content)
    ended = call("validate", "-q", "--select", "invalid-yaml")
    line = f"{VALUES}:{case.place}: error: invalid-yaml: {case.message}\n"
    assert (ended.code, ended.out, ended.err) == (1, line, "")


@pytest.mark.parametrize("name", CASES)
def test_release_with_a_bad_values_file_is_not_printed(name: str, tree: Tree, call: Call) -> None:
    case = CASES[name]
    tree.write(VALUES, case.content)
    ended = call("render", "web-stg")
    said = [line for line in ended.err.splitlines() if line.startswith(VALUES)]
    assert (ended.code, ended.out) == (1, "")
    assert said == [f"{VALUES}:{case.place}: {case.message}"]


def test_bad_file_hides_no_other_release(tree: Tree, call: Call) -> None:
    tree.write(VALUES, "a: [1,\n")
    ended = call("render", "--all")
    assert ended.code == 1
    assert "name: web-prod" in ended.out
    assert "name: web-stg" not in ended.out


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbfgreeting: welcome\n", b"greeting: welcome\r\n", b"greeting: welcome"],
    ids=["BOM", "CRLF", "no line end"],
)
def test_good_values_in_other_clothes(content: bytes, tree: Tree, call: Call) -> None:
    tree.write(VALUES, content)
    assert 'greeting: "welcome"' in call("render", "web-stg").out
    assert call("validate").code == 0


def test_tree_with_windows_line_ends(tree: Tree, call: Call) -> None:
    for path in tree.root.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert call("validate").code == 0
    assert "namespace: staging\r\n" in call("render", "web-stg").out


def test_broken_application_is_a_finding(tree: Tree, call: Call) -> None:
    tree.write("apps/web-stg.yaml", "apiVersion: argoproj.io/v1alpha1\nspec: [\n")
    ended = call("validate", "-q")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == "apps/web-stg.yaml:2:8: error: invalid-yaml: a value is expected here\n"


def test_unknown_env_points_at_the_broken_application(tree: Tree, call: Call) -> None:
    tree.write("apps/web-stg.yaml", "apiVersion: argoproj.io/v1alpha1\nspec: [\n")
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: no environment 'web-stg'\n"
        "hint: there are: web-prod (apps/web-stg.yaml cannot be read and may hold it)\n"
    )


def test_tree_of_broken_applications_alone(tree: Tree, call: Call) -> None:
    tree.write("apps/web-stg.yaml", "apiVersion: argoproj.io/v1alpha1\nspec: [\n")
    tree.remove("apps/web-prod.yaml")
    assert call("validate", "-q").code == 1
    for arguments in (["render", "--all"], ["env", "list"], ["env", "show", "web-stg"]):
        ended = call(*arguments)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == (
            f"error: no ArgoCD Application below {tree.root} can be read\n"
            "hint: plate-llm validate shows what is wrong with apps/web-stg.yaml\n"
        )


@pytest.mark.parametrize("arguments", [["validate"], ["render", "--all"], ["env", "list"]])
def test_no_applications(arguments: list[str], tree: Tree, call: Call) -> None:
    (tree.root / "nothing").mkdir()
    ended = call(*arguments, "-C", "nothing")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"error: no ArgoCD Application below {tree.root}/nothing\n"
        "hint: go to the repository that has them, or name it with -C DIR\n"
    )


def test_a_thousand_unrelated_files_are_not_looked_into(tree: Tree, call: Call) -> None:
    for number in range(1000):
        tree.write(f"other/{number}.yaml", "a: [")
    assert call("validate", "-q").out == ""


def _pipe(tree: Tree, path: str) -> None:
    os.mkfifo(tree.root / path)


def _folder(tree: Tree, path: str) -> None:
    (tree.root / path).mkdir()


def _dangling(tree: Tree, path: str) -> None:
    (tree.root / path).symlink_to("nowhere")


def _circle(tree: Tree, path: str) -> None:
    (tree.root / path).symlink_to((tree.root / path).name)


def _endless(tree: Tree, path: str) -> None:
    (tree.root / path).symlink_to("/dev/zero")


def _socket(tree: Tree, path: str) -> None:
    assert (tree.root / path).parent.exists()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path)  # relative: a path of more than 107 bytes is no address


ODD = {
    "pipe": _pipe,
    "folder": _folder,
    "dangling link": _dangling,
    "link to itself": _circle,
    "link to /dev/zero": _endless,
    "socket": _socket,
}
OUTSIDE = "value file values-stg.yaml lies outside the repository"
MISSING = f"value file {VALUES} does not exist"


@pytest.mark.parametrize("kind", ODD)
def test_value_file_that_is_no_file(kind: str, tree: Tree, call: Call) -> None:
    put: Callable[[Tree, str], None] = ODD[kind]
    tree.remove(VALUES)
    put(tree, VALUES)
    said = OUTSIDE if kind in ("link to /dev/zero", "link to itself") else MISSING
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"apps/web-stg.yaml:14:11: {said}\n"
    assert f"apps/web-stg.yaml:14:11: error: {_rule(said)}: {said}\n" in call("validate", "-q").out


def _rule(said: str) -> str:
    return "path-outside-root" if said == OUTSIDE else "missing-value-file"


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("path", ["apps/x.yaml", "other.yaml"])
def test_odd_file_that_nothing_names_does_no_harm(
    kind: str, path: str, tree: Tree, call: Call
) -> None:
    ODD[kind](tree, path)
    ended = call("validate", "-q")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


@pytest.mark.parametrize("kind", ODD)
def test_template_that_is_no_file(kind: str, tree: Tree, call: Call) -> None:
    ODD[kind](tree, "charts/web/templates/x.yaml")
    ended = call("validate", "-q")
    if kind == "folder":
        assert (ended.code, ended.out) == (0, "")
        return
    assert ended.code == 1
    assert ended.out.startswith(
        "charts/web/Chart.yaml:1:1: error: render-failed: charts/web/templates/x.yaml is "
    )
    assert ended.out.count("\n") == 1


@pytest.mark.parametrize("kind", ODD)
def test_manifest_that_is_no_file(kind: str, tree: Tree, call: Call) -> None:
    tree.write("plain/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    tree.take_plain_manifests("plain")
    ODD[kind](tree, "plain/x.yaml")
    ended = call("validate", "-q", "web-stg")
    assert "Traceback" not in ended.err
    assert ended.code in (0, 1)


def test_link_to_a_folder_above(tree: Tree, call: Call) -> None:
    (tree.root / "charts/web/loop").symlink_to("..")
    (tree.root / "again").symlink_to(".")
    ended = call("validate", "-q")
    assert ended.code == 1
    assert ended.out == (
        "charts/web/Chart.yaml:1:1: error: render-failed: "
        "charts/web/loop is a symbolic link to a folder that holds it\n"
    )


def test_template_that_leads_out_of_the_tree_is_not_read(tree: Tree, call: Call) -> None:
    secret = tree.root.parent / "secret"
    secret.write_text("kind: swordfish\n", "utf-8")
    (tree.root / "charts/web/templates/x.yaml").symlink_to(secret)
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "charts/web: web-stg: charts/web/templates/x.yaml is a symbolic link that leaves the root\n"
    )


def test_chart_that_leads_out_of_the_tree_is_not_read(tree: Tree, call: Call) -> None:
    outside = tree.root.parent / "outside"
    (tree.root / "charts").rename(outside)
    (tree.root / "charts").symlink_to(outside)
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "apps/web-stg.yaml:11:11: path charts/web leads out of the repository\n"
