"""Each rendered line leads back to the template's line, for templates that make it hard.

A template line ends in a comment with its number where it prints a line; real Helm renders it, and
what is found must be the number that is printed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.graph.template_lines import unclosed_line
from plate_llm_cli.graph.templates import template_line
from plate_llm_cli.helm.engine import Capabilities, Rendering, RenderRequest

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n"
HELPERS = (
    '{{- define "labels" -}}\napp: a\nteam: b\n{{- end -}}\n'
    '{{- define "container" -}}\nname: {{ .name }}\nimage: same\nports: []\n{{- end -}}\n'
)
VALUES: dict[str, Any] = {
    "on": True,
    "off": False,
    "items": [{"name": "a", "image": "one"}, {"name": "b", "image": "two"}, {"name": "c"}],
    "map": {"k": "v", "l": {"m": "o"}},
    "text": "first\nsecond\n",
}
TEMPLATES = {
    "the same keys in two containers": """\
spec:
  containers:
    - name: one  #3
      image: same  #4
      env: []  #5
    - name: two  #6
      image: same  #7
      env: []  #8
""",
    "a loop with a branch": """\
list:
  {{- range .Values.items }}
  - name: {{ .name }}  #3
    {{- if .image }}
    image: {{ .image }}  #5
    {{- else }}
    image: default  #7
    {{- end }}
    pull: always  #9
  {{- end }}
after: loop  #11
""",
    "the same line in both branches": """\
{{- if .Values.off }}
first: true
image: same
second: true
{{- else }}
first: false  #6
image: same  #7
second: false  #8
{{- end }}
""",
    "a loop in a loop": """\
outer:
  {{- range $outer := .Values.items }}
  - name: {{ $outer.name }}  #3
    inner:  #4
      {{- range $.Values.items }}
      - name: {{ .name }}  #6
        of: {{ $outer.name }}  #7
      {{- end }}
  {{- end }}
""",
    "blocks between lines": """\
metadata:
  labels:  #2
    {{- include "labels" . | nindent 4 }}
  annotations:  #4
{{ toYaml .Values.map | indent 4 }}
  last: true  #6
""",
    "a block behind its key": """\
a: {{- toYaml .Values.map | nindent 2 }}
b:  #2
  c: d  #3
""",
    "comments and actions over several lines": """\
{{- /* a comment
with {{ braces }} and a line: that prints nothing
*/}}
a: {{ printf "%s-%s"
  "x"
  "y" }}
b: c  #7
""",
    "a branch in a line": """\
image: {{ if .Values.on }}on{{ else }}off{{ end }}  #1
other: {{ .Values.off }}  #2
""",
    "braces in a string": """\
a: {{ "}}" | quote }}  #1
b: {{ `{{ x }}` | quote }}  #2
""",
    "text blocks": """\
data:
  one: |  #2
    {{- .Values.text | nindent 6 }}
  two: |  #4
    fixed {{ .Values.on }} text
  three: x  #6
""",
    "variables between lines": """\
{{- $name := "n" }}
{{- $other := include "labels" . }}
name: {{ $name }}  #3
labels:  #4
  {{- $other | nindent 2 }}
end: yes  #6
""",
    "a define in the same file": """\
{{- define "here" }}
name: never
{{- end }}
name: here  #4
""",
    "a list whose items look like lines of the template": """\
list:
  {{- if .Values.on }}
  - name: ONE  #3
    value: {{ .Values.on }}  #4
  {{- end }}
  {{- if .Values.off }}
  - name: TWO  #7
    value: {{ .Values.off }}  #8
  {{- end }}
  {{- toYaml .Values.items | nindent 4 }}
ports:  #11
  - name: http  #12
    value: 1  #13
""",
    "the order of keys is not that of another branch": """\
{{- range $i, $item := .Values.items }}
{{- if eq $i 1 }}
- kind: second  #3
  port: 1  #4
{{- else }}
- kind: other  #6
  port: 1  #7
{{- end }}
{{- end }}
""",
}


@pytest.fixture
def render(tmp_path: Path, engine: EmbeddedEngine) -> Any:
    def run(template: str) -> list[str]:
        for path, text in {
            "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 0.1.0\n",
            "templates/_helpers.tpl": HELPERS,
            "templates/it.yaml": template,
        }.items():
            target = tmp_path / path
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, "utf-8")
        request = RenderRequest(tmp_path, "rel", "ns", VALUES, Capabilities("1.37.0"))
        (answer,) = engine.render_many([request])
        assert isinstance(answer, Rendering), answer
        return [document.text for document in answer.documents]

    return run


def found_in(template: str, document: str) -> dict[int, int]:
    """The template lines of those rendered lines that say which one they come from."""
    lines = enumerate(document.splitlines(), start=1)
    return {
        int(match[1]): template_line(template, document, [number]) or 0
        for number, line in lines
        if (match := re.search(r"#(\d+)$", line))
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_line_is_found_again(name: str, render: Any) -> None:
    template = f"{HEAD}data:\n" + "".join(f"  {line}\n" for line in TEMPLATES[name].splitlines())
    shift = 5
    (document,) = render(template)
    found = found_in(template, document)
    assert found
    assert found == {number: number + shift for number in found}


def test_what_an_action_prints_belongs_to_its_line(render: Any) -> None:
    template = HEAD + "data:\n  a: b\n  {{- toYaml .Values.map | nindent 2 }}\n"
    (document,) = render(template)
    lines = document.splitlines()
    assert template_line(template, document, [lines.index("  k: v") + 1]) == 7
    assert template_line(template, document, [lines.index("    m: o") + 1]) == 7


def test_of_two_actions_in_a_row_neither_is_named(render: Any) -> None:
    template = (
        HEAD + 'data:\n  {{- include "labels" . | nindent 2 }}\n'
        "  {{- with .Values.map }}\n  {{- toYaml . | nindent 2 }}\n  {{- end }}\n"
    )
    (document,) = render(template)
    lines = document.splitlines()
    last, parent = lines.index("    m: o") + 1, lines.index("data:") + 1
    assert template_line(template, document, [last, parent]) == 5


def test_documents_of_one_template_are_told_apart(render: Any) -> None:
    template = HEAD + "data: {a: b}\n---\n" + HEAD.replace("x", "y") + "data: {a: b}\n"
    first, second = render(template)
    assert template_line(template, first, [5]) == 5
    assert template_line(template, second, [5]) == 11


def test_a_line_that_nothing_prints_leads_to_the_key_above() -> None:
    template = "a:\n  b: {{ .Values.b }}\n"
    rendered = "a:\n  b: 1\n  surprise: 2\n"
    assert template_line(template, rendered, [3, 1]) == 1


def test_no_line_is_better_than_a_wrong_one() -> None:
    assert template_line("a: b\n", "x: y\n", [1]) is None


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("a: b\n{{- if .x }}\nc: d\n", 2),
        ("{{- if .x }}\n{{- range .y }}\n{{- end }}\n", 1),
        ('{{- define "a" }}\nx\n', 1),
        ("{{- if .x }}\n{{- end }}\n", None),
        ("{{/* if */}}\n{{ $x := 1 }}\n", None),
    ],
)
def test_a_block_without_end_is_found(template: str, line: int | None) -> None:
    assert unclosed_line(template) == line


@given(st.text(alphabet="ab:{} -\n\"`'/*.|#\0", max_size=80), st.text("ab: \n-", max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_is_taken(template: str, rendered: str) -> None:
    line = template_line(template, rendered, [1, 2, 3])
    assert line is None or 1 <= line <= template.count("\n") + 1


def test_a_key_whose_value_is_trimmed_to_the_next_line_is_found() -> None:
    template = (
        'metadata:\n  labels: {{- include "x" . | nindent 4 }}\nspec:\n  replicas: {{ .n }}\n'
    )
    rendered = "metadata:\n  labels:\n    app: web\nspec:\n  replicas: 2\n"
    assert template_line(template, rendered, [5]) == 4
    assert template_line(template, rendered, [2]) == 2
