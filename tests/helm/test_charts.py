"""What a chart in the tree consists of, read leniently and with positions."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.helm.charts import Chart, load_chart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FULL = """\
apiVersion: v2
name: web
version: 1.0.0
annotations:
  example.com/a: "1"
  odd: [x]
dependencies:
  - name: redis
    alias: cache
    version: 1.x.x
    repository: https://charts.example.com
    condition: cache.enabled
    tags: [data, 5]
  - name: gone
  - not a mapping
"""


@pytest.fixture
def load(make_chart: Callable[..., Path]) -> Callable[[dict[str, str]], Chart]:
    """Writes a chart and loads it, from the folder above it."""

    def make(files: dict[str, str]) -> Chart:
        folder = make_chart(files)
        chart = load_chart(folder.parent, folder.name)
        assert chart is not None
        return chart

    return make


def test_a_chart_says_what_it_is(load: Callable[[dict[str, str]], Chart]) -> None:
    chart = load({"Chart.yaml": FULL, "values.yaml": "a: 1\n", "values.schema.json": "{}"})
    assert (chart.directory, chart.name, chart.version) == ("chart", "web", "1.0.0")
    assert chart.annotations == {"example.com/a": "1", "odd": ""}
    assert not chart.is_library
    assert chart.has_schema
    assert chart.values is not None
    assert chart.values.path == "chart/values.yaml"


def test_dependencies_come_with_their_places(load: Callable[[dict[str, str]], Chart]) -> None:
    sub = "apiVersion: v2\nname: redis\nversion: 1.2.3\n"
    chart = load({"Chart.yaml": FULL, "charts/any-folder/Chart.yaml": sub})
    redis, gone = chart.dependencies
    assert (redis.name, redis.key, redis.version, redis.tags) == (
        "redis",
        "cache",
        "1.x.x",
        ("data", "5"),
    )
    assert (redis.node.span.line, redis.file.path) == (8, "chart/Chart.yaml")
    assert redis.vendored == "chart/charts/any-folder"
    assert (gone.key, gone.vendored) == ("gone", None)
    assert chart.missing == (gone,)


def test_an_archive_counts_by_its_name(
    make_chart: Callable[..., Path], load: Callable[[dict[str, str]], Chart]
) -> None:
    folder = make_chart({"charts/README.md": "x"})
    with tarfile.open(folder / "charts/redis-ha-1.2.3-rc.1.tgz", "w:gz") as archive:
        member = tarfile.TarInfo("redis-ha/Chart.yaml")
        archive.addfile(member, io.BytesIO())
    metadata = "apiVersion: v2\nname: a\nversion: 0.1.0\ndependencies: [{name: redis-ha}]\n"
    chart = load({"Chart.yaml": metadata})
    assert chart.vendored == ("chart/charts/redis-ha-1.2.3-rc.1.tgz",)
    assert chart.missing == ()


def test_an_old_chart_has_its_dependencies_elsewhere(
    load: Callable[[dict[str, str]], Chart],
) -> None:
    chart = load(
        {
            "Chart.yaml": "apiVersion: v1\nname: a\nversion: 0.1.0\n",
            "requirements.yaml": "dependencies:\n  - name: sub\n",
        }
    )
    (dependency,) = chart.dependencies
    assert (dependency.name, dependency.file.path) == ("sub", "chart/requirements.yaml")


def test_templates_are_all_files_of_the_folder_in_order(
    load: Callable[[dict[str, str]], Chart],
) -> None:
    chart = load(
        {
            ".helmignore": "*.bak\n",
            "templates/b.yaml": "",
            "templates/_h.tpl": "",
            "templates/NOTES.txt": "",
            "templates/tests/t.yaml": "",
            "templates/a.bak": "",
        }
    )
    assert chart.templates == (
        "chart/templates/NOTES.txt",
        "chart/templates/_h.tpl",
        "chart/templates/b.yaml",
        "chart/templates/tests/t.yaml",
    )


@pytest.mark.parametrize(
    "text", ["", "- a\n", "name: [\n", "dependencies: text\n", "dependencies: [{name: {}}]\n"]
)
def test_a_broken_chart_file_is_read_as_far_as_it_goes(
    load: Callable[[dict[str, str]], Chart], text: str
) -> None:
    chart = load({"Chart.yaml": text})
    assert chart.name == ""
    assert not chart.is_library


def test_a_folder_without_chart_file_is_no_chart(tmp_path: Path) -> None:
    assert load_chart(tmp_path, "") is None


def test_a_chart_may_be_the_root_itself(make_chart: Callable[..., Path]) -> None:
    chart = load_chart(make_chart({"templates/a.yaml": ""}), "")
    assert chart is not None
    assert (chart.file.path, chart.templates) == ("Chart.yaml", ("templates/a.yaml",))
