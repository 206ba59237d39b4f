from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from plate_llm_cli.findings import Location
from plate_llm_cli.gitops.discovery import discover
from plate_llm_cli.gitops.generation.application_set import application_set_text
from plate_llm_cli.source.nodes import find
from plate_llm_cli.source.reader import parse_text, to_plain
from plate_llm_cli.source.tree import Tree
from tests.gitops.application_sets.conftest import GO, HEAD, STRICT, URL, plain

if TYPE_CHECKING:
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from tests.gitops.application_sets.conftest import Sets

APPS = Path(__file__).parents[3] / "environments/argocd/apps"
ELEMENTS = "[{list: {elements: [{env: a}, {env: b}]}}]"


def test_an_application_is_whole(sets: Sets) -> None:
    found = sets.expand("web-{{ .env }}", "[{list: {elements: [{env: a}]}}]")
    assert plain(found) == [
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": "web-a", "namespace": "argocd"},
            "spec": {
                "project": "default",
                "source": {"repoURL": URL, "targetRevision": "main", "path": "charts/web"},
                "destination": {"name": "in-cluster", "namespace": "web"},
            },
        }
    ]


def test_it_becomes_a_release(sets: Sets) -> None:
    found = sets.expand("web-{{ .env }}", ELEMENTS)
    assert [(item.name, item.charts[0].chart) for item in found.releases] == [
        ("web-a", "charts/web"),
        ("web-b", "charts/web"),
    ]


def test_what_was_generated_comes_back(sets: Sets) -> None:
    """`argocd generate --application-set`, expanded again."""
    texts = [path.read_text("utf-8") for path in sorted(APPS.glob("*.yaml"))]
    applications = [to_plain(parse_text(text, "").root) for text in texts]
    sets.write("set.yaml", application_set_text("plate", "argocd", applications))
    found = sets.discover()
    assert found.set_problems == []
    names = {item["metadata"]["name"]: item for item in applications if isinstance(item, dict)}  # type: ignore[index, call-overload]
    assert {item["metadata"]["name"]: item for item in plain(found)} == names


def test_keys_and_texts_deep_inside_are_templates(sets: Sets) -> None:
    more = """\
  templatePatch: |
    metadata:
      labels: {"team-{{ .env }}": "{{ .env }}"}
"""
    found = sets.expand("web-{{ .env }}", "[{list: {elements: [{env: a}]}}]", more=more)
    assert find(found.applications[0].node, ("metadata", "labels", "team-a")) is not None


def test_a_patch_merges_mappings_replaces_lists_and_removes_null(sets: Sets) -> None:
    more = """\
  templatePatch: |
    metadata:
      finalizers: [b]
    spec:
      project: other
      source: {targetRevision: null, helm: {valueFiles: ["{{ .env }}.yaml"]}}
"""
    found = sets.expand("web-{{ .env }}", "[{list: {elements: [{env: a}]}}]", more=more)
    (made,) = plain(found)
    assert made["metadata"]["finalizers"] == ["b"]
    assert made["spec"]["project"] == "default"
    assert made["spec"]["source"] == {
        "repoURL": URL,
        "path": "charts/web",
        "helm": {"valueFiles": ["a.yaml"]},
    }


def test_a_patch_with_directives_is_not_guessed(sets: Sets) -> None:
    more = "  templatePatch: |\n    spec: {$patch: replace}\n"
    found = sets.expand("web-{{ .env }}", "[{list: {elements: [{env: a}]}}]", more=more)
    assert found.applications == []
    assert [(str(item.kind), item.message) for item in found.set_problems] == [
        ("unexpanded-set", "templatePatch has $patch, which is not done here")
    ]


def test_a_patch_that_is_no_yaml_is_found_at_its_line(sets: Sets) -> None:
    more = "  templatePatch: |\n    spec:\n      a: [{{ .env }}\n"
    found = sets.expand("web-{{ .env }}", "[{list: {elements: [{env: a}]}}]", more=more)
    (problem,) = found.set_problems
    assert str(problem.kind) == "invalid-set"
    assert problem.message.startswith("templatePatch: ")


def test_a_generator_completes_its_own_template(sets: Sets) -> None:
    own = "template: {metadata: {}, spec: {destination: {namespace: 'own-{{ .env }}'}}}"
    found = sets.expand("web-{{ .env }}", f"[{{list: {{elements: [{{env: a}}], {own}}}}}]")
    (application,) = found.applications
    assert (application.name, application.namespace) == ("web-a", "own-a")
    assert application.text("spec", "destination", "name") == "in-cluster"


def test_an_element_without_parameters_leaves_the_template_as_it_is(sets: Sets) -> None:
    assert sets.names("web", "[{list: {elements: [{}]}}]") == ["web"]


def test_a_missing_file_is_found_at_the_template_with_its_element(sets: Sets) -> None:
    sets.write("charts/web/values-a.yaml")
    more = (
        "  templatePatch: |\n    spec: {source: {helm: {valueFiles: ['values-{{ .env }}.yaml']}}}\n"
    )
    found = sets.expand("web-{{ .env }}", ELEMENTS, more=more)
    (problem,) = [item for release in found.releases for item in release.problems]
    assert problem.message == "value file charts/web/values-b.yaml does not exist"
    assert (problem.file.path, problem.span.line) == ("set.yaml", 18)
    ((file, span, text),) = problem.related
    assert (file.path, span.line, text) == ("set.yaml", 9, "made for this element")


def test_a_path_that_an_element_gives_is_wrong_in_the_element(sets: Sets) -> None:
    sets.write("envs/a.yaml", "at: {path: charts/wbe}\n")
    git = f"{{repoURL: '{URL}', files: [{{path: envs/*.yaml}}]}}"
    own = "template: {metadata: {}, spec: {source: {path: '{{ .at.path }}'}}}"
    found = sets.expand("web", f"[{{git: {git[:-1]}, {own}}}}}]")
    (problem,) = found.releases[0].problems
    assert problem.message == "path charts/wbe does not exist"
    assert (problem.file.path, problem.span.line, problem.span.column) == ("envs/a.yaml", 1, 12)
    ((file, span, text),) = problem.related
    assert (file.path, span.line, text) == ("set.yaml", 9, "used here")


def test_values_in_a_block_keep_their_lines(sets: Sets) -> None:
    sets.write(
        "set.yaml",
        f"""{HEAD}{STRICT}  generators: {ELEMENTS}
  template:
    metadata: {{name: "web-{{{{ .env }}}}"}}
    spec:
      source:
        repoURL: {URL}
        path: charts/web
        helm:
          values: |
            a: {{{{ .env | quote }}}}
            b:
              c: {{{{ .env }}}}-{{{{ .env }}}}-longer
""",
    )
    found = sets.discover()
    assert found.set_problems == []
    layer = found.releases[0].charts[0].layers[-1]
    assert layer.values == {"a": "a", "b": {"c": "a-a-longer"}}
    assert layer.locate(("b", "c")) == Location("set.yaml", 20, 15, 20, 16)


def test_a_template_that_fails_is_found_at_its_line(sets: Sets) -> None:
    more = "  templatePatch: |\n    spec:\n      x: {{ .nope }}\n"
    found = sets.expand("web-{{ .env }}", "[{list: {elements: [{env: a}]}}]", more=more)
    (problem,) = found.set_problems
    assert problem.message == 'cannot be filled in: map has no entry for key "nope"'
    assert (problem.span.line, problem.span.column) == (19, 5)


def test_a_file_of_that_name_counts_and_is_named(sets: Sets) -> None:
    sets.write("apps/web-a.yaml", _application("web-a"))
    found = sets.expand("web-{{ .env }}", ELEMENTS)
    assert [item.file.path for item in found.applications] == ["apps/web-a.yaml", "set.yaml"]
    (problem,) = found.set_problems
    assert str(problem.kind) == "namesake"


def test_two_elements_of_one_name_are_one_too_many(sets: Sets) -> None:
    found = sets.expand("web", ELEMENTS)
    problems = [item for release in found.releases for item in release.problems]
    assert [str(item.kind) for item in problems] == ["duplicate-name"]
    assert [span.column for _, span, _ in problems[0].related] == [36, 46]


def test_without_an_engine_no_set_is_expanded(sets: Sets) -> None:
    sets.expand("web-{{ .env }}", ELEMENTS)
    assert discover(Tree(sets.root)).applications == []


def test_the_engine_is_not_asked_for_older_templates(sets: Sets) -> None:
    sets.expand("web-{{env}}", ELEMENTS, "  # the older templates\n")

    def refuse() -> EmbeddedEngine:
        raise AssertionError

    found = discover(Tree(sets.root), engine=refuse)
    assert [item.name for item in found.applications] == ["web-a", "web-b"]


def test_the_other_kind_of_template_is_explained(sets: Sets) -> None:
    (old,) = sets.expand("web-{{ .env }}", "[{list: {elements: [{env: a}]}}]", "").set_problems
    assert old.message == "cannot be filled in: no parameter is called .env"
    assert old.help == "a name with a dot before it needs goTemplate: true"
    (new,) = sets.expand("web-{{ stage }}", "[{list: {elements: [{stage: a}]}}]").set_problems
    assert new.message == 'cannot be filled in: function "stage" not defined'
    assert new.help == "a parameter has a dot before its name: {{ .stage }}"


def test_more_than_five_hundred_applications_are_not_made(sets: Sets) -> None:
    elements = ", ".join(f"{{k{number}: x}}" for number in range(30))
    one = f"{{list: {{elements: [{elements}]}}}}"
    generators = f"[{{matrix: {{generators: [{one}, {one}]}}}}]"
    assert sets.problems("x", generators, GO) == [
        ("unexpanded-set", "it makes more than 500 Applications")
    ]


def test_a_template_of_the_wrong_form_is_no_crash(sets: Sets) -> None:
    for spec in ("[]", "{}", "{template: x}", "{generators: x}", "{generators: [x], template: []}"):
        sets.write("set.yaml", HEAD.replace("spec:\n", f"spec: {spec}\n"))
        assert sets.discover().applications == []


def _application(name: str) -> str:
    made: dict[str, Any] = {"name": name, "namespace": "argocd"}
    spec = f"{{source: {{repoURL: '{URL}', path: charts/web}}, destination: {{namespace: web}}}}"
    return f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {made}\nspec: {spec}\n"
