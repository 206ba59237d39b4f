"""Templates of ExternalSecrets, filled in by the real Helm engine."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm.binary import BinaryEngine
from plate_llm_cli.secrets.synced.failures import NotSyncedError
from plate_llm_cli.secrets.synced.filling import Filler, Template
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderFailure, RenderRequest
    from tests.secrets.synced.small_trees import SmallTree

VALUE = "vAlUe-<&>\"'{{ .x }}\n"


def templated(template: str) -> str:
    """A spec that reads path `a` and has a template."""
    return f"  dataFrom: [{{extract: {{key: a}}}}]\n  target:\n    template:\n{template}"


def fill(engine: EmbeddedEngine, text: str, **data: str) -> str:
    """One template, filled in."""
    values = {name: Secret(value) for name, value in data.items()}
    (found,) = Filler(engine, "1.37.0").fill([Template("spec.x", text, values)])
    return found.reveal()


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("no template", "no template"),
        ("  {{ .k }}  \n", f"  {VALUE}  \n"),
        ("{{ .k | b64enc }}", base64.b64encode(VALUE.encode()).decode()),
        ('{{ index . "k" }}', VALUE),
        (
            '{{ $m := . }}{{ $m.k | trunc 5 }}{{- /* nothing */ -}} {{ "fromJson" }}',
            "vAlUefromJson",
        ),
        ("{{ range $name, $value := . }}{{ $name }},{{ end }}", "j,k,l,"),
        ("{{ (fromJson .j).a.b }}", "c"),
        ("{{ (.l | fromJson | last).n }}", "2"),
        ("{{ if false }}{{ .gone }}{{ end }}x", "x"),
    ],
)
def test_templates_are_those_of_go_with_sprig(
    engine: EmbeddedEngine, template: str, expected: str
) -> None:
    data = {"k": VALUE, "j": '{"a": {"b": "c"}}', "l": '[{"n": 1}, {"n": 2}]'}

    assert fill(engine, template, **data) == expected


@pytest.mark.parametrize(
    "template",
    ["{{ .gone }}", "{{ $m := . }}{{ $m.gone | default .k }}", "{{ (fromJson .k).gone | quote }}"],
)
def test_a_key_that_is_not_there_is_an_error_as_to_the_operator(
    engine: EmbeddedEngine, template: str
) -> None:
    with pytest.raises(NotSyncedError) as caught:
        fill(engine, template, k="{}")

    assert caught.value.message == (
        'could not apply template: unable to execute spec.x: map has no entry for key "gone"'
    )
    assert not caught.value.unknown


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ .k | pkcs12key }}", "pkcs12key in a template"),
        ('{{ include "x" . }}', "include in a template"),
        ("{{ .k | toYaml }}", "toYaml in a template"),
        ("{{ randAlphaNum 8 }}", "randAlphaNum in a template"),
        ("{{ if true }}{{ else if (lookup `v1` `Secret` `a` `b`) }}{{ end }}", "lookup in a"),
        ('{{ define "x" }}{{ end }}', "a template in the template"),
        ('{{ hasKey . "k" }}', "hasKey of all keys"),
        ("{{ $ | keys | join `,` }}", "keys of all keys"),
        ('{{ index . "gone" }}', "index of a key that may not be there"),
        ("{{ (list nil) | first }}", "spec.x prints something that is not there"),
    ],
)
def test_what_helm_would_fill_in_differently_is_refused(
    engine: EmbeddedEngine, template: str, said: str
) -> None:
    with pytest.raises(NotSyncedError, match=said) as caught:
        fill(engine, template, k="v")

    assert caught.value.unknown


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("line 1\n{{ mustFromJson .k }}", "it fails in line 2"),
        ("line 1\n{{ fail .k }}", "it calls fail"),
    ],
)
def test_a_template_that_fails_is_named_and_no_value_is_shown(
    engine: EmbeddedEngine, template: str, said: str
) -> None:
    data = {"k": Secret("sEcReT")}
    templates = [Template("spec.good", "{{ .k }}", data), Template("spec.bad", template, data)]

    with pytest.raises(NotSyncedError) as caught:
        Filler(engine, "1.37.0").fill(templates)

    assert caught.value.message == (f"could not apply template: unable to execute spec.bad: {said}")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_bytes_that_are_no_text_are_refused_where_a_template_reads_them(
    engine: EmbeddedEngine,
) -> None:
    raw = b"\xff".decode(errors="surrogateescape")

    assert fill(engine, "{{ .k }}", k="v", raw=raw) == "v"
    with pytest.raises(NotSyncedError, match="raw, whose bytes are no UTF-8"):
        fill(engine, "{{ .raw }}", raw=raw)


def test_the_helm_binary_is_refused(helm_binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(helm_binary.parent), prepend=":")
    template = Template("spec.x", "{{ .k }}", {"k": Secret("v")})

    with pytest.raises(NotSyncedError, match="is the engine `embedded`"):
        Filler(BinaryEngine(), "1.37.0").fill([template])


class Looking:
    """Passes a request on, and looks at every file of its chart and at the arguments of Helm."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine = engine
        self.written: list[bytes] = []
        self.folder = Path()

    def texts(self, request: RenderRequest) -> dict[str, str] | RenderFailure:
        """As the engine's."""
        self.folder = request.chart
        self.written = [item.read_bytes() for item in request.chart.rglob("*") if item.is_file()]
        return self._engine.texts(request)


def test_no_value_is_written_to_a_file(engine: EmbeddedEngine) -> None:
    looking: Any = Looking(engine)
    template = Template("spec.x", "{{ .k | upper }}", {"k": Secret("secret-value")})

    (found,) = Filler(looking, "1.37.0").fill([template])

    assert found.reveal() == "SECRET-VALUE"
    assert any(b"{{ .k | upper }}" in text for text in looking.written)
    assert not any(b"secret-value" in text.lower() for text in looking.written)
    assert not looking.folder.exists()


def test_a_template_replaces_what_was_gathered(tree: SmallTree) -> None:
    spec = templated('      data: {made: "{{ .k }}!"}')

    assert tree.data(spec, a={"k": "v"}) == {"made": "v!"}


def test_merging_keeps_what_was_gathered(tree: SmallTree) -> None:
    spec = templated('      mergePolicy: Merge\n      data: {k: "{{ .k }}!", made: "x"}')

    assert tree.data(spec, a={"k": "v", "j": "w"}) == {"k": "v!", "j": "w", "made": "x"}


def test_a_template_without_data_keeps_what_was_gathered(tree: SmallTree) -> None:
    assert tree.data(templated("      type: Opaque"), a={"k": "v"}) == {"k": "v"}


def test_literal_templates_write_keys_as_well_and_data_wins(tree: SmallTree) -> None:
    spec = templated(
        "      templateFrom:\n"
        '      - literal: "{{ range $k, $v := . }}{{ $k }}_x: {{ $v | quote }}\\n{{ end }}"\n'
        '      - {target: Labels, literal: "a: {{ .one }}"}\n'
        '      data: {two_x: "mine"}'
    )

    assert tree.data(spec, a={"one": "1", "two": "2"}) == {"one_x": "1", "two_x": "mine"}


def test_a_literal_template_has_to_make_texts(tree: SmallTree) -> None:
    spec = templated('      templateFrom: [{literal: "port: {{ .k }}"}]')

    with pytest.raises(NotSyncedError, match=r"templateFrom\[0\] makes no YAML map of texts"):
        tree.data(spec, a={"k": "8080"})


def test_a_template_of_a_label_that_fails_keeps_the_secret_from_being_made(
    tree: SmallTree,
) -> None:
    with pytest.raises(NotSyncedError, match=r"template\.metadata\.labels\.a: map has no entry"):
        tree.data(templated('      metadata: {labels: {a: "{{ .gone }}"}}'), a={"k": "v"})


def test_a_registry_login_is_filled_in_as_the_chart_writes_it(tree: SmallTree) -> None:
    inner = (
        '{{ dict "auths" (dict .registry (dict "username" .username "password" .password'
        ' "auth" (printf "%s:%s" .username .password | b64enc))) | toJson }}'
    )
    stored = {"registry": "r.example.com", "username": "robot$a", "password": 'p"<'}

    found = tree.data(templated(f"      data: {{.dockerconfigjson: '{inner}'}}"), a=stored)

    assert found is not None
    assert json.loads(found[".dockerconfigjson"]) == {
        "auths": {
            "r.example.com": {
                "username": "robot$a",
                "password": 'p"<',
                "auth": base64.b64encode(b'robot$a:p"<').decode(),
            }
        }
    }
