"""What findings make of nodes and edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.findings import Finding, Location, Resource, Severity
from plate_llm_cli.graph.drawing.model import State
from plate_llm_cli.graph.drawing.troubles import marked
from tests.graph.drawing.conftest import drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.drawing.model import Drawing

    Shop = Callable[..., Deployment]

ENV = "spec.template.spec.containers[0].env"


def _finding(
    resource: Resource | None,
    severity: Severity = Severity.ERROR,
    path: str = "shop/all.yaml",
    environments: tuple[str, ...] = ("shop",),
) -> Finding:
    place = Location(path, 1, 1, 1, 2)
    return Finding("some-rule", severity, "it is wrong", "", place, environments, resource=resource)


def _of_pods(field: str) -> Resource:
    return Resource("Deployment", "shop", "shop", field)


def _states(drawing: Drawing) -> dict[str, str]:
    """Everything that is not sound, in words."""
    node = drawing.node
    found = {it.label: it.state.value for it in drawing.nodes if it.state is not State.SOUND}
    for edge in drawing.edges:
        if edge.state is not State.SOUND:
            name = f"{node[edge.source].label} > {node[edge.target].label}"
            found[name] = edge.state.value
    return found


def _marked(deployment: Deployment, *findings: Finding, name: str = "shop") -> Drawing:
    return marked(drawn(deployment, name), deployment, findings)


@pytest.mark.parametrize(
    "field", [f"{ENV}[1].valueFrom.configMapKeyRef.name", f"{ENV}[1].valueFrom.configMapKeyRef"]
)
def test_a_finding_about_a_reference_breaks_the_link_and_the_missing_end(
    field: str, shop: Shop
) -> None:
    drawing = _marked(shop(), _finding(_of_pods(field)))
    assert _states(drawing) == {
        "ConfigMap settings": "broken",
        "Deployment shop > ConfigMap settings": "broken",
    }


def test_an_end_that_is_there_stays_sound(shop: Shop) -> None:
    field = f"{ENV}[0].valueFrom.secretKeyRef.key"
    drawing = _marked(shop(), _finding(_of_pods(field), Severity.WARNING))
    assert _states(drawing) == {"Deployment shop > Secret shop": "doubtful"}


def test_a_finding_about_the_container_is_about_the_object(shop: Shop) -> None:
    field = "spec.template.spec.containers[0]"
    drawing = _marked(shop(), _finding(_of_pods(field), Severity.INFO))
    assert _states(drawing) == {"Deployment shop": "noted"}


def test_a_port_of_a_service_is_its_link_to_the_pods(shop: Shop) -> None:
    resource = Resource("Service", "shop", "shop", "spec.ports[0].targetPort")
    drawing = _marked(shop(), _finding(resource))
    assert _states(drawing) == {"Service shop > Deployment shop": "broken"}


def test_a_finding_about_an_autoscaler_is_shown_on_what_it_scales(shop: Shop) -> None:
    resource = Resource("HorizontalPodAutoscaler", "shop", "shop", "spec.minReplicas")
    assert _states(_marked(shop(), _finding(resource))) == {"Deployment shop": "broken"}


def test_a_path_of_openbao_is_asked_for_by_the_external_secret(shop: Shop) -> None:
    resource = Resource("ExternalSecret", "shop", "shop", "spec.data[0].remoteRef.property")
    drawing = _marked(shop(), _finding(resource, environments=("secrets",)))
    link = "SecretStore openbao > OpenBao path secret/shop/prod"
    assert _states(drawing) == {link: "broken"}


def test_a_file_stands_for_what_is_wrong_in_it(shop: Shop) -> None:
    finding = _finding(None, path="charts/web/values-prod.yaml", environments=("web",))
    drawing = _marked(shop(), finding, name="web")
    assert _states(drawing) == {"Value file charts/web/values-prod.yaml": "broken"}


def test_what_is_wrong_elsewhere_is_counted_or_left_out(shop: Shop) -> None:
    other = Resource("NetworkPolicy", "shop", "shop", "spec")
    own, foreign = _finding(other), _finding(other, environments=("web",))
    drawing = _marked(shop(), own, foreign)
    assert (drawing.troubles, drawing.others, _states(drawing)) == ((), 1, {})


def test_an_object_of_the_same_release_that_is_not_drawn_has_no_stand_in(shop: Shop) -> None:
    resource = Resource("ExternalSecret", "others", "shop", "spec.dataFrom[0].extract.key")
    finding = _finding(resource, environments=("secrets",))
    assert _states(_marked(shop(), finding)) == {}


def test_a_finding_of_two_releases_is_shown_in_both(build: Callable[..., Deployment]) -> None:
    deployment = build(_TWINS)
    resource = Resource("Pod", "web-two", "two", f"{_POD}.name")
    finding = _finding(resource, environments=("web-one", "web-two"))
    drawing = marked(drawn(deployment, "web-one"), deployment, [finding])
    assert _states(drawing) == {
        "Pod web-one > ConfigMap lost": "broken",
        "ConfigMap lost": "broken",
    }


def test_what_is_not_in_the_tree_has_its_place(shop: Shop) -> None:
    drawing = _marked(shop())
    node = drawing.node
    assert [
        (node[it.node].label, it.location.path, it.location.line) for it in drawing.elsewhere
    ] == [
        ("ConfigMap settings", "shop/all.yaml", 50),
        ("ClusterIssuer letsencrypt", "shop/all.yaml", 6),
    ]


_POD = "spec.containers[0].envFrom[0].configMapRef"
_TWIN = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web-{name}
  namespace: argocd
spec:
  source:
    repoURL: https://git.example.com/team/deploy.git
    path: charts/twin
  destination:
    server: https://kubernetes.default.svc
    namespace: {name}
"""
_TWINS = {
    "apps/one.yaml": _TWIN.format(name="one"),
    "apps/two.yaml": _TWIN.format(name="two"),
    "charts/twin/Chart.yaml": "apiVersion: v2\nname: twin\nversion: 0.1.0\n",
    "charts/twin/templates/pod.yaml": """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: web
      image: web:1
      envFrom:
        - configMapRef:
            name: lost
""",
}
