"""Each of Helm's errors, from the real engine, becomes a failure with its place and its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.helm import schema_errors, template_errors
from plate_llm_cli.helm.engine import FailureKind, RenderFailure, Violation
from plate_llm_cli.helm.failures import from_crash, from_refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

A = "demo/templates/a.yaml"
H = "demo/templates/_h.tpl"
HELPERS = (
    '{{ define "mid" }}\n{{ include "deep" . }}{{ end }}{{ define "deep" }}\n'
    "  {{ .Values.a.b.c }}{{ end }}\n"
)

Place = tuple[str | None, int | None, int | None]


@pytest.fixture
def fail(
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
    engine: EmbeddedEngine,
) -> Callable[..., RenderFailure]:
    """Renders a chart that cannot render."""

    def render(files: dict[str, str], values: dict[str, Any] | None = None) -> RenderFailure:
        (answer,) = engine.render_many([request_for(make_chart(files), values)])
        assert isinstance(answer, RenderFailure)
        return answer

    return render


TEMPLATES: dict[str, tuple[str, Place, str]] = {
    "unclosed": ("a: 1\nb: {{ .Values.x \n\n", (A, 2, None), "unclosed action"),
    "no value": ("a: 1\n{{ if }}\n", (A, 2, None), "missing value for if"),
    "end too many": ("a: 1\n{{ end }}\n", (A, 2, None), "unexpected {{end}}"),
    "end missing": ("a: 1\n{{ if .x }}\n", (A, 3, None), "unexpected EOF"),
    "function": ("a: {{ nosuch }}\n", (A, 1, None), 'function "nosuch" not defined'),
    "nil": (
        "a: 1\nb: {{ .Values.x.y.z }}\n",
        (A, 2, 7),
        ".Values.x.y.z: nothing is set before .y",
    ),
    "no mapping": (
        "a: {{ .Values.s.t }}\n",
        (A, 1, 7),
        ".Values.s.t: what stands before .t is no mapping",
    ),
    "include": ('a: {{ include "no" . }}\n', (A, 1, 7), 'there is no template "no"'),
    "template": ('a: {{ template "no" . }}\n', (A, 1, 16), 'there is no template "no"'),
    "arguments": (
        'a: {{ include "x" }}\n',
        (A, 1, 7),
        "wrong number of args for include: want 2 got 1",
    ),
    "index": ("a: {{ index .Values.l 3 }}\n", (A, 1, 7), "index out of range: 3"),
    "types": (
        "a: {{ eq .Values.n 3 }}\n",
        (A, 1, 7),
        "incompatible types for comparison: float64 and int",
    ),
    "range": ("a: {{ range .Values.n }}{{ end }}\n", (A, 1, 13), "range can't iterate over 3"),
    "fail": ('a: {{ fail "set x: or y,\\nplease" }}\n', (A, 1, 7), "set x: or y,\nplease"),
    "required": ('a: {{ required "need: x" .Values.x }}\n', (A, 1, 7), "need: x"),
    "after wide text": (
        "안녕: {{ .Values.x.y.z }}\n",
        (A, 1, 8),
        ".Values.x.y.z: nothing is set before .y",
    ),
    "tpl": (
        'a: {{ tpl "x\\n{{ .Values.a.b.c }}" . }}\n',
        (A, 1, 7),
        ".Values.a.b.c: nothing is set before .b",
    ),
    "tpl of no template": (
        'a: {{ tpl "{{ .Values.a " . }}\n',
        (A, 1, 7),
        "tpl was given a text that is no template: unclosed action (line 1)",
    ),
    "include in tpl": (
        'a: {{ tpl "{{ include \\"no\\" . }}" . }}\n',
        (A, 1, 7),
        'there is no template "no"',
    ),
    "fail in tpl": ('a: {{ tpl "{{ fail \\"oh: no\\" }}" . }}\n', (A, 1, 7), "oh: no"),
}


@pytest.mark.parametrize(("text", "place", "message"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_error_has_its_place_and_cause(
    fail: Callable[..., RenderFailure], text: str, place: Place, message: str
) -> None:
    failure = fail({"templates/a.yaml": text}, {"s": "text", "l": [1], "n": 3})
    assert failure.kind is FailureKind.TEMPLATE
    assert (failure.template, failure.line, failure.column) == place
    assert failure.message == message


def test_the_place_is_the_innermost_and_the_way_there_is_kept(
    fail: Callable[..., RenderFailure],
) -> None:
    failure = fail({"templates/_h.tpl": HELPERS, "templates/a.yaml": 'x: {{ include "mid" . }}\n'})
    assert (failure.template, failure.line, failure.column) == (H, 3, 6)
    assert [(frame.template, frame.line, frame.column, frame.name) for frame in failure.frames] == [
        (A, 1, 7, A),
        (H, 2, 4, "mid"),
        (H, 3, 6, "deep"),
    ]


def test_a_template_that_includes_itself_is_named(fail: Callable[..., RenderFailure]) -> None:
    failure = fail(
        {
            "templates/_h.tpl": '{{ define "self" }}{{ include "self" . }}{{ end }}',
            "templates/a.yaml": 'a: {{ include "self" . }}\n',
        }
    )
    assert failure.message == 'template "self" includes itself without end'
    assert failure.frames[0].template == A


OUTPUTS = {
    "two colons": ("kind: X\na: b: c\n", 2, "mapping values are not allowed in this context"),
    "tab": ("kind: X\n\ta: b\n", 2, "found a tab character that violates indentation"),
    "list": ("- a\n", 1, "the document is of type array, not a mapping"),
    "text": ("just text\n", 1, "the document is of type string, not a mapping"),
    "kind": ("kind: [a]\n", 1, "kind is of type array, not a string"),
}


@pytest.mark.parametrize(("text", "line", "message"), OUTPUTS.values(), ids=OUTPUTS)
def test_output_that_is_no_yaml_is_shown_with_its_line(
    fail: Callable[..., RenderFailure], text: str, line: int, message: str
) -> None:
    failure = fail({"templates/a.yaml": f"kind: First\n---\n{text}"})
    assert failure.kind is FailureKind.OUTPUT
    assert failure.message == f"{A} does not render to YAML: {message}"
    assert (failure.template, failure.output, failure.output_line) == (A, text, line)


CHARTS = {
    "library": ({"Chart.yaml": "type: library\n"}, "library charts are not installable"),
    "kubeVersion": (
        {"Chart.yaml": "kubeVersion: '>=1.99-0'\n"},
        "chart requires kubeVersion: >=1.99-0 which is incompatible with Kubernetes v1.37.0",
    ),
    "type": (
        {"Chart.yaml": "type: other\n"},
        "validation: chart.metadata.type must be application or library",
    ),
    "values list": (
        {"values.yaml": "- a\n"},
        "cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while "
        "decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
    ),
    "schema": (
        {"values.schema.json": '{"type": "obj"}'},
        'values.schema.json cannot be used: demo:\n"file:///values.schema.json#" is not valid '
        "against metaschema: jsonschema validation failed with "
        "'https://json-schema.org/draft/2020-12/schema#'\n- at '': 'allOf' failed\n"
        "  - at '/type': 'anyOf' failed\n    - at '/type': value must be one of 'array', "
        "'boolean', 'integer', 'null', 'number', 'object', 'string'\n"
        "    - at '/type': got string, want array",
    ),
}


@pytest.mark.parametrize(("files", "message"), CHARTS.values(), ids=CHARTS)
def test_a_chart_that_cannot_be_installed_says_why(
    fail: Callable[..., RenderFailure], files: dict[str, str], message: str
) -> None:
    base = "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
    failure = fail({**files, "Chart.yaml": base + files.get("Chart.yaml", "")})
    assert (failure.kind, failure.message) == (FailureKind.CHART, message)


def test_a_chart_that_is_not_there_is_a_failure(
    engine: EmbeddedEngine, request_for: Callable[..., RenderRequest], tmp_path: Path
) -> None:
    (failure,) = engine.render_many([request_for(tmp_path / "none")])
    assert isinstance(failure, RenderFailure)
    assert failure.kind is FailureKind.CHART


def test_a_release_name_that_kubernetes_would_refuse_is_named(
    engine: EmbeddedEngine,
    request_for: Callable[..., RenderRequest],
    make_chart: Callable[..., Path],
) -> None:
    (failure,) = engine.render_many([request_for(make_chart({}), release_name="Not_Good")])
    assert isinstance(failure, RenderFailure)
    assert failure.kind is FailureKind.RELEASE
    assert failure.message.endswith(": 'Not_Good'")


SCHEMA = """{"properties": {
  "port": {"type": "integer", "minimum": 1},
  "hosts": {"items": {"required": ["host"]}},
  "any": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
  "both": {"allOf": [{"minLength": 3}, {"pattern": "^a"}]},
  "a/b~c'd\\\\e": {"type": "string"},
  "8080": {"type": "string"}
}, "required": ["port"]}"""


def test_every_value_that_a_schema_forbids_is_a_violation(
    fail: Callable[..., RenderFailure],
) -> None:
    values = {
        "port": 0,
        "hosts": [{"host": "a"}, {}],
        "any": [1],
        "both": "b",
        "a/b~c'd\\e": 5,
        "8080": 1,
    }
    failure = fail({"values.schema.json": SCHEMA}, values)
    assert failure.kind is FailureKind.SCHEMA
    assert failure.violations == (
        Violation("demo", (8080,), "got number, want string"),
        Violation("demo", ("a/b~c'd\\e",), "got number, want string"),
        Violation("demo", ("any",), "none fits: got array, want string; got array, want integer"),
        Violation("demo", ("both",), "'b' does not match pattern '^a'"),
        Violation("demo", ("both",), "minLength: got 1, want 3"),
        Violation("demo", ("hosts", 1), "missing property 'host'"),
        Violation("demo", ("port",), "minimum: got 0, want 1"),
    )


def test_a_violation_in_a_subchart_names_it(fail: Callable[..., RenderFailure]) -> None:
    files = {
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
        "charts/sub/values.schema.json": '{"required": ["port"]}',
    }
    failure = fail(files)
    assert failure.violations == (Violation("sub", (), "missing property 'port'"),)
    assert failure.message == "sub: missing property 'port'"


def test_values_for_a_subchart_must_be_a_mapping(fail: Callable[..., RenderFailure]) -> None:
    chart = "apiVersion: v2\nname: sub\nversion: 0.1.0\n"
    failure = fail({"charts/sub/Chart.yaml": chart}, {"sub": "text"})
    assert (failure.kind, failure.message) == (
        FailureKind.VALUES,
        "sub holds the values of a subchart, it must be a mapping",
    )


def test_what_helm_logged_on_the_way_stays_with_the_failure(
    fail: Callable[..., RenderFailure],
) -> None:
    failure = fail(
        {
            "values.yaml": "outer: {table: {a: 1}}\n",
            "templates/a.yaml": "a: {{ .Values.outer.table.a.b }}\n",
        },
        {"outer": {"table": "text"}},
    )
    said = "cannot overwrite table with non table for demo.outer.table (map[a:1])"
    assert failure.notes == (said,)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("fatal error: stack overflow", "templates call themselves without end through `tpl`"),
        ("engine.tplFun.func1(" * 5, "templates call themselves without end through `tpl`"),
        (
            "fatal error: runtime: out of memory",
            "the templates need more memory than a render may use",
        ),
        ("MemoryError", "the templates need more memory than a render may use"),
        ("fatal error: odd\nmore", "Helm crashed while it rendered the chart (fatal error: odd)"),
        ("", "Helm crashed while it rendered the chart"),
    ],
)
def test_a_crash_is_told_in_words(written: str, message: str) -> None:
    assert from_crash(written) == RenderFailure(FailureKind.CRASH, message)


PIECES = st.sampled_from(
    [
        "template: ",
        "a:1:2",
        ': executing "x" at <',
        ">: ",
        "error calling include: ",
        "\n    ",
        "'",
        "parse error at (",
        "execution error at (",
        "): ",
        "- at '/a'",
        "yaml: line 3: ",
        "demo:\n",
    ]
)


@settings(max_examples=60)
@given(st.lists(PIECES | st.text(max_size=6)).map("".join), st.sampled_from(["render", "output"]))
def test_no_text_of_helms_is_too_odd(text: str, stage: str) -> None:
    assert isinstance(from_refusal(stage, text), RenderFailure)
    assert isinstance(schema_errors.read(schema_errors.HEADING + text), list)
    template_errors.read(text)
