"""Versions, lists, and what a catalogue keeps."""

from __future__ import annotations

import subprocess
import sys

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.schemas.catalog import SchemaCatalog, expand, known_versions, newest_version
from plate_llm_cli.schemas.versions import nearest_version
from plate_llm_cli.schemas.violations import Status
from tests.schemas.conftest import deployment, manifest


def test_versions_are_in_order() -> None:
    known = known_versions()
    assert known[0] == "1.25"
    assert list(known) == sorted(known, key=lambda version: int(version.split(".")[1]))
    assert newest_version() == known[-1]


@pytest.mark.parametrize("text", ["1.31", "v1.31", "1.31.2", "v1.31.2+k3s1", "v1.31.4-eks-2d5f"])
def test_a_version_may_be_written_as_clusters_do(text: str) -> None:
    assert SchemaCatalog(text).version == "1.31"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.24", "there are no schemas for Kubernetes 1.24"),
        ("1.99", "there are no schemas for Kubernetes 1.99"),
        ("latest", '"latest" is no Kubernetes version'),
        ("", '"" is no Kubernetes version'),
    ],
)
def test_a_version_without_schemas_is_a_usage_error(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        SchemaCatalog(text)
    assert caught.value.message == message
    assert caught.value.hint == f"Choose one from 1.25 to {newest_version()}."


@pytest.mark.parametrize(
    ("text", "nearest"), [("1.19.3", "1.25"), ("v1.30.1", "1.30"), ("1.99", None), ("x", None)]
)
def test_the_nearest_version(text: str, nearest: str | None) -> None:
    assert nearest_version(text) == (nearest or newest_version())


def test_the_items_of_a_list_keep_their_routes(catalog: SchemaCatalog) -> None:
    good, bad = deployment(), deployment(spec="replicas: many")
    listed = {"apiVersion": "v1", "kind": "List", "items": [good, bad]}
    (violation,) = catalog.check(listed).violations
    assert violation.route == ("items", 1, "spec", "replicas")
    assert [route for route, _ in expand(listed)] == [("items", 0), ("items", 1)]


def test_a_list_has_the_status_of_its_worst_item(catalog: SchemaCatalog) -> None:
    removed = {"apiVersion": "extensions/v1beta1", "kind": "Ingress", "metadata": {"name": "a"}}
    listed = {"apiVersion": "v1", "kind": "List", "items": [removed, deployment()]}
    result = catalog.check(listed)
    assert (result.status, result.replacement) == (Status.REMOVED, "networking.k8s.io/v1")


@pytest.mark.parametrize("items", ["items: []", "items: null", "metadata: {}"])
def test_an_empty_list_is_fine(catalog: SchemaCatalog, items: str) -> None:
    result = catalog.check(manifest(f"{{apiVersion: v1, kind: List, {items}}}"))
    assert (result.status, result.violations) == (Status.CHECKED, ())


def test_a_list_of_one_kind_has_a_schema(catalog: SchemaCatalog) -> None:
    text = "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}, dat: {}}]}"
    routes = [violation.route for violation in catalog.check(manifest(text)).violations]
    assert ("items", 0, "dat") in routes


def test_checks_without_patterns_load_no_validator() -> None:
    code = (
        "import sys; from plate_llm_cli.schemas.catalog import SchemaCatalog;"
        "SchemaCatalog('1.37').check({'apiVersion': 'v1', 'kind': 'Pod'});"
        "print(sorted({'jsonschema', 'jsonschema_rs', 'kubernetes_validate'} & set(sys.modules)))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
