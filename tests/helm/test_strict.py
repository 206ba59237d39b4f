"""Strict rendering: a key that is not there is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.helm.engine import FailureKind, RenderFailure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.binary import BinaryEngine
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

TEMPLATE = '{{ $d := dict "a" "b" }}kind: {{ $d.gone | default "Fallback" }}\n'


@pytest.fixture
def chart(make_chart: Callable[..., Path]) -> Path:
    """A chart that reads a key which is not there."""
    return make_chart({"templates/x.yaml": TEMPLATE})


def test_the_library_refuses_a_key_that_is_not_there(
    engine: EmbeddedEngine, request_for: Callable[..., RenderRequest], chart: Path
) -> None:
    assert engine.texts(request_for(chart)) == {"demo/templates/x.yaml": "kind: Fallback\n"}
    refused = engine.texts(request_for(chart, strict=True))
    assert isinstance(refused, RenderFailure)
    assert refused.kind is FailureKind.TEMPLATE
    assert refused.message == 'map has no entry for key "gone"'


def test_the_binary_cannot_and_says_so(
    binary: BinaryEngine, request_for: Callable[..., RenderRequest], chart: Path
) -> None:
    refused = binary.texts(request_for(chart, strict=True))

    assert isinstance(refused, RenderFailure)
    assert refused.message == (
        "the helm binary renders every key that is missing as nothing: use --engine embedded"
    )
