"""`graph`: what a release is linked to, in four forms, with what validate finds in red."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from plate_llm_cli.exit_codes import ExitCode
from tests.cli.deployments import ours

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

__all__ = ["ours"]

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0.0
      envFrom:
        - configMapRef:
            name: {{ .Values.settings }}
"""
WEB = """\
flowchart LR
  subgraph r1["web-stg"]
    n1["Pod<br/>web-stg"]
    n2["ConfigMap<br/>web-stg"]
    n4["Application<br/>web-stg"]
  end
  n3["Image<br/>registry.example.com/web:1.0.0"]
  n5["Value file<br/>charts/web/values-stg.yaml"]
  n6["Chart<br/>charts/web"]
  n4 -->|"renders"| n6
  n4 --> n5
  n1 -->|"reads"| n2
  n1 -->|"web"| n3
  n5 --> n6
  classDef broken stroke:#cf222e,stroke-width:3px
  classDef doubtful stroke:#bf8700,stroke-width:3px
  classDef missing stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 4
  classDef absent stroke-dasharray:5 4
"""


@pytest.fixture
def web(tree: Tree) -> Tree:
    """The small tree with a pod that reads its ConfigMap."""
    tree.write("charts/web/templates/pod.yaml", POD)
    tree.write("charts/web/values-stg.yaml", "settings: web-stg\n")
    tree.write("charts/web/values.yaml", "greeting: hi\nsettings: web-prod\n")
    return tree


@pytest.mark.usefixtures("web")
def test_mermaid_is_what_is_drawn_unless_something_else_is_asked_for(call: Call) -> None:
    ended = call("graph", "web-stg")
    assert (ended.code, ended.out, ended.err) == (ExitCode.OK, WEB, "")


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["--output", "web.html"], "<!DOCTYPE html>"),
        (["--output", "web.dot"], 'digraph "web-stg" {'),
        (["--output", "web.gv"], 'digraph "web-stg" {'),
        (["--output", "web.json"], "{"),
        (["--output", "web.md"], "flowchart LR"),
        (["--output", "web.html", "--format", "dot"], 'digraph "web-stg" {'),
    ],
)
def test_the_name_of_the_file_says_how_to_draw(
    arguments: list[str], start: str, web: Tree, call: Call
) -> None:
    ended = call("graph", "web-stg", *arguments)
    assert (ended.code, ended.out, ended.err) == (ExitCode.OK, "", "")
    assert (web.root / arguments[1]).read_text("utf-8").splitlines()[0] == start


def test_a_broken_link_has_the_line_of_its_value(web: Tree, call: Call) -> None:
    web.write("charts/web/values-stg.yaml", "settings: web-stgg\n")
    drawn = json.loads(call("graph", "web-stg", "--format", "json").out)
    (found,) = [item for item in drawn["findings"] if item["rule"] == "missing-config-map"]
    assert (found["location"]["path"], found["location"]["line"]) == (
        "charts/web/values-stg.yaml",
        1,
    )
    (edge,) = found["edges"]
    (node,) = [item for item in drawn["nodes"] if item["id"] == edge["to"]]
    assert (node["kind"], node["name"]) == ("ConfigMap", "web-stgg")
    assert (node["missing"], node["state"]) == (True, "broken")


def test_a_picture_of_a_broken_deployment_is_no_failure(web: Tree, call: Call) -> None:
    web.write("charts/web/values-stg.yaml", "settings: web-stgg\n")
    ended = call("graph", "web-stg")
    assert ended.code == ExitCode.OK
    assert "-.->" in ended.out


def test_a_chart_that_does_not_render_is_broken_itself(web: Tree, call: Call) -> None:
    web.write("charts/web/templates/pod.yaml", "{{ fail }")
    ended = call("graph", "web-stg")
    assert ended.code == ExitCode.OK
    assert '["Chart<br/>charts/web<br/>broken"]' in ended.out


def test_values_of_secrets_are_not_drawn(web: Tree, call: Call) -> None:
    made = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {TOKEN: s3cr3tval}\n"
    web.write("charts/web/templates/secret.yaml", made)
    for name in ("mermaid", "dot", "html", "json"):
        out = call("graph", "web-stg", "--format", name).out
        assert "TOKEN" in out
        assert "s3cr3tval" not in out


def test_an_environment_that_is_none_is_refused(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    ended = call("graph", "web-stgg")
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert "did you mean web-stg?" in ended.err


def test_a_folder_that_is_not_there_is_refused_before_anything_is_rendered(call: Call) -> None:
    ended = call("graph", "web-stg", "--output", "no/where.html")
    assert "there is no folder no" in ended.err


@pytest.mark.usefixtures("ours")
def test_our_own_staging_reaches_openbao_over_two_releases(call: Call) -> None:
    drawn = json.loads(call("graph", "stg", "--format", "json").out)
    names = {item["id"]: f"{item['kind']} {item['name']}" for item in drawn["nodes"]}
    ways = {(names[edge["from"]], names[edge["to"]]) for edge in drawn["edges"]}
    assert ("Host llm.cocdev.co.kr", "Ingress plate-llm-stg") in ways
    assert ("Deployment plate-llm-stg", "Secret app-env-secrets") in ways
    assert ("SecretStore openbao", "OpenBao path secret/server/staging") in ways
    assert {edge["state"] for edge in drawn["edges"]} == {"sound"}


@pytest.mark.usefixtures("ours")
def test_our_own_staging_is_a_page_that_a_parser_takes(call: Call) -> None:
    page = call("graph", "stg", "--format", "html").out.partition("\n")[2]
    body = ET.fromstring(page).find("body")  # noqa: S314 - our own text
    assert body is not None
    assert body.findtext("header/h1") == "What plate-llm-stg is linked to"
