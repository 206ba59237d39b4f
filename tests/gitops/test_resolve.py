from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.gitops.discovery import discover
from plate_llm_cli.gitops.releases import ChartPart, LayerKind, ProblemKind, Release
from plate_llm_cli.helm.engine import SetKind
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
spec:
  source:
    repoURL: https://h/a/b
    path: charts/web
"""


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "charts/web/Chart.yaml": "name: web\nversion: 1.0.0\n",
            "charts/web/values.yaml": "a: 1\n",
        },
    )
    return tmp_path


def resolve(root: Path, helm: str = "", destination: str = "") -> Release:
    block = textwrap.indent("helm:\n" + textwrap.indent(helm, "  "), "    ") if helm else ""
    (root / "app.yaml").write_text(HEAD + block + destination, "utf-8")
    (release,) = discover(Tree(root)).releases
    return release


def chart(release: Release) -> ChartPart:
    (part,) = release.charts
    return part


def labels(release: Release) -> list[str]:
    return [layer.label for layer in chart(release).layers]


def test_names_and_namespace_come_from_the_application(tree: Path) -> None:
    part = chart(resolve(tree, destination="  destination: {namespace: shop}\n"))
    assert (part.release_name, part.namespace, part.chart_name) == ("web", "shop", "web")


def test_release_name_and_namespace_can_be_set_for_helm(tree: Path) -> None:
    part = chart(resolve(tree, "releaseName: front\nnamespace: other\n"))
    assert (part.release_name, part.namespace) == ("front", "other")


def test_namespace_is_default_where_none_is_set(tree: Path) -> None:
    assert chart(resolve(tree)).namespace == "default"


def test_layers_go_from_defaults_to_parameters(tree: Path) -> None:
    write(tree, {"charts/web/one.yaml": "a: 2\n", "charts/web/two.yaml": "a: 3\n"})
    helm = (
        "parameters:\n- {name: a, value: '4'}\n"
        "valueFiles: [one.yaml, two.yaml]\nvalues: |\n  a: 5\n"
    )
    assert [layer.kind for layer in chart(resolve(tree, helm)).layers] == [
        LayerKind.DEFAULTS,
        LayerKind.FILE,
        LayerKind.FILE,
        LayerKind.VALUES,
        LayerKind.PARAMETER,
    ]


def test_values_object_wins_over_values_as_a_whole(tree: Path) -> None:
    release = resolve(tree, "values: |\n  a: 2\nvaluesObject:\n  b: 3\n")
    assert labels(release) == ["charts/web/values.yaml", "helm.valuesObject"]
    (problem,) = release.problems
    assert (problem.kind, problem.span.line) == (ProblemKind.IGNORED_VALUES, 10)


def test_inline_values_know_their_lines_in_the_application(tree: Path) -> None:
    layer = chart(resolve(tree, "values: |\n  a: 2\n  b: 3\n")).layers[1]
    location = layer.locate(("b",))
    assert location is not None
    assert (location.path, location.line, location.column) == ("app.yaml", 12, 9)


def test_a_leading_slash_counts_from_the_root(tree: Path) -> None:
    write(tree, {"shared/values.yaml": "a: 9\n"})
    assert labels(resolve(tree, "valueFiles: [/shared/values.yaml]"))[1] == "shared/values.yaml"


def test_a_pattern_takes_the_files_of_a_folder_before_its_subfolders(tree: Path) -> None:
    write(tree, {f"envs/{name}": "a: 1\n" for name in ("z.yaml", "b/c.yaml", "a.yaml")})
    found = labels(resolve(tree, "valueFiles: ['/envs/**/*.yaml']"))[1:]
    assert found == ["envs/a.yaml", "envs/z.yaml", "envs/b/c.yaml"]


def test_a_file_named_outright_is_not_taken_at_the_place_of_a_pattern(tree: Path) -> None:
    write(tree, {"envs/a.yaml": "a: 1\n", "envs/b.yaml": "a: 1\n"})
    found = labels(resolve(tree, "valueFiles: ['/envs/*.yaml', /envs/a.yaml]"))[1:]
    assert found == ["envs/b.yaml", "envs/a.yaml"]


def test_missing_files_may_be_ignored(tree: Path) -> None:
    release = resolve(tree, "ignoreMissingValueFiles: true\nvalueFiles: [no.yaml, 'no/*.yaml']\n")
    assert release.problems == []
    assert chart(release).complete


def test_a_missing_file_is_reported_where_it_is_named(tree: Path) -> None:
    release = resolve(tree, "valueFiles:\n- no.yaml\n")
    (problem,) = release.problems
    assert problem.kind is ProblemKind.MISSING_VALUE_FILE
    assert (problem.span.line, problem.span.column) == (11, 9)
    assert not chart(release).complete


def test_a_link_that_leaves_the_root_is_refused(tree: Path) -> None:
    (tree / "charts/web/out.yaml").symlink_to("/etc/hostname")
    (problem,) = resolve(tree, "valueFiles: [out.yaml]").problems
    assert problem.kind is ProblemKind.OUTSIDE_ROOT


def test_forced_strings_come_after_plain_parameters(tree: Path) -> None:
    helm = "parameters:\n- {name: a, value: '1', forceString: true}\n- {name: b, value: 'x,y'}\n"
    arguments = [layer.argument for layer in chart(resolve(tree, helm)).layers[1:]]
    assert [(item.kind, item.text) for item in arguments if item] == [
        (SetKind.SET, r"b=x\,y"),
        (SetKind.STRING, "a=1"),
    ]


def test_a_file_parameter_must_exist(tree: Path) -> None:
    (problem,) = resolve(tree, "fileParameters:\n- {name: ca, path: ca.pem}\n").problems
    assert (problem.kind, problem.span.line) == (ProblemKind.MISSING_VALUE_FILE, 11)


def test_a_chart_from_a_registry_is_named_and_skipped(tree: Path) -> None:
    text = HEAD.replace("    path: charts/web\n", "    chart: redis\n    targetRevision: 1.0.0\n")
    (tree / "app.yaml").write_text(text, "utf-8")
    (release,) = discover(Tree(tree)).releases
    assert release.charts == []
    (problem,) = release.problems
    assert problem.message == "chart redis comes from https://h/a/b at 1.0.0: not rendered"


def test_sources_win_over_source(tree: Path) -> None:
    text = HEAD + "  sources:\n  - {repoURL: 'https://h/a/b', path: charts/none}\n"
    (tree / "app.yaml").write_text(text, "utf-8")
    (release,) = discover(Tree(tree), "https://h/a/b").releases
    (problem,) = release.problems
    assert (problem.kind, problem.message) == (
        ProblemKind.MISSING_PATH,
        "path charts/none does not exist",
    )


def test_a_folder_of_manifests_is_taken_as_it_is(tree: Path) -> None:
    write(tree, {"plain/a.yaml": "kind: A\n", "plain/sub/b.yaml": "kind: B\n"})
    text = HEAD.replace("charts/web", "plain")
    (tree / "app.yaml").write_text(text, "utf-8")
    (release,) = discover(Tree(tree)).releases
    assert release.manifests[0].files == ["plain/a.yaml"]


def test_recursion_and_exclusion_of_a_folder(tree: Path) -> None:
    write(tree, {"plain/a.yaml": "", "plain/sub/b.yaml": "", "plain/sub/c.yaml": ""})
    text = HEAD.replace("charts/web", "plain")
    text += "    directory: {recurse: true, exclude: '{a.yaml,sub/c.yaml}'}\n"
    (tree / "app.yaml").write_text(text, "utf-8")
    (release,) = discover(Tree(tree)).releases
    assert release.manifests[0].files == ["plain/sub/b.yaml"]


def test_kustomize_is_named_and_skipped(tree: Path) -> None:
    write(tree, {"overlay/kustomization.yaml": "resources: []\n"})
    (tree / "app.yaml").write_text(HEAD.replace("charts/web", "overlay"), "utf-8")
    (release,) = discover(Tree(tree)).releases
    assert [problem.kind for problem in release.problems] == [ProblemKind.UNSUPPORTED_SOURCE]


def test_templates_of_charts_are_not_searched(tree: Path) -> None:
    write(tree, {"charts/web/templates/app.yaml": HEAD, "app.yaml": HEAD})
    assert len(discover(Tree(tree)).releases) == 1


def test_hidden_and_excluded_folders_are_not_searched(tree: Path) -> None:
    write(tree, {".cache/app.yaml": HEAD, "old/app.yaml": HEAD, "app.yaml": HEAD})
    found = discover(Tree(tree, ["old"]))
    assert [item.file.path for item in found.applications] == ["app.yaml"]
