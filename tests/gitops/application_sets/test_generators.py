from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gitops.application_sets.conftest import GO, STRICT, URL

if TYPE_CHECKING:
    from tests.gitops.application_sets.conftest import Sets

OLD = "  # the older templates\n"
GIT = f'repoURL: "{URL}"'


def files(sets: Sets) -> str:
    for env in ("stg", "prod"):
        sets.write(f"envs/{env}/config.yaml", f"env: {env}\nat: {{region: eu}}\nsizes: [1, 2]\n")
    return f"git: {{{GIT}, files: [{{path: envs/*/config.yaml}}]}}"


def test_a_list_makes_an_application_for_each_element(sets: Sets) -> None:
    assert sets.names("web-{{ .env }}", "[{list: {elements: [{env: a}, {env: b}]}}]") == [
        "web-a",
        "web-b",
    ]


def test_a_list_may_be_a_text(sets: Sets) -> None:
    generators = '[{list: {elementsYaml: "- {env: a}\\n- {env: b}"}}]'
    assert sets.names("{{ .env }}", generators) == ["a", "b"]


def test_values_of_older_elements_have_a_dotted_name(sets: Sets) -> None:
    generators = "[{list: {elements: [{env: a, values: {ns: b}}]}}]"
    assert sets.names("{{env}}-{{ values.ns }}", generators, OLD) == ["a-b"]


def test_folders_are_those_that_have_files_and_are_not_hidden(sets: Sets) -> None:
    for path in ("apps/a/x.yaml", "apps/b/c/x.yaml", "apps/.d/x.yaml", "apps/x.yaml"):
        sets.write(path)
    (sets.root / "apps/empty").mkdir()
    generators = f"[{{git: {{{GIT}, directories: [{{path: apps/*}}]}}}}]"
    assert sets.names("{{ .path.basename }}", generators) == ["a", "b"]


def test_an_excluded_folder_stays_out_whatever_includes_it(sets: Sets) -> None:
    for name in ("a", "b"):
        sets.write(f"apps/{name}/x.yaml")
    patterns = "[{path: apps/b, exclude: true}, {path: apps/*}]"
    assert sets.names("{{ .path.basename }}", f"[{{git: {{{GIT}, directories: {patterns}}}}}]") == [
        "a"
    ]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (STRICT, "{{ .path.path | replace `/` `-` }}.{{ index .path.segments 1 }}"),
        (OLD, "apps-{{path.basename}}.{{path[1]}}"),
    ],
)
def test_a_folder_is_known_by_its_path(sets: Sets, options: str, name: str) -> None:
    sets.write("apps/My_App/x.yaml")
    generators = f"[{{git: {{{GIT}, directories: [{{path: apps/*}}]}}}}]"
    assert sets.names(name, generators, options) == ["apps-My_App.My_App"]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (
            STRICT,
            "{{ .path.basenameNormalized }}.{{ .path.filename }}.{{ .path.filenameNormalized }}",
        ),
        (OLD, "{{path.basenameNormalized}}.{{path.filename}}.{{path.filenameNormalized}}"),
    ],
)
def test_a_file_is_known_by_its_path(sets: Sets, options: str, name: str) -> None:
    sets.write("envs/My_Env/A.yaml")
    generators = f"[{{git: {{{GIT}, files: [{{path: envs/*/A.yaml}}]}}}}]"
    assert sets.names(name, generators, options) == ["my-env.A.yaml.a.yaml"]


def test_a_file_gives_what_is_in_it(sets: Sets) -> None:
    name = "{{ .env }}-{{ .at.region }}-{{ index .sizes 1 }}"
    assert sets.names(name, f"[{{{files(sets)}}}]") == ["prod-eu-2", "stg-eu-2"]
    assert sets.names("{{env}}-{{at.region}}-{{sizes.1}}", f"[{{{files(sets)}}}]", OLD) == [
        "prod-eu-2",
        "stg-eu-2",
    ]


def test_a_file_may_be_a_list_or_json(sets: Sets) -> None:
    sets.write("envs/a.yaml", "- env: a\n- env: b\n")
    sets.write("envs/c.json", '{"env": "c"}')
    patterns = "[{path: envs/*.yaml}, {path: envs/*.json}]"
    generators = f"[{{git: {{{GIT}, files: {patterns}}}}}]"
    assert sets.names("{{ .env }}", generators) == ["a", "b", "c"]


def test_paths_may_have_a_prefix(sets: Sets) -> None:
    sets.write("apps/a/x.yaml")
    inner = f"{GIT}, pathParamPrefix: mine, directories: [{{path: apps/*}}]"
    assert sets.names("{{ .mine.path.basename }}", f"[{{git: {{{inner}}}}}]") == ["a"]
    assert sets.names("{{mine.path.basename}}", f"[{{git: {{{inner}}}}}]", OLD) == ["a"]


def test_values_of_a_git_generator_are_templates(sets: Sets) -> None:
    sets.write("apps/a/x.yaml")
    values = 'values: {name: "x-{{ .path.basename }}"}'
    generators = f"[{{git: {{{GIT}, directories: [{{path: apps/*}}], {values}}}}}]"
    assert sets.names("{{ .values.name }}", generators) == ["x-a"]
    old = generators.replace("{{ .path", "{{ path")
    assert sets.names("{{values.name}}", old, OLD) == ["x-a"]


def test_a_matrix_makes_every_pair(sets: Sets) -> None:
    generators = (
        "[{matrix: {generators: [{list: {elements: [{a: u}, {a: w}]}},"
        " {list: {elements: [{b: '1'}, {b: '2'}]}}]}}]"
    )
    expected = ["u-1", "u-2", "w-1", "w-2"]
    assert sets.names("{{ .a }}-{{ .b }}", generators) == expected
    assert sets.names("{{a}}-{{b}}", generators, OLD) == expected


def test_the_second_of_a_matrix_is_filled_in_from_the_first(sets: Sets) -> None:
    for path in ("apps/a/x.yaml", "apps/b/x.yaml", "more/c/x.yaml"):
        sets.write(path)
    generators = (
        "[{matrix: {generators: [{list: {elements: [{base: apps}, {base: more}]}},"
        f" {{git: {{{GIT}, directories: [{{path: '{{{{ .base }}}}/*'}}]}}}}]}}}}]"
    )
    assert sets.names("{{ .base }}-{{ .path.basename }}", generators) == [
        "apps-a",
        "apps-b",
        "more-c",
    ]


def test_values_of_the_second_of_a_matrix_know_both(sets: Sets) -> None:
    sets.write("apps/a/x.yaml")
    values = "values: {both: '{{ .base }}-{{ .path.basename }}'}"
    generators = (
        "[{matrix: {generators: [{list: {elements: [{base: apps}]}},"
        f" {{git: {{{GIT}, directories: [{{path: '{{{{ .base }}}}/*'}}], {values}}}}}]}}}}]"
    )
    assert sets.names("{{ .values.both }}", generators) == ["apps-a"]


def test_what_the_first_of_a_matrix_says_stays(sets: Sets) -> None:
    generators = (
        "[{matrix: {generators: [{list: {elements: [{a: u, m: {k: '1'}}]}},"
        " {list: {elements: [{a: w, m: {k: '2', o: '3'}}]}}]}}]"
    )
    assert sets.names("{{ .a }}-{{ .m.k }}-{{ .m.o }}", generators) == ["u-1-3"]


def test_a_matrix_may_be_inside_another(sets: Sets) -> None:
    inner = "{matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{b: w}]}}]}}"
    generators = f"[{{matrix: {{generators: [{inner}, {{list: {{elements: [{{c: z}}]}}}}]}}}}]"
    assert sets.names("{{ .a }}{{ .b }}{{ .c }}", generators) == ["xwz"]


@pytest.mark.parametrize("options", [STRICT, OLD])
def test_merge_takes_the_later_value_by_the_keys(sets: Sets, options: str) -> None:
    generators = (
        "[{merge: {mergeKeys: [env], generators: [{list: {elements: [{env: a, k: v1},"
        " {env: b, k: v1}]}}, {list: {elements: [{env: b, k: v2}, {env: c, k: v3}]}}]}}]"
    )
    dot = "." if options == STRICT else ""
    assert sets.names(f"{{{{ {dot}env }}}}-{{{{ {dot}k }}}}", generators, options) == [
        "a-v1",
        "b-v2",
    ]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("matchLabels: {at.region: eu, env: stg}", ["stg"]),
        ("matchExpressions: [{key: env, operator: In, values: [prod]}]", ["prod"]),
        ("matchExpressions: [{key: env, operator: NotIn, values: [prod]}]", ["stg"]),
        ("matchExpressions: [{key: sizes.0, operator: Exists}]", ["prod", "stg"]),
        ("matchExpressions: [{key: env, operator: DoesNotExist}]", []),
        ("matchLabels: {}", ["prod", "stg"]),
    ],
)
def test_a_selector_leaves_elements_out(sets: Sets, selector: str, expected: list[str]) -> None:
    generators = f"[{{{files(sets)}, selector: {{{selector}}}}}]"
    assert sets.names("{{ .env }}", generators) == expected


def test_what_only_one_way_of_matching_finds_is_named(sets: Sets) -> None:
    files(sets)
    sets.write("envs/stg/eu/config.yaml", "env: eu\n")
    generators = f"[{{git: {{{GIT}, files: [{{path: envs/*/config.yaml}}]}}}}]"
    found = sets.expand("{{ .env }}", generators)
    assert sorted(item.name for item in found.applications) == ["prod", "stg"]
    assert [(str(item.kind), item.message) for item in found.set_problems] == [
        (
            "unexpanded-set",
            "envs/*/config.yaml matches envs/stg/eu/config.yaml in one of ArgoCD's ways of matching"
            " alone: what is made of it is not checked",
        )
    ]


def test_an_unknown_generator_does_not_keep_the_others(sets: Sets) -> None:
    found = sets.expand("{{ .env }}", "[{plugin: {}}, {list: {elements: [{env: a}]}}, {next: {}}]")
    assert [item.name for item in found.applications] == ["a"]
    assert [item.message for item in found.set_problems] == [
        "the generator plugin is not run: what it makes is not checked",
        "next is no generator that is known here: what it makes is not checked",
    ]


@pytest.mark.parametrize(
    ("generators", "message"),
    [
        ("[{list: {elements: [text]}}]", "an element has to be a mapping"),
        ("[{list: {elementsYaml: 'a: 1'}}]", "elementsYaml is no list of objects"),
        (f"[{{git: {{{GIT}}}}}]", "the git generator has neither directories nor files"),
        ("[{matrix: {generators: [{list: {elements: []}}]}}]", "it takes two generators or more"),
        (
            "[{merge: {generators: [{list: {}}, {list: {}}]}}]",
            "merge needs mergeKeys",
        ),
        (
            "[{matrix: {generators: [{list: {}, git: {}}, {list: {}}]}}]",
            "list and git have to be items of their own",
        ),
        (
            "[{list: {elements: [{a: b}]}, selector: {matchExpressions: [{operator: Is}]}}]",
            "a selector has no operator 'Is'",
        ),
        ("[{}]", "it names no generator"),
    ],
)
def test_what_argocd_cannot_run_is_invalid(sets: Sets, generators: str, message: str) -> None:
    assert sets.problems("x", generators) == [("invalid-set", message)]


def test_a_generator_of_another_repository_is_named(sets: Sets) -> None:
    git = "repoURL: 'https://git.example.com/others/config', directories: [{path: charts/*}]"
    found = sets.expand("{{ .path.basename }}", f"[{{git: {{{git}}}}}]", GO)
    assert found.applications == []
    assert [item.message for item in found.set_problems] == [
        "the git generator looks at https://git.example.com/others/config, which is not this one:"
        " not expanded"
    ]
