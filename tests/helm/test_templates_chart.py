from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from plate_llm_cli.helm.templates.chart import Dependency, read_chart
from plate_llm_cli.helm.templates.files import MAX_BYTES, read_archive, read_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def packed(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return stream.getvalue()


SUB = {
    "sub/Chart.yaml": "name: sub\nversion: 1.0.0\n",
    "sub/values.yaml": "a: 1\n",
    "sub/templates/x.yaml": "x",
    "sub/docs/no.md": "no",
}


def test_the_files_that_matter_are_read(make_chart: Callable[..., Path]) -> None:
    chart = make_chart(
        {
            "values.yaml": "a: 1\n",
            "templates/deep/a.yaml": "a",
            "docs/b.md": "b",
            "charts/sub/templates/c.yaml": "c",
            "charts/sub/docs/d.md": "d",
            ".git/e": "e",
        }
    )
    assert sorted(read_files(chart).files) == [
        "Chart.yaml",
        "charts/sub/templates/c.yaml",
        "templates/deep/a.yaml",
        "values.yaml",
    ]


def test_a_packed_chart_reads_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sub.tgz").write_bytes(packed(SUB))
    chart = read_chart(tmp_path / "sub.tgz")
    assert (chart.name, chart.defaults, chart.complete) == ("sub", {"a": 1}, True)
    assert chart.templates == {"sub/templates/x.yaml": "x"}


def test_subcharts_may_be_packed(make_chart: Callable[..., Path]) -> None:
    chart = make_chart({})
    (chart / "charts").mkdir()
    (chart / "charts/sub-1.0.0.tgz").write_bytes(packed(SUB))
    (child,) = read_chart(chart).children
    assert (child.prefix, list(child.templates)) == (
        ("sub",),
        ["demo/charts/sub/templates/x.yaml"],
    )


def test_a_broken_archive_is_incomplete() -> None:
    assert not read_archive(b"no archive").complete
    assert not read_archive(packed(SUB)[:-40]).complete


def test_a_chart_that_is_not_there_is_incomplete(tmp_path: Path) -> None:
    assert not read_chart(tmp_path / "none").complete


def test_an_archive_past_the_limit_is_not_unpacked() -> None:
    data = packed({"sub/templates/big": " " * (MAX_BYTES + 1)})
    assert (read_archive(data).complete, read_archive(data).files) == (False, {})


def test_a_link_that_leads_back_ends(make_chart: Callable[..., Path]) -> None:
    chart = make_chart({"templates/a.yaml": "a"})
    (chart / "templates/loop").symlink_to(chart / "templates")
    files = read_files(chart)
    assert (list(files.files), files.complete) == (["Chart.yaml", "templates/a.yaml"], False)


def test_a_link_to_a_chart_elsewhere_is_followed(
    make_chart: Callable[..., Path], tmp_path: Path
) -> None:
    common = tmp_path / "common"
    (common / "templates").mkdir(parents=True)
    (common / "Chart.yaml").write_text("name: common\nversion: 1.0.0\n")
    (common / "templates/_x.tpl").write_text("x")
    chart = make_chart({})
    (chart / "charts").mkdir()
    (chart / "charts/common").symlink_to(common)
    assert [child.name for child in read_chart(chart).children] == ["common"]


def test_dependencies_are_read_from_chart_yaml(make_chart: Callable[..., Path]) -> None:
    entry = (
        "{name: sub, alias: s, condition: 's.on, global.on', tags: [t], "
        "import-values: [data.x, {child: a.b, parent: c}, {child: d, parent: .}]}"
    )
    chart = read_chart(make_chart({"Chart.yaml": f"name: demo\ndependencies: [{entry}]\n"}))
    assert chart.dependencies == [
        Dependency(
            "sub",
            "s",
            (("s", "on"), ("global", "on")),
            ("t",),
            ((("exports", "data", "x"), ()), (("a", "b"), ("c",)), (("d",), ())),
        )
    ]
    assert chart.missing == ["s"]


def test_dependencies_of_an_old_chart_are_in_requirements_yaml(
    make_chart: Callable[..., Path],
) -> None:
    chart = make_chart(
        {
            "Chart.yaml": "apiVersion: v1\nname: demo\n",
            "requirements.yaml": "dependencies: [{name: sub}]\n",
        }
    )
    assert [dependency.name for dependency in read_chart(chart).dependencies] == ["sub"]


def test_strange_metadata_does_no_harm(make_chart: Callable[..., Path]) -> None:
    chart = make_chart(
        {
            "Chart.yaml": "name: [x]\ndependencies: [1, {name: 2}, {name: a, tags: 3}]\n",
            "values.yaml": "- no map\n",
        }
    )
    found = read_chart(chart)
    assert ([dependency.name for dependency in found.dependencies], found.defaults) == (["a"], {})


def test_values_that_cannot_be_read_leave_the_chart_incomplete(
    make_chart: Callable[..., Path],
) -> None:
    assert not read_chart(make_chart({"values.yaml": "a: [\n"})).complete
