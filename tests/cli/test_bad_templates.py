"""Templates that fail: the line, the reason, and no half of a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

TEMPLATE = "charts/web/templates/x.yaml"


@dataclass(frozen=True)
class Case:
    """A template, and where and how it fails."""

    text: str
    place: str
    message: str


CASES = {
    "parse": Case("{{ if }", f"{TEMPLATE}:1:1", 'unexpected "}" in if'),
    "missing value": Case(
        "a: {{ .Values.servce.port }}",
        f"{TEMPLATE}:1:7",
        ".Values.servce.port: nothing is set before .port",
    ),
    "fail": Case('{{ fail "no port" }}', f"{TEMPLATE}:1:4", "no port"),
    "required": Case(
        '{{ required "a port is needed" .Values.port }}', f"{TEMPLATE}:1:4", "a port is needed"
    ),
    "include without end": Case(
        '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        f"{TEMPLATE}:1:20",
        'template "a" includes itself without end',
    ),
    "template without end": Case(
        '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
        f"{TEMPLATE}:1:29",
        "templates call themselves without end",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_failing_template(name: str, tree: Tree, call: Call) -> None:
    case = CASES[name]
    tree.write(TEMPLATE, case.text)
    checked = call("validate", "-q")
    assert (checked.code, checked.err) == (1, "")
    assert f"{case.place}: error: render-failed: {case.message}\n" in checked.out
    printed = call("render", "web-stg")
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == f"{case.place}: web-stg: {case.message}\n"


def test_tpl_without_end(tree: Tree, call: Call) -> None:
    tree.write(TEMPLATE, "a: {{ tpl .Values.text . }}")
    tree.write("charts/web/values.yaml", 'text: "{{ tpl .Values.text . }}"\n')
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err in (
        "charts/web: web-stg: templates call themselves without end through `tpl`\n",
        # on a busy machine its time is over before its memory
        "charts/web: web-stg: the chart was still rendering after 10 s: look for a loop without "
        "end\n",
    )


def test_output_that_is_no_yaml(tree: Tree, call: Call) -> None:
    tree.write(TEMPLATE, "a: b: c\n")
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"{TEMPLATE}: web-stg: web/templates/x.yaml does not render")


def test_all_releases_of_a_failing_chart_are_named_once_each(tree: Tree, call: Call) -> None:
    tree.write(TEMPLATE, '{{ fail "no port" }}')
    ended = call("render", "--all")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (f"{TEMPLATE}:1:4: web-prod: no port\n{TEMPLATE}:1:4: web-stg: no port\n")


def test_failing_release_writes_no_files(tree: Tree, call: Call) -> None:
    tree.write(TEMPLATE, '{{ if eq .Release.Name "web-stg" }}{{ fail "no port" }}{{ end }}')
    ended = call("render", "--all", "--out", "rendered")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"1 file written to rendered\n{TEMPLATE}:1:39: web-stg: no port\n"
    assert {path for path in tree.files() if path.startswith("rendered/")} == {
        "rendered/web-prod",
        "rendered/web-prod/configmap-web-prod.yaml",
    }


def test_text_of_a_template_cannot_steer_the_terminal(tree: Tree, call: Call) -> None:
    tree.write(TEMPLATE, '{{ fail "\\x1b[31mred\\x07" }}')
    for arguments in (["render", "web-stg"], ["validate"], ["env", "show", "web-stg"]):
        ended = call(*arguments)
        assert "\\x1b[31mred\\x07" in ended.out + ended.err
        assert "\x1b" not in ended.out + ended.err


@pytest.mark.parametrize(
    "case",
    [
        (
            "path: charts/web",
            "path: ../tree/charts/web",
            "11:11",
            "path ../tree/charts/web leads out of the repository",
        ),
        ("path: charts/web", "path: /etc", "11:11", "path /etc leads out of the repository"),
        ("path: charts/web", "path: charts/wbe", "11:11", "path charts/wbe does not exist"),
        (
            "- values-stg.yaml",
            "- ../../../x.yaml",
            "14:11",
            "value file ../../../x.yaml lies outside the repository",
        ),
        (
            "- values-stg.yaml",
            "- values-sgt.yaml",
            "14:11",
            "value file charts/web/values-sgt.yaml does not exist",
        ),
    ],
)
def test_application_that_points_nowhere(
    case: tuple[str, str, str, str], tree: Tree, call: Call
) -> None:
    old, new, place, message = case
    tree.replace("apps/web-stg.yaml", old, new)
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"apps/web-stg.yaml:{place}: {message}\n"
    assert call("validate", "-q").code == 1


def test_chart_from_elsewhere_is_said_and_skipped(tree: Tree, call: Call) -> None:
    tree.replace("apps/web-stg.yaml", "path: charts/web", "chart: redis")
    said = (
        "apps/web-stg.yaml:9:14: chart redis comes from "
        "https://git.example.com/team/deploy.git at main: not rendered\n"
    )
    alone = call("render", "web-stg")
    assert (alone.code, alone.out, alone.err) == (1, "", said)
    together = call("render", "--all")
    assert (together.code, together.err) == (0, said)
    assert "name: web-prod" in together.out
    checked = call("validate", "-q")
    assert (checked.code, checked.err) == (0, "")
    assert ": info: remote-source: " in checked.out


def test_release_without_objects_is_said(tree: Tree, call: Call) -> None:
    tree.write("charts/web/templates/config.yaml", "")
    ended = call("render", "web-stg")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == (
        "there is nothing to print: no template renders an object with these values\n"
    )
