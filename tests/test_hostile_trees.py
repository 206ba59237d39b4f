"""Trees that Git cannot keep, or that nobody should: links, huge files, templates without end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.gitops.discovery import discover
from plate_llm_cli.graph.build import Builder, RenderOptions
from plate_llm_cli.graph.locate import Locator
from plate_llm_cli.helm.embedded import EmbeddedEngine
from plate_llm_cli.rules.engine import RuleEngine
from plate_llm_cli.rules.helm.render_failed import RenderFailed
from plate_llm_cli.source.limits import MAX_BYTES
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.findings import Finding

    Check = Callable[..., tuple[Finding, ...]]

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "values.yaml": "a: one\n",
    "templates/map.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
        "data:\n  a: {{ .Values.a | quote }}\n"
    ),
}


def application(name: str, path: str, helm: str = "") -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\nspec:\n  project: default\n  source:\n"
        f"    repoURL: https://h/a/b\n    targetRevision: main\n    path: {path}\n"
        f"    helm: {{{helm}}}\n  destination: {{name: in-cluster, namespace: team}}\n"
    )


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with the chart `web` and nothing that deploys it."""
    folder = tmp_path / "tree"
    write(folder, {f"charts/web/{path}": text for path, text in CHART.items()})
    return folder


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, int, str]]:
    return [(item.rule, item.location.path, item.location.line, item.message) for item in findings]


def test_a_link_to_a_value_file_inside_the_root_is_followed(root: Path, check_tree: Check) -> None:
    write(root, {"shared/prod.yaml": "a: two\n"})
    (root / "charts/web/values-prod.yaml").symlink_to("../../shared/prod.yaml")
    write(root, {"app.yaml": application("web", "charts/web", "valueFiles: [values-prod.yaml]")})
    assert told(check_tree(root)) == []


def test_a_link_that_leaves_the_root_is_refused(root: Path, check_tree: Check) -> None:
    write(root.parent, {"secret.yaml": "a: secret\n"})
    (root / "charts/web/values-prod.yaml").symlink_to(root.parent / "secret.yaml")
    write(root, {"app.yaml": application("web", "charts/web", "valueFiles: [values-prod.yaml]")})
    assert told(check_tree(root)) == [
        (
            "path-outside-root",
            "app.yaml",
            10,
            "value file values-prod.yaml lies outside the repository",
        )
    ]


def test_a_template_that_links_out_of_the_root_is_not_read(root: Path, check_tree: Check) -> None:
    write(root.parent, {"secret.txt": "secret\n"})
    (root / "charts/web/templates/secret.yaml").symlink_to(root.parent / "secret.txt")
    write(root, {"app.yaml": application("web", "charts/web")})
    (found,) = told(check_tree(root))
    assert found[0] == "render-failed"
    assert found[3] == ("charts/web/templates/secret.yaml is a symbolic link that leaves the root")


def test_links_in_a_circle_are_told(root: Path, check_tree: Check) -> None:
    (root / "charts/web/one.yaml").symlink_to("two.yaml")
    (root / "charts/web/two.yaml").symlink_to("one.yaml")
    (root / "charts/web/templates/again").symlink_to("..")
    write(root, {"app.yaml": application("web", "charts/web", "valueFiles: [one.yaml]")})
    rules = {item.rule for item in check_tree(root)}
    assert rules <= {"path-outside-root", "missing-value-file", "render-failed"}
    assert rules


def test_a_link_to_an_application_outside_is_not_an_application(
    root: Path, check_tree: Check
) -> None:
    write(root.parent, {"other.yaml": application("other", "charts/other")})
    (root / "other.yaml").symlink_to(root.parent / "other.yaml")
    write(root, {"app.yaml": application("web", "charts/web")})
    assert told(check_tree(root)) == []


def test_a_huge_value_file_is_not_read(root: Path, check_tree: Check) -> None:
    with (root / "charts/web/huge.yaml").open("wb") as file:
        file.truncate(MAX_BYTES * 20)
    write(root, {"app.yaml": application("web", "charts/web", "valueFiles: [huge.yaml]")})
    (found,) = [item for item in told(check_tree(root)) if item[0] == "invalid-yaml"]
    assert found[1] == "charts/web/huge.yaml"


def test_a_named_pipe_does_not_hold_us(root: Path, check_tree: Check) -> None:
    os.mkfifo(root / "charts" / "pipe.yaml")
    write(root, {"app.yaml": application("web", "charts/web")})
    assert told(check_tree(root)) == []


def test_a_broken_release_hides_no_other(root: Path, check_tree: Check) -> None:
    broken = {f"charts/broken/{path}": text for path, text in CHART.items()}
    broken["charts/broken/templates/map.yaml"] = '{{ fail "never" }}\n'
    defective = {f"charts/defective/{path}": text for path, text in CHART.items()}
    defective["charts/defective/templates/map.yaml"] += "  b: {{ 1 }}\n"
    apps = {f"{name}.yaml": application(name, f"charts/{name}") for name in ("broken", "defective")}
    write(root, {**broken, **defective, **apps, "text.yaml": "argoproj.io/: [a\n"})
    assert told(check_tree(root)) == [
        ("render-failed", "charts/broken/templates/map.yaml", 1, "never"),
        (
            "invalid-manifest",
            "charts/defective/templates/map.yaml",
            7,
            "expected string, got integer 1",
        ),
        ("invalid-yaml", "text.yaml", 1, "the `[` is not closed by `]`"),
    ]


def test_a_template_that_never_ends_is_a_finding_and_the_others_go_on(root: Path) -> None:
    endless = {f"charts/endless/{path}": text for path, text in CHART.items()}
    endless["charts/endless/values.yaml"] = "a: '{{ tpl .Values.a . }}'\n"
    endless["charts/endless/templates/map.yaml"] = "{{ tpl .Values.a . }}\n"
    apps = {f"{name}.yaml": application(name, f"charts/{name}") for name in ("endless", "web")}
    write(root, {**endless, **apps})
    tree = Tree(root)
    found = discover(tree)
    with EmbeddedEngine(deadline=2.0) as engine:
        deployment = Builder(tree, found, engine, RenderOptions("1.37.0")).build(found.releases)
        outcome = RuleEngine([RenderFailed()]).run(deployment, Locator(deployment), lambda _: [])
    assert [item.environments for item in outcome.findings] == [("endless",)]
    assert [manifest.release.name for manifest in deployment.manifests] == ["web"]
