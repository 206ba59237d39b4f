"""Pull secrets: whether the login to the registry of an image is there."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from tests.cluster.validating import POD, Tried, held, tried

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster

FILE = "manifests/all.yaml"
PASSWORD = "canary-of-a-registry"  # noqa: S105 - must not be seen


@pytest.fixture(name="tree")
def _tree(kube: Cluster, tmp_path: Path) -> Tried:
    return tried(kube, tmp_path)


PULL = f"{POD}  imagePullSecrets: [{{name: harbor}}]\n"


def login(tree: Tried, *hosts: str, kind: str = "kubernetes.io/dockerconfigjson") -> None:
    auths = {host: {"username": "robot", "password": PASSWORD} for host in hosts}
    written = base64.b64encode(json.dumps({"auths": auths}).encode()).decode()
    held(tree, "Secret", "harbor", type=kind, data={".dockerconfigjson": written})


@pytest.mark.parametrize(
    "host",
    ["harbor.example.com", "https://harbor.example.com/v2/", "*.example.com"],
)
def test_login_to_the_registry(tree: Tried, host: str) -> None:
    login(tree, host)
    assert tree.complaints(PULL) == []


def test_login_that_is_absent(tree: Tried) -> None:
    assert tree.complaints(PULL) == [
        f"missing-object error {FILE}:8:23 Secret harbor is not in stg, "
        "and nothing in the tree makes it"
    ]


def test_login_to_another_registry(tree: Tried) -> None:
    login(tree, "https://index.docker.io/v1/", "ghcr.io")
    assert tree.complaints(PULL) == [
        f"unusable-pull-secret error {FILE}:8:23 Secret harbor logs in to docker.io, ghcr.io, "
        "not to harbor.example.com (Pod app has an image from there)"
    ]


def test_login_for_some_of_the_images(tree: Tried) -> None:
    login(tree, "harbor.example.com")
    more = "    - {name: b, image: quay.io/a/b}\n    - {name: c, image: other.example.com/a}\n"
    assert tree.complaints(PULL.replace("  imagePull", f"{more}  imagePull")) == [
        f"unusable-pull-secret warning {FILE}:10:23 Secret harbor logs in to harbor.example.com, "
        "not to other.example.com (Pod app has an image from there)"
    ]


def test_login_of_another_type(tree: Tried) -> None:
    login(tree, "harbor.example.com", kind="Opaque")
    assert tree.complaints(PULL) == [
        f"unusable-pull-secret error {FILE}:8:23 Secret harbor in stg is of type Opaque: "
        "no image is pulled with it (it has to be of type kubernetes.io/dockerconfigjson)"
    ]


def test_login_that_cannot_be_read_is_not_repeated(tree: Tried) -> None:
    written = base64.b64encode(f'{{"auths": {PASSWORD}'.encode()).decode()
    kind = "kubernetes.io/dockerconfigjson"
    held(tree, "Secret", "harbor", type=kind, data={".dockerconfigjson": written})
    assert tree.complaints(PULL) == [
        f"unusable-pull-secret error {FILE}:8:23 "
        "Secret harbor in stg holds no login that can be read"
    ]
