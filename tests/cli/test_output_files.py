"""`--out` and `--output`: whole or not at all, where it was asked for and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import OutputError
from plate_llm_cli.output import write_result
from plate_llm_cli.source.plain import to_plain
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

LIST = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: alone
data:
  text: |+
    kept

---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: first, labels: &labels {app: "1e3"}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: second, labels: *labels}}
--- {apiVersion: v1, kind: ConfigMap, metadata: {name: inline}}
"""


def test_one_file_an_object(tree: Tree, call: Call) -> None:
    ended = call("render", "--all", "--out", "rendered")
    assert (ended.code, ended.out, ended.err) == (0, "", "2 files written to rendered\n")
    assert (tree.root / "rendered/web-stg/configmap-web-stg.yaml").read_text("utf-8") == (
        "# Source: charts/web/templates/config.yaml\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-stg\n  namespace: staging\n"
        'data:\n  greeting: "welcome"\n'
    )
    assert {path for path in tree.files() if path.startswith("rendered/")} == {
        "rendered/web-prod",
        "rendered/web-prod/configmap-web-prod.yaml",
        "rendered/web-stg",
        "rendered/web-stg/configmap-web-stg.yaml",
    }


def test_second_time_replaces_the_first(tree: Tree, call: Call) -> None:
    call("render", "web-stg", "--out", "rendered")
    call("render", "web-stg", "--out", "rendered", "--set", "greeting=again")
    text = (tree.root / "rendered/web-stg/configmap-web-stg.yaml").read_text("utf-8")
    assert text.endswith('greeting: "again"\n')


def test_every_file_holds_its_object_alone(tree: Tree, call: Call) -> None:
    tree.write("plain/list.yaml", LIST)
    tree.take_plain_manifests("plain")
    assert call("render", "web-stg", "--out", "rendered").err == "4 files written to rendered\n"
    objects = {}
    for path in (tree.root / "rendered/web-stg").iterdir():
        file = parse_text(path.read_text("utf-8"), path.name)
        assert (len(file.documents), file.problems) == (1, [])
        objects[path.name] = to_plain(file.root)
    head = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert objects == {
        "configmap-alone.yaml": {
            **head, "metadata": {"name": "alone"}, "data": {"text": "kept\n\n"},
        },
        "configmap-first.yaml": {**head, "metadata": {"name": "first", "labels": {"app": "1e3"}}},
        "configmap-second.yaml": {**head, "metadata": {"name": "second", "labels": {"app": "1e3"}}},
        "configmap-inline.yaml": {**head, "metadata": {"name": "inline"}},
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "a/b", "..", "", "한국어", "a" * 400, "con\n---\n"]
)
def test_name_of_an_object_is_no_path(name: str, tree: Tree, call: Call) -> None:
    tree.replace("charts/web/templates/config.yaml", "{{ .Release.Name }}", "{{ .Values.name }}")
    tree.write("charts/web/values-stg.yaml", f"name: {name!r}\n")
    tree.replace(
        "charts/web/templates/config.yaml", "{{ .Values.name }}", "{{ .Values.name | quote }}"
    )
    before = tree.files()
    assert call("render", "web-stg", "--out", "rendered").code == 0
    added = sorted(tree.files() - before)
    assert added[:2] == ["rendered", "rendered/web-stg"]
    assert [str(Path(path).parent) for path in added[2:]] == ["rendered/web-stg"]


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("charts/web/Chart.yaml", "charts/web/Chart.yaml is a file"),
        ("charts/web/Chart.yaml/x", "charts/web/Chart.yaml/x cannot be written: Not a directory"),
        ("/dev/null", "/dev/null is a file"),
        ("/proc/nowhere", "/proc/nowhere cannot be written: No such file or directory"),
    ],
)
def test_folder_that_cannot_be_written(folder: str, message: str, tree: Tree, call: Call) -> None:
    before = tree.files()
    ended = call("render", "--all", "--out", folder)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[0] == f"error: {message}"
    assert tree.files() == before


def test_folder_without_a_name(tree: Tree, call: Call) -> None:
    before = tree.files()
    ended = call("render", "--all", "--out", "")
    assert (ended.code, ended.err) == (
        2,
        "error: --out names no folder\nhint: was a variable empty? --out . is this folder\n",
    )
    assert tree.files() == before


def test_link_in_the_folder_is_not_followed_out_of_it(tree: Tree, call: Call) -> None:
    elsewhere = tree.root.parent / "elsewhere"
    elsewhere.mkdir()
    (tree.root / "rendered").mkdir()
    (tree.root / "rendered/web-stg").symlink_to(elsewhere)
    ended = call("render", "--all", "--out", "rendered")
    assert (ended.code, ended.err) == (
        2,
        "error: rendered/web-stg is a link that leaves rendered\n"
        "hint: remove it, or name another DIR\n",
    )
    assert list(elsewhere.iterdir()) == []
    assert [path.name for path in (tree.root / "rendered").iterdir()] == ["web-stg"]


def test_obstacle_stops_the_move_before_it_begins(tree: Tree, call: Call) -> None:
    (tree.root / "rendered/web-stg/configmap-web-stg.yaml").mkdir(parents=True)
    before = tree.files()
    ended = call("render", "--all", "--out", "rendered")
    assert ended.err == (
        "error: rendered/web-stg/configmap-web-stg.yaml is in the way: it is a folder\n"
        "hint: remove it\n"
    )
    assert tree.files() == before


def test_file_where_a_folder_should_be(tree: Tree, call: Call) -> None:
    tree.write("rendered/web-stg", "mine")
    before = tree.files()
    ended = call("render", "--all", "--out", "rendered")
    assert ended.err == (
        "error: rendered/web-stg is in the way: it is no folder\nhint: remove it\n"
    )
    assert tree.files() == before


def test_report_goes_to_the_file_alone(tree: Tree, call: Call) -> None:
    ended = call("validate", "--format", "json", "--output", "report.json")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert (tree.root / "report.json").read_text("utf-8").startswith("{")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (".", "error: . is a folder\nhint: give the name of a file\n"),
        (
            "no/where",
            "error: no/where cannot be written: there is no folder no\nhint: make it first\n",
        ),
        ("/dev/full", "error: /dev/full cannot be written: No space left on device\n"),
        ("/proc/x", "error: /proc/x cannot be written: No such file or directory\n"),
    ],
)
def test_report_that_cannot_be_written(path: str, said: str, tree: Tree, call: Call) -> None:
    before = tree.files()
    ended = call("validate", "--output", path)
    assert (ended.code, ended.out, ended.err) == (2, "", said)
    assert tree.files() == before


@pytest.mark.usefixtures("tree")
def test_device_is_written_to_and_not_replaced(call: Call) -> None:
    assert call("validate", "--output", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_result("findings\n", pipe)
    assert os.read(reader, 100) == b"findings\n"
    os.close(reader)
    assert pipe.is_fifo()


def test_earlier_report_survives_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report.txt"
    report.write_text("old\n", "utf-8")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        write_result("new\n", report)
    assert report.read_text("utf-8") == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["report.txt"]
