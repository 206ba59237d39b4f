"""Dependencies that lie in the tree are put into charts/ of a copy, as `helm dependency build`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm import vendoring as module
from plate_llm_cli.helm.engine import Rendering
from plate_llm_cli.helm.vendoring import Vendoring
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plate_llm_cli.helm.binary import BinaryEngine
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

LIBRARY = '{{ define "common.name" }}{{ .Release.Name }}-x{{ end }}'
USES_LIBRARY = 'name: {{ include "common.name" . }}\n'


def chart_file(name: str, *dependencies: str, extra: str = "") -> str:
    """A Chart.yaml; a dependency is `name repository`, or has more fields after a `;`."""
    text = f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n{extra}"
    for index, entry in enumerate(dependencies):
        said, _, more = entry.partition(";")
        dependency, repository = said.split(" ")
        text += "" if index else "dependencies:\n"
        text += f"  - name: {dependency}\n    version: 0.1.0\n    repository: {repository}\n"
        text += "".join(f"    {field.strip()}\n" for field in more.split(";") if field)
    return text


FILES = {
    "app/Chart.yaml": chart_file("app", "common file://../common"),
    "app/templates/a.yaml": USES_LIBRARY,
    "common/Chart.yaml": chart_file("common", extra="type: library\n"),
    "common/templates/_name.tpl": LIBRARY,
}


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this test alone."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a tree: `FILES`, and what is given."""

    def run(files: dict[str, str] | None = None) -> Path:
        for path, text in {**FILES, **(files or {})}.items():
            target = tmp_path / "root" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        return tmp_path / "root"

    return run


@pytest.fixture
def copy(write: Callable[..., Path], scratch: Path) -> Iterator[Callable[..., Path | None]]:
    """The copy of the chart `app` of a tree."""
    open_ones: list[Vendoring] = []

    def run(files: dict[str, str] | None = None) -> Path | None:
        open_ones.append(Vendoring(Tree(write(files))))
        return open_ones[-1].copy("app")

    yield run
    for vendoring in open_ones:
        vendoring.close()
    assert list(scratch.iterdir()) == []


def names(folder: Path | None) -> list[str]:
    assert folder is not None
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def test_a_copy_has_the_dependency_in_charts(copy: Callable[..., Path | None]) -> None:
    assert names(copy()) == [
        "Chart.yaml",
        "charts/common/Chart.yaml",
        "charts/common/templates/_name.tpl",
        "templates/a.yaml",
    ]


def test_requirements_of_an_old_chart_count_as_well(copy: Callable[..., Path | None]) -> None:
    old = "apiVersion: v1\nname: app\nversion: 0.1.0\n"
    lines = chart_file("app", "common file://../common").splitlines(keepends=True)
    files = {"app/Chart.yaml": old, "app/requirements.yaml": "".join(lines[3:])}
    assert "charts/common/Chart.yaml" in names(copy(files))


@pytest.mark.parametrize(
    "repository",
    [
        "https://charts.example.com",
        "oci://registry.example.net/charts",
        "file://../absent",
        "file://../../outside",
        "file:///etc",
        "file://.",
        "../common",
    ],
)
def test_no_copy_for_what_is_not_in_the_tree(
    copy: Callable[..., Path | None], repository: str
) -> None:
    assert copy({"app/Chart.yaml": chart_file("app", f"common {repository}")}) is None


def test_no_copy_for_what_is_vendored(copy: Callable[..., Path | None]) -> None:
    assert copy({"app/charts/common/Chart.yaml": chart_file("common")}) is None


def test_no_copy_under_another_name(copy: Callable[..., Path | None]) -> None:
    assert copy({"app/Chart.yaml": chart_file("app", "other file://../common")}) is None


@pytest.mark.parametrize("name", ["../../evil", "..", ".hidden", "_passed-over"])
def test_no_copy_for_a_name_that_is_no_folder_of_charts(
    copy: Callable[..., Path | None], name: str
) -> None:
    files = {
        "app/Chart.yaml": chart_file("app", f"{name} file://../common"),
        "common/Chart.yaml": chart_file(name),
    }
    assert copy(files) is None


def test_nothing_is_written_where_nothing_is_declared(
    write: Callable[..., Path], scratch: Path
) -> None:
    root = write({"app/Chart.yaml": chart_file("app")})
    with Vendoring(Tree(root)) as vendoring:
        assert vendoring.copy("app") is None
        assert list(scratch.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links and modes")
class TestUntrusted:
    """What a tree may try."""

    @pytest.mark.parametrize("chart", ["app", "common"])
    def test_a_link_that_leaves_the_root_is_not_followed(
        self, write: Callable[..., Path], scratch: Path, chart: str
    ) -> None:
        (write() / chart / "templates/link.yaml").symlink_to("/etc/hostname")
        with Vendoring(Tree(write())) as vendoring:
            assert vendoring.copy("app") is None
        assert list(scratch.iterdir()) == []

    def test_a_dependency_that_links_to_a_folder_outside_is_left_out(
        self, write: Callable[..., Path], tmp_path: Path
    ) -> None:
        root = write({"app/Chart.yaml": chart_file("app", "common file://../link")})
        shutil.copytree(root / "common", tmp_path / "outside")
        (root / "link").symlink_to(tmp_path / "outside")
        with Vendoring(Tree(root)) as vendoring:
            assert vendoring.copy("app") is None

    def test_links_inside_the_root_become_files(
        self, write: Callable[..., Path], scratch: Path
    ) -> None:
        root = write()
        (root / "app/link.txt").symlink_to("../common/Chart.yaml")
        with Vendoring(Tree(root)) as vendoring:
            found = vendoring.copy("app")
            assert found is not None
            assert not (found / "link.txt").is_symlink()
            assert found.is_relative_to(scratch)

    def test_nobody_else_can_read_the_copies(
        self, write: Callable[..., Path], scratch: Path
    ) -> None:
        with Vendoring(Tree(write())) as vendoring:
            vendoring.copy("app")
            assert [path.stat().st_mode & 0o777 for path in scratch.iterdir()] == [0o700]

    def test_copies_have_a_limit(
        self, copy: Callable[..., Path | None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MAX_COPIED", 100)
        assert copy() is None

    def test_without_room_for_copies_the_dependency_stays_absent(
        self, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
        with Vendoring(Tree(write())) as vendoring:
            assert vendoring.copy("app") is None


def test_charts_that_need_each_other_end(copy: Callable[..., Path | None]) -> None:
    found = copy({"common/Chart.yaml": chart_file("common", "app file://../app")})
    assert "charts/common/Chart.yaml" in names(found)


def test_a_chart_is_copied_once(write: Callable[..., Path], scratch: Path) -> None:
    with Vendoring(Tree(write())) as vendoring:
        assert vendoring.copy("app") == vendoring.copy("app")
        assert len(list(next(scratch.iterdir()).iterdir())) == 1


CACHE = {
    "cache/Chart.yaml": chart_file("cache"),
    "cache/values.yaml": "size: 64\n",
    "cache/templates/a.yaml": "name: {{ .Chart.Name }}\nsize: {{ .Values.size }}\n",
}
TREES: dict[str, dict[str, str]] = {
    "library": {},
    "alias and condition": {
        **CACHE,
        "app/Chart.yaml": chart_file(
            "app",
            "common file://../common/",
            "cache file://../cache;alias: one;condition: one.on",
            "cache file://../cache;alias: two;condition: two.on",
        ),
        "app/values.yaml": "one: {on: true, size: 1}\ntwo: {on: false}\n",
    },
    "rules of the dependency": {
        **CACHE,
        "cache/.helmignore": "templates/b.yaml\n",
        "cache/templates/b.yaml": "name: left-out\n",
        "app/Chart.yaml": chart_file("app", "common file://../common", "cache file://../cache"),
    },
    "rules of the chart": {
        **CACHE,
        "app/.helmignore": "b.yaml\ncache/\n",
        "app/templates/b.yaml": "name: left-out\n",
        "cache/templates/b.yaml": "name: kept\n",
        "app/Chart.yaml": chart_file("app", "common file://../common", "cache file://../cache"),
    },
    "dependencies of dependencies": {
        **CACHE,
        "app/Chart.yaml": chart_file("app", "common file://../common", "middle file://../middle"),
        "middle/Chart.yaml": chart_file("middle", "cache file://../cache"),
        "middle/templates/a.yaml": "name: middle\n",
    },
    "what the dependency has vendored": {
        **{f"middle/charts/{path}": text for path, text in CACHE.items()},
        "app/Chart.yaml": chart_file("app", "common file://../common", "middle file://../middle"),
        "middle/Chart.yaml": chart_file("middle", "cache file://../cache"),
    },
}


@pytest.fixture
def built(helm_binary: Path, tmp_path: Path) -> Callable[[Path], Path]:
    """The chart `app` of a tree after Helm's own `dependency build`, elsewhere."""

    def run(root: Path) -> Path:
        other = tmp_path / "built"
        shutil.copytree(root, other)
        homes = {name: str(tmp_path / "home") for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME")}
        subprocess.run(  # noqa: S603 - the Helm that the tests are run with
            [helm_binary, "dependency", "build", other / "app"],
            check=True,
            capture_output=True,
            env={**os.environ, **homes},
        )
        return other / "app"

    return run


@pytest.fixture
def documents(
    request_for: Callable[..., RenderRequest], engine: EmbeddedEngine, binary: BinaryEngine
) -> Callable[..., list[Any]]:
    """What both engines, the binary last, make of a chart."""

    def run(chart: Path) -> list[Any]:
        found = [*engine.render_many([request_for(chart)])]
        found += binary.render_many([request_for(chart)])
        return [item.documents if isinstance(item, Rendering) else item for item in found]

    return run


@pytest.mark.parametrize("name", TREES)
def test_renders_as_after_dependency_build(
    name: str,
    write: Callable[..., Path],
    built: Callable[[Path], Path],
    documents: Callable[..., list[Any]],
) -> None:
    root = write(TREES[name])
    helms = documents(built(root))[-1]
    assert isinstance(helms, tuple)
    with Vendoring(Tree(root)) as vendoring:
        assert documents(vendoring.copy("app")) == [helms, helms]


@pytest.mark.skipif(sys.platform == "win32", reason="TMPDIR is not looked at")
def test_a_command_leaves_nothing_behind(write: Callable[..., Path], scratch: Path) -> None:
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: app}\n"
        "spec:\n  project: default\n  destination: {name: here, namespace: ns}\n"
        "  source: {repoURL: https://git.example.com/x.git, path: app}\n"
    )
    root = write({"app.yaml": application})
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "plate_llm_cli", "render", "app", "-C", str(root)],
        capture_output=True,
        check=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    assert b"name: app-x" in done.stdout
    assert list(scratch.iterdir()) == []
