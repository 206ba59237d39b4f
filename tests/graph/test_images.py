"""Images as containers name them, and which tags move."""

from __future__ import annotations

import pytest

from plate_llm_cli.graph.images import Image, image_of


@pytest.mark.parametrize(
    ("reference", "image"),
    [
        ("nginx", Image("nginx", "", "")),
        ("docker.io/library/nginx:1.27", Image("nginx", "1.27", "")),
        ("registry.example.com:5000/web", Image("registry.example.com:5000/web", "", "")),
        ("registry.example.com:5000/web:main", Image("registry.example.com:5000/web", "main", "")),
        ("web:v1@sha256:" + "a" * 64, Image("web", "v1", "sha256:" + "a" * 64)),
    ],
)
def test_a_reference_has_parts(reference: str, image: Image) -> None:
    assert image_of(reference) == image


@pytest.mark.parametrize("reference", ["$(IMAGE)", "{{ .Values.image }}", "", "a b"])
def test_what_is_filled_in_later_is_no_image(reference: str) -> None:
    assert image_of(reference) is None


@pytest.mark.parametrize("tag", ["latest", "main", "stg", "stable-alpine", "LATEST", "nightly"])
def test_the_name_of_a_branch_or_a_channel_moves(tag: str) -> None:
    assert Image("web", tag, "").moves


@pytest.mark.parametrize(
    "tag", ["1.4.2", "main-3f2c1d9", "20240101", "v2", "stable-20240101", "develop.152"]
)
def test_a_version_or_a_build_stays(tag: str) -> None:
    assert not Image("web", tag, "").moves


def test_a_digest_holds_a_tag_still() -> None:
    assert not Image("web", "latest", "sha256:" + "a" * 64).moves
