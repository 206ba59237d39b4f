from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.graph.sync_waves import sync_waves

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME}
spec:
  project: default
  source: {repoURL: "https://git.example.org/a.git", path: things/NAME}
  destination: {server: "https://kubernetes.default.svc", namespace: PLACE}
"""
READER = """\
apiVersion: v1
kind: Pod
metadata: {name: reader-SECRET}
spec:
  containers:
    - name: a
      image: a
      envFrom: [{secretRef: {name: SECRET}}]
"""
MADE = "apiVersion: v1\nkind: Secret\nmetadata: {name: SECRET}\nstringData: {A: b}\n"
STORE = """\
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: shared}
spec: {provider: {vault: {server: "https://bao", path: secret}}}
"""
EXTERNAL = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: SECRET}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: shared}
  dataFrom: [{extract: {key: a}}]
"""


def _waves(root: Path, *releases: tuple[str, list[str]], place: str = "team") -> dict[str, int]:
    for name, objects in releases:
        folder = root / "things" / name
        folder.mkdir(parents=True)
        (folder / "all.yaml").write_text("---\n".join(objects), "utf-8")
        text = APPLICATION.replace("NAME", name).replace("PLACE", place)
        (root / f"{name}.yaml").write_text(text, "utf-8")
    with Workspace(root) as workspace:
        deployment = workspace.build(workspace.releases, RenderOptions("1.37.0"))
        return {item.name: wave.number for item, wave in sync_waves(deployment).items()}


def _reads(secret: str) -> str:
    return READER.replace("SECRET", secret)


def _makes(secret: str) -> str:
    return MADE.replace("SECRET", secret)


def test_makers_come_before_readers_and_others_have_no_wave(tmp_path: Path) -> None:
    found = _waves(
        tmp_path,
        ("alone", [_makes("own"), _reads("own")]),
        ("maker", [_makes("a")]),
        ("reader", [_reads("a")]),
    )
    assert found == {"maker": 1, "reader": 2}


def test_what_acts_for_the_cluster_comes_first(tmp_path: Path) -> None:
    found = _waves(
        tmp_path,
        ("store", [STORE]),
        ("maker", [EXTERNAL.replace("SECRET", "a")]),
        ("reader", [_reads("a")]),
    )
    assert found == {"store": 0, "maker": 1, "reader": 2}


def test_who_reads_what_a_reader_makes_comes_later(tmp_path: Path) -> None:
    found = _waves(
        tmp_path,
        ("one", [_makes("a")]),
        ("two", [_reads("a"), _makes("b")]),
        ("three", [_reads("b"), _makes("c")]),
        ("four", [_reads("c")]),
    )
    assert found == {"one": 1, "two": 2, "three": 3, "four": 4}


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_those_that_need_each_other_share_a_wave(tmp_path: Path, order: tuple[str, str]) -> None:
    first, second = order
    found = _waves(
        tmp_path,
        ("x", [_makes(first), _reads(second)]),
        ("y", [_makes(second), _reads(first)]),
        ("z", [_reads("a")]),
    )
    assert found == {"x": 1, "y": 1, "z": 2}


def test_a_long_web_of_readers_is_worked_out_at_once(tmp_path: Path) -> None:
    """Each reads all before it: looked at path by path, there are 2^40 of them."""
    releases = [
        (f"r{index:02}", [_makes(f"s{index}"), *(_reads(f"s{n}") for n in range(index))])
        for index in range(40)
    ]
    assert _waves(tmp_path, *releases)["r39"] == 40
