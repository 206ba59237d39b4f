"""What is drawn of a release, and of others as far as it reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.build import draw
from plate_llm_cli.graph.drawing.secrets import Described
from plate_llm_cli.graph.places import FilePlace
from plate_llm_cli.source.nodes import Span
from plate_llm_cli.source.reader import parse_text
from tests.graph.conftest import APPLICATION as WEB
from tests.graph.drawing.conftest import SHOP, drawn, ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.graph.deployment import Deployment

    Shop = Callable[..., Deployment]


def test_a_release_is_drawn_from_its_host_to_openbao(shop: Shop) -> None:
    assert ways(drawn(shop())) == [
        "Application secrets > Manifests secrets",
        "Application shop > Manifests shop",
        "Deployment shop > ConfigMap settings",
        "Deployment shop > Image registry.example.com/shop:1.0.0",
        "Deployment shop > Secret shop",
        "ExternalSecret shop > SecretStore openbao",
        "Host shop.example.com > Ingress shop",
        "Ingress shop > Secret shop-tls",
        "Ingress shop > Service shop",
        "Secret shop > ExternalSecret shop",
        "Secret shop-tls > ClusterIssuer letsencrypt",
        "SecretStore openbao > OpenBao path secret/shop/prod",
        "Service shop > Deployment shop",
    ]


def test_keys_are_on_the_secret_and_on_the_path(shop: Shop) -> None:
    notes = {node.label: node.notes for node in drawn(shop()).nodes}
    assert notes["Secret shop"] == ("PASSWORD",)
    assert notes["OpenBao path secret/shop/prod"] == ("password",)


def test_an_autoscaler_is_a_note_of_what_it_scales(shop: Shop) -> None:
    (node,) = [item for item in drawn(shop()).nodes if item.kind == "Deployment"]
    assert node.notes == ("2 pods", "HPA 2 to 5 pods")
    assert node.holds == (("HorizontalPodAutoscaler", "shop", "shop"),)


def test_an_autoscaler_of_nothing_leads_to_what_it_asks_for(shop: Shop) -> None:
    slip = ("kind: Deployment, name: shop}", "kind: Deployment, name: shp}")
    drawing = drawn(shop(shop=slip))
    assert "HorizontalPodAutoscaler shop > Deployment shp" in ways(drawing)
    assert drawing.node["Deployment", "shop", "shp"].missing


def test_what_is_asked_for_and_not_there_is_named_as_it_is_asked_for(shop: Shop) -> None:
    missing = [node.label for node in drawn(shop()).nodes if node.missing]
    assert missing == ["ConfigMap settings", "ClusterIssuer letsencrypt"]


def test_a_service_of_no_pods_leads_to_its_labels(shop: Shop) -> None:
    drawing = drawn(shop(shop=("spec:\n  selector: {app: shop}", "spec:\n  selector: {app: x}")))
    assert "Service shop > Pods app=x" in ways(drawing)


def test_a_backend_that_is_not_there_is_missing(shop: Shop) -> None:
    drawing = drawn(shop(shop=("service: {name: shop", "service: {name: shp")))
    assert drawing.node["Service", "shop", "shp"].missing


def test_a_key_that_is_not_made_says_so(shop: Shop) -> None:
    drawing = drawn(shop(shop=("key: PASSWORD", "key: PASSWORT")))
    secret = drawing.node["Secret", "shop", "shop"]
    assert secret.notes == ("PASSWORD", "PASSWORT (no such key)")


def test_a_store_that_is_not_there_is_missing(shop: Shop) -> None:
    named = "secretStoreRef: {{kind: SecretStore, name: {}}}"
    drawing = drawn(shop(secrets=(named.format("openbao"), named.format("vault"))))
    assert drawing.node["SecretStore", "shop", "vault"].missing


def test_what_leads_to_a_release_from_outside_is_drawn_without_its_neighbours(shop: Shop) -> None:
    labels = [node.label for node in drawn(shop(), "secrets").nodes]
    assert "OpenBao path secret/others/prod" in labels
    assert "Deployment shop" not in labels


def test_an_ingress_of_another_release_comes_with_its_certificate(shop: Shop) -> None:
    outside = SHOP.partition("---")[0].replace("name: shop\n", "name: edge\n", 1)
    outside = outside.replace("shop-tls", "edge-tls")
    name = "metadata:\n  name: openbao\n"
    store = f"apiVersion: external-secrets.io/v1\nkind: SecretStore\n{name}"
    deployment = shop(secrets=(store, f"{outside}---\n{store}"))
    labels = [node.label for node in drawn(deployment).nodes]
    assert {"Ingress edge", "Secret edge-tls", "ClusterIssuer letsencrypt"} <= set(labels)


def test_values_lead_to_the_chart_that_reads_them(shop: Shop) -> None:
    drawing = drawn(shop(), "web")
    assert ways(drawing) == [
        "Application web > Chart charts/web",
        "Application web > Value file charts/web/values-prod.yaml",
        "Value file charts/web/values-prod.yaml > Chart charts/web",
    ]
    application = drawing.node["Application", "argocd", "web"]
    assert application.notes == ("helm.values", "1 parameter")


def test_a_value_file_that_is_not_there_is_named_as_it_is_asked_for(
    build: Callable[..., Deployment],
) -> None:
    text = WEB.replace("[values-prod.yaml]", "[values-live.yaml]")
    drawing = drawn(build({"apps/web.yaml": text}), "web")
    assert drawing.node["Value file", "", "values-live.yaml"].missing


def test_paths_lead_to_the_spec_that_describes_them(shop: Shop) -> None:
    deployment = shop()
    file = parse_text("version: 1\n", "environments/secrets.yaml")
    place = FilePlace(file, Span(1, 1, 1, 2))
    described = Described(file.path, {"secret/others/prod": (place,)})
    release = next(item for item in deployment.releases if item.name == "secrets")
    drawing = draw(deployment, release, described)
    spec = "OpenBao path secret/others/prod > Secrets spec environments/secrets.yaml"
    assert spec in ways(drawing)
    assert [node.name for node in drawing.nodes if node.missing] == ["secret/shop/prod"]


def test_the_same_tree_is_drawn_the_same(shop: Shop) -> None:
    first, second = drawn(shop()), drawn(shop())
    assert first.nodes == second.nodes
    assert ways(first) == ways(second)
