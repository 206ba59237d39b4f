"""`render`: the bytes of `helm template`, and the options that change what is printed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

HERE = Path(__file__).parents[2]
CONFIG = """\
---
# Source: web/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-stg
  namespace: staging
data:
  greeting: "{}"
"""
HOOK = """\
apiVersion: v1
kind: Pod
metadata:
  name: probe
  annotations:
    helm.sh/hook: test
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
"""


def _greeting(call: Call, *arguments: str) -> str:
    ended = call("render", "web-stg", *arguments)
    assert (ended.code, ended.err) == (0, "")
    return ended.out.rpartition("greeting:")[2].strip().strip('"')


def test_manifests_with_their_source(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    ended = call("render", "web-stg")
    assert (ended.code, ended.out, ended.err) == (0, CONFIG.format("welcome"), "")


@pytest.mark.parametrize(
    ("arguments", "greeting"),
    [
        (["--set", "greeting=one"], "one"),
        (["--set", "greeting=one", "--set", "greeting=two"], "two"),
        (["--set", "a=1,greeting=one"], "one"),
        (["--set-string", "greeting=01"], "01"),
        (["--set", "greeting=null"], ""),
        (["--set", "greeting="], ""),
        (["--set", "greeting=a\\,b"], "a,b"),
        (["--values", "more.yaml"], "from a file"),
        (["--values", "more.yaml", "--set", "greeting=one"], "one"),
        (["--set", "greeting=one", "--values", "more.yaml"], "one"),
    ],
)
def test_values_on_top(arguments: list[str], greeting: str, tree: Tree, call: Call) -> None:
    tree.write("more.yaml", "greeting: from a file\n")
    assert _greeting(call, *arguments) == greeting


def test_values_win_over_parameters_of_the_application(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    assert 'greeting: "hello"' in call("render", "web-prod").out
    assert 'greeting: "one"' in call("render", "web-prod", "--set", "greeting=one").out


def test_values_from_stdin(call: Call, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tree.root.exists()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"greeting: piped\n")))
    assert _greeting(call, "--values", "-") == "piped"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "a"], "error: --set 'a': key \"a\" has no value\n"),
        (["--set", "a[x]=1"], "error: --set 'a[x]': "),
        (["--set", "a[99999999]=1"], "error: --set 'a[99999999]': "),
        (["--set-string", "=1"], ""),
        (["--set", "[0]=1"], ""),
        (
            ["--set", "greeting.x=1"],
            "error: web-stg: --set greeting.x cannot be set: "
            "greeting is no map in the values before it\n",
        ),
        (["--values", "nowhere.yaml"], "error: --values nowhere.yaml: No such file or directory\n"),
        (["--values", "charts"], "error: --values charts: Is a directory\n"),
        (["--values", "list.yaml"], "error: --values list.yaml: no mapping\n"),
        (["--values", "broken.yaml"], "error: --values broken.yaml: a value is expected here\n"),
        (["--values", "/dev/zero"], "error: --values /dev/zero: the file has NUL bytes: "),
    ],
)
def test_values_that_cannot_be_read(
    arguments: list[str], said: str, tree: Tree, call: Call
) -> None:
    tree.write("list.yaml", "[1]\n")
    tree.write("broken.yaml", "a: [\n")
    ended = call("render", "web-stg", *arguments)
    assert ended.code == (2 if said else 0)
    assert ended.err.startswith(said)
    assert bool(ended.out) is not bool(said)


@pytest.mark.parametrize(
    "template",
    [
        "templates/config.yaml",
        "./templates/config.yaml",
        "web/templates/config.yaml",
        "charts/web/templates/config.yaml",
        "templates/con*.yaml",
    ],
)
def test_only_one_template(template: str, tree: Tree, call: Call) -> None:
    tree.write("charts/web/templates/other.yaml", CRD)
    ended = call("render", "web-stg", "--show-only", template)
    assert (ended.code, ended.out.rstrip("\n")) == (0, CONFIG.format("welcome").rstrip("\n"))


def test_only_one_template_in_every_form(tree: Tree, call: Call) -> None:
    tree.write("charts/web/templates/other.yaml", CRD)
    chosen = ["render", "web-stg", "-s", "templates/config.yaml"]
    manifests = json.loads(call(*chosen, "--format", "json").out)["releases"][0]["manifests"]
    assert [item["object"]["kind"] for item in manifests] == ["ConfigMap"]
    assert call(*chosen, "--out", "rendered").err == "1 file written to rendered\n"


def test_only_a_template_that_is_not_there(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    ended = call("render", "web-stg", "-s", "templates/confg.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: no template 'templates/confg.yaml'\nhint: did you mean templates/config.yaml?\n"
    )


def test_only_a_template_that_renders_to_nothing(tree: Tree, call: Call) -> None:
    tree.write("charts/web/templates/off.yaml", "{{ if .Values.on }}a: 1{{ end }}")
    ended = call("render", "web-stg", "-s", "templates/off.yaml")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "templates/off.yaml renders to nothing with these values\n"


def test_json(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    assert json.loads(call("render", "web-stg", "--format", "json").out) == {
        "version": 1,
        "releases": [
            {
                "name": "web-stg",
                "namespace": "staging",
                "manifests": [
                    {
                        "source": "charts/web/templates/config.yaml",
                        "object": {
                            "apiVersion": "v1",
                            "kind": "ConfigMap",
                            "metadata": {"name": "web-stg", "namespace": "staging"},
                            "data": {"greeting": "welcome"},
                        },
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        (
            "ConfigMap",
            "error: --trace 'ConfigMap' is not KIND/NAME:FIELD\n"
            "hint: for example Deployment/web:spec.replicas\n",
        ),
        (
            "ConfigMap/web-stg:.",
            "error: --trace 'ConfigMap/web-stg:.' is not KIND/NAME:FIELD\n"
            "hint: for example Deployment/web:spec.replicas\n",
        ),
        (
            "ConfigMap/web-stg:data[2].x",
            "error: ConfigMap/web-stg has no field data[2].x\nhint: there are: greeting\n",
        ),
        (
            "ConfigMap/web-sgt:data.greeting",
            "error: no object ConfigMap/web-sgt is rendered\n"
            "hint: did you mean ConfigMap/web-stg?\n",
        ),
        (
            "ConfigMap/web-stg:data.greting",
            "error: ConfigMap/web-stg has no field data.greting\nhint: there are: greeting\n",
        ),
    ],
)
def test_trace_of_what_is_not_there(trace: str, said: str, tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    ended = call("render", "web-stg", "--trace", trace)
    assert (ended.code, ended.out, ended.err) == (2, "", said)


def test_trace(tree: Tree, call: Call) -> None:
    assert tree.root.exists()
    ended = call("render", "web-stg", "--trace", "configmap/web-stg:data.greeting")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "ConfigMap/web-stg in web-stg\n"
        '  data.greeting = "welcome"\n'
        "  set by value greeting\n"
        "    charts/web/values-stg.yaml:1:1\n"
        "      greeting: welcome\n"
        "  overrides this value\n"
        "    charts/web/values.yaml:1:1\n"
        "      greeting: hi\n"
        "  rendered by\n"
        "    charts/web/templates/config.yaml:7:3\n"
        "      greeting: {{ .Values.greeting | quote }}\n"
    )


def test_trace_in_the_releases_that_have_the_field(tree: Tree, call: Call) -> None:
    tree.write(
        "charts/web/templates/config.yaml",
        "kind: ConfigMap\nmetadata:\n  name: config\n"
        '{{ if eq .Release.Name "web-stg" }}data:\n  greeting: hello\n{{ end }}',
    )
    ended = call("render", "--all", "--trace", "ConfigMap/config:data.greeting")
    assert ended.code == 0
    assert ended.out.startswith("ConfigMap/config in web-stg\n")


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("1.31", "v1.31.0"),
        ("v1.31", "v1.31.0"),
        ("1.31.7", "v1.31.7"),
        ("v1.31.7-eks-1234", "v1.31.7-eks-1234"),
        ("v1.31.7+k3s1", "v1.31.7+k3s1"),
        ("1.31.x", "v1.31.0"),
        (" 1.31 ", "v1.31.0"),
    ],
)
def test_version_as_people_have_it_at_hand(given: str, seen: str, tree: Tree, call: Call) -> None:
    tree.replace(
        "charts/web/templates/config.yaml", ".Values.greeting", ".Capabilities.KubeVersion.Version"
    )
    assert f'greeting: "{seen}"' in call("render", "web-stg", "--kubernetes-version", given).out


def test_stream_of_all_releases_is_yaml(tree: Tree, call: Call) -> None:
    tree.write("plain/a.yaml", "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    tree.write("plain/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b")
    tree.take_plain_manifests("plain")
    file = parse_text(call("render", "--all").out, "all")
    names = [document.root.get("metadata").get("name").text for document in file.documents]  # type: ignore[union-attr]
    assert (file.problems, names) == ([], ["web-prod", "a", "b"])


def test_file_name_cannot_pass_for_yaml(tree: Tree, call: Call) -> None:
    tree.write("plain/a\nkind: Evil #.yaml", "apiVersion: v1\nkind: ConfigMap\n")
    tree.take_plain_manifests("plain")
    assert call("render", "web-stg").out == (
        "---\n# Source: plain/a\\x0akind: Evil #.yaml\napiVersion: v1\nkind: ConfigMap\n"
    )


def _helm(binary: Path, *arguments: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - the helm binary
        [binary, "template", *arguments], capture_output=True, timeout=60, check=True
    )
    return done.stdout


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([], []),
        (["--set", "greeting=x"], ["--set", "greeting=x"]),
        (["--set", "greeting=1000000"], ["--set", "greeting=1000000"]),
        (["--set-string", "greeting=true"], ["--set-string", "greeting=true"]),
        (["--no-include-crds"], []),
        (["--include-crds"], ["--include-crds"]),
        (["--kubernetes-version", "1.31"], ["--kube-version", "1.31.0"]),
        (["--api-versions", "a/v1"], ["--api-versions", "a/v1"]),
    ],
)
def test_same_bytes_as_helm_template(
    ours: list[str], theirs: list[str], tree: Tree, call: Call, helm_binary: Path
) -> None:
    tree.write("charts/web/crds/widget.yaml", CRD)
    tree.write("charts/web/templates/probe.yaml", HOOK)
    tree.write("charts/web/templates/text.yaml", "apiVersion: v1\nkind: Secret\na: |+\n  b\n\n\n")
    tree.write(
        "charts/web/templates/about.yaml",
        "kind: About\napiVersion: {{ .Capabilities.KubeVersion }}\n"
        'has: {{ .Capabilities.APIVersions.Has "a/v1" }}\n---\nkind: Zebra\n',
    )
    crds = [] if any("crds" in item for item in ours) else ["--include-crds"]
    version = [] if "--kube-version" in theirs else ["--kube-version", "1.37.0"]
    flags = ["-n", "staging", "-f", "charts/web/values-stg.yaml", *crds, *version, *theirs]
    ended = call("render", "web-stg", *ours)
    assert ended.out == _helm(helm_binary, "web-stg", "charts/web", *flags).decode()


@pytest.mark.parametrize("name", ["stg", "prod"])
def test_same_bytes_as_helm_template_for_our_own_chart(
    name: str, call: Call, helm_binary: Path
) -> None:
    chart = HERE / "charts/plate-llm"
    flags = ["-n", f"plate-{name}", "-f", str(chart / f"values-{name}.yaml")]
    flags += ["--kube-version", "1.37.0"]
    flags += ["--include-crds"]
    theirs = _helm(helm_binary, f"plate-llm-{name}", str(chart), *flags).decode()
    assert call("render", name, "-C", str(HERE)).out == theirs
