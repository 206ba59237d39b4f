from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm.provenance.tracer import DocumentId, Field, ValueTracer
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest
    from plate_llm_cli.helm.provenance.tracer import Trace
    from plate_llm_cli.source.nodes import Route

    MakeTrace = Callable[..., Trace]

VALUES = """\
name: web
replicas: 2
image: {repository: nginx, tag: "1.2"}
service: {type: ClusterIP, port: 80}
ingress: {enabled: true, className: nginx, hosts: [{host: a.example, path: /}]}
labels: {team: core}
unused: 1
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Values.name }}}
spec:
  replicas: {{ .Values.replicas }}
  template:
    metadata:
      annotations: {sum: {{ toYaml .Values | sha256sum }}}
      labels: {{- toYaml .Values.labels | nindent 8 }}
    spec:
      containers:
        - name: {{ .Release.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          token: {{ randAlphaNum 9 }}
"""
INGRESS = """\
{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: {{ .Values.name }}}
spec:
  ingressClassName: {{ .Values.ingress.className }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host }}
      http:
        paths:
          - {path: {{ .path }}, pathType: Prefix}
    {{- end }}
---
{{- end }}
apiVersion: v1
kind: Service
metadata: {name: {{ .Values.name }}}
spec:
  type: {{ .Values.service.type }}
  {{- if eq .Values.service.type "LoadBalancer" }}
  loadBalancerClass: x
  {{- end }}
"""
FILES = {
    "values.yaml": VALUES,
    "templates/deployment.yaml": DEPLOYMENT,
    "templates/web.yaml": INGRESS,
}


@pytest.fixture
def make_trace(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> MakeTrace:
    def make(values: dict[str, Any] | None = None, files: dict[str, str] = FILES) -> Trace:
        return ValueTracer(engine).trace(request_for(make_chart(files), values))

    return make


def at(kind: str, *route: str | int, name: str = "web") -> Field:
    template = "deployment" if kind == "Deployment" else "web"
    return Field(f"demo/templates/{template}.yaml", DocumentId(kind, name), route)


CONTAINER: Route = ("spec", "template", "spec", "containers", 0)


@pytest.mark.parametrize(
    ("field", "routes"),
    [
        (at("Deployment", "spec", "replicas"), ["replicas"]),
        (at("Deployment", *CONTAINER, "image"), ["image.repository", "image.tag"]),
        (at("Deployment", "metadata", "name"), ["name"]),
        (at("Deployment", "spec", "template", "metadata", "labels", "team"), ["labels.team"]),
        (at("Deployment", *CONTAINER, "name"), []),
        (at("Deployment", *CONTAINER, "token"), []),
        (at("Deployment", "spec", "template", "metadata", "annotations", "sum"), []),
        (at("Deployment", "kind"), []),
        (at("Ingress", "spec", "ingressClassName"), ["ingress.className"]),
        (at("Ingress", "spec", "rules", 0, "host"), ["ingress.hosts[0].host"]),
        (
            at("Ingress", "spec", "rules", 0, "http", "paths", 0, "path"),
            ["ingress.hosts[0].path"],
        ),
        (at("Service", "spec", "type"), ["service.type"]),
    ],
)
def test_the_values_behind_a_field(make_trace: MakeTrace, field: Field, routes: list[str]) -> None:
    assert [format_route(origin.route) for origin in make_trace().explain(field)] == routes


def test_a_field_that_is_there_because_of_a_switch_names_the_switch(
    make_trace: MakeTrace,
) -> None:
    field = at("Ingress", "spec", "rules", 0, "http", "paths", 0, "pathType")
    (origin,) = make_trace().explain(field)
    assert (origin.route, origin.exact, origin.others) == (("ingress", "enabled"), False, 6)


def test_a_value_of_an_overlay_is_found_before_the_switch(make_trace: MakeTrace) -> None:
    trace = make_trace({"ingress": {"hosts": [{"host": "b.example", "path": "/v1"}]}})
    (origin,) = trace.explain(at("Ingress", "spec", "rules", 0, "host"))
    assert (origin.route, origin.exact, origin.others) == (("ingress", "hosts", 0, "host"), True, 0)


def test_a_switch_of_which_a_word_counts_is_found(make_trace: MakeTrace) -> None:
    trace = make_trace({"service": {"type": "LoadBalancer"}})
    field = at("Service", "spec", "loadBalancerClass")
    assert [origin.route for origin in trace.explain(field)] == [("service", "type")]


def test_the_fields_behind_a_value(make_trace: MakeTrace) -> None:
    trace = make_trace()
    assert trace.fields_of(("image", "tag")) == {at("Deployment", *CONTAINER, "image")}
    assert trace.fields_of(("unused",)) == frozenset()


def test_a_name_in_several_documents_moves_them_all(make_trace: MakeTrace) -> None:
    assert make_trace().fields_of(("name",)) == {
        at(kind, "metadata", "name") for kind in ("Deployment", "Ingress", "Service")
    }


def test_each_value_is_rendered_otherwise_only_once(
    make_trace: MakeTrace, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = make_trace()
    field = at("Deployment", "spec", "replicas")
    first = trace.explain(field)

    def refuse(*_: object) -> None:
        pytest.fail("rendered again")

    monkeypatch.setattr(engine, "render_variants", refuse)
    assert trace.explain(field) == first


def test_a_value_used_only_in_another_template_is_not_rendered(make_trace: MakeTrace) -> None:
    trace = make_trace()
    trace.explain(at("Ingress", "kind"))
    assert ("image", "tag") not in trace._effects


def test_a_chart_that_does_not_render_explains_nothing(make_trace: MakeTrace) -> None:
    files = {**FILES, "templates/x.yaml": '{{ fail "no" }}'}
    assert make_trace(None, files).explain(at("Deployment", "spec", "replicas")) == []


def test_values_of_a_subchart_are_found_in_the_parents_file(make_trace: MakeTrace) -> None:
    files = {
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "charts/sub/values.yaml": "x: 7\n",
        "charts/sub/templates/s.yaml": (
            "kind: ConfigMap\nmetadata: {name: s}\ndata: {x: {{ .Values.x }}}\n"
        ),
    }
    field = Field("demo/charts/sub/templates/s.yaml", DocumentId("ConfigMap", "s"), ("data", "x"))
    assert [each.route for each in make_trace(None, files).explain(field)] == [("sub", "x")]


CHECKED = """\
{{- range .Values.tls }}
{{- if ne . $.Values.host }}{{ fail "a certificate without a rule" }}{{ end }}
{{- end }}
kind: Ingress
metadata: {name: web}
spec:
  tls: [{hosts: {{ toJson .Values.tls }}}]
  rules: [{host: {{ .Values.host }}}]
"""


@pytest.mark.parametrize(
    ("route", "best"),
    [
        (("spec", "rules", 0, "host"), ("host",)),
        (("spec", "tls", 0, "hosts", 0), ("tls", 0)),
    ],
)
def test_values_that_must_be_equal_are_changed_together(
    make_trace: MakeTrace, route: Route, best: Route
) -> None:
    files = {"values.yaml": "host: a.example\ntls: [a.example]\n", "templates/web.yaml": CHECKED}
    origins = make_trace(None, files).explain(at("Ingress", *route))
    assert origins[0].route == best
    assert {origin.route for origin in origins} == {("host",), ("tls", 0)}


def test_an_item_of_a_list_is_not_credited_to_one_before_it(make_trace: MakeTrace) -> None:
    template = (
        "kind: Deployment\nmetadata: {name: web}\nenv:\n"
        "  {{- with .Values.first }}\n  - {name: FIRST, value: {{ . }}}\n  {{- end }}\n"
        "  - {name: SECOND, value: fixed}\n"
    )
    files = {"values.yaml": "first: text\n", "templates/deployment.yaml": template}
    trace = make_trace({"first": True}, files)
    assert trace.explain(at("Deployment", "env", 1, "name")) == []
    assert [each.route for each in trace.explain(at("Deployment", "env", 0, "name"))] == [
        ("first",)
    ]


def test_a_part_that_is_asked_for_is_found_without_the_others(make_trace: MakeTrace) -> None:
    trace = make_trace()
    (origin,) = trace.explain(at("Deployment", *CONTAINER, "image"), "1.2")
    assert origin.route == ("image", "tag")
    assert list(trace._effects) == [("image", "tag")]


def test_a_part_that_is_no_value_leads_to_all_that_move_the_field(make_trace: MakeTrace) -> None:
    found = make_trace().explain(at("Deployment", *CONTAINER, "image"), "elsewhere")
    assert [format_route(origin.route) for origin in found] == ["image.repository", "image.tag"]


@pytest.fixture
def make_two(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> Callable[..., tuple[Trace, Trace]]:
    def make(second: dict[str, Any], files: dict[str, str] = FILES) -> tuple[Trace, Trace]:
        tracer, chart = ValueTracer(engine), make_chart(files)
        return tracer.trace(request_for(chart, {})), tracer.trace(request_for(chart, second))

    return make


def test_in_another_release_of_the_chart_the_same_values_are_tried_first(
    make_two: Callable[..., tuple[Trace, Trace]],
) -> None:
    field = at("Deployment", *CONTAINER, "image")
    first, second = make_two({"image": {"tag": "2.0"}})
    found = first.explain(field)
    assert second.explain(field) == found
    assert set(second._effects) == {("image", "repository"), ("image", "tag")}


def test_what_one_release_shows_is_not_looked_for_again_in_the_next(
    make_two: Callable[..., tuple[Trace, Trace]],
) -> None:
    field = at("Ingress", "spec", "ingressClassName")
    first, second = make_two({"ingress": {"className": "traefik"}})
    found = first.explain(field)
    assert second.explain(field, text="traefik") == found
    assert second._effects == {}


def test_another_release_of_the_chart_with_another_value_behind_the_field(
    make_two: Callable[..., tuple[Trace, Trace]],
) -> None:
    named = DEPLOYMENT.replace(
        "name: {{ .Release.Name }}",
        'name: "a-{{ if eq .Values.name "web" }}{{ .Values.name }}{{ else }}'
        '{{ .Values.labels.team }}{{ end }}"',
    )
    first, second = make_two({"name": "api"}, {**FILES, "templates/deployment.yaml": named})
    route = (*CONTAINER, "name")
    (origin,) = first.explain(at("Deployment", *route))
    assert origin.route == ("name",)
    (other,) = second.explain(at("Deployment", *route, name="api"))
    assert other.route == ("labels", "team")
