"""When ArgoCD applies an object, from the annotations of ArgoCD and of Helm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest

from plate_llm_cli.graph.manifests import Manifest
from plate_llm_cli.graph.sync_order import is_deployed, is_hook, turn_annotation, turn_of
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Mapping

ARGO, HELM = "argocd.argoproj.io/hook", "helm.sh/hook"
WAVE, WEIGHT = "argocd.argoproj.io/sync-wave", "helm.sh/hook-weight"


def manifest(annotations: dict[str, str]) -> Manifest:
    text = json.dumps({"kind": "Job", "metadata": {"name": "a", "annotations": annotations}})
    file = parse_text(text, "a.yaml")
    return Manifest(None, file, cast("Mapping", file.root))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("annotations", "turn"),
    [
        ({}, "wave 0"),
        ({WAVE: "2"}, "wave 2"),
        ({WAVE: "two"}, "wave 0"),
        ({ARGO: "PreSync"}, "PreSync"),
        ({ARGO: "PostSync, PreSync", WAVE: "-1"}, "wave -1 of PreSync"),
        ({HELM: "pre-install,pre-upgrade", WEIGHT: "-5"}, "wave -5 of PreSync"),
        ({HELM: "post-upgrade"}, "PostSync"),
        ({HELM: "pre-install", ARGO: "Sync"}, "wave 0"),
        ({HELM: "pre-install", WEIGHT: "3", WAVE: "1"}, "wave 1 of PreSync"),
        ({HELM: "test"}, "None"),
        ({HELM: "pre-rollback"}, "None"),
        ({HELM: "post-delete"}, "None"),
        ({ARGO: "Skip"}, "None"),
    ],
)
def test_the_first_turn_of_an_object(annotations: dict[str, str], turn: str) -> None:
    assert str(turn_of(manifest(annotations))) == turn


def test_a_hook_of_helm_test_is_never_deployed() -> None:
    assert not is_deployed(manifest({HELM: "test-success"}))
    assert is_deployed(manifest({HELM: "post-delete"}))


def test_an_object_with_a_wave_alone_is_no_hook() -> None:
    assert not is_hook(manifest({WAVE: "1"}))
    assert is_hook(manifest({ARGO: "Sync"}))
    assert is_hook(manifest({HELM: "pre-install"}))


def test_the_annotation_that_decides_is_the_wave_before_the_hook() -> None:
    assert turn_annotation(manifest({HELM: "pre-install", WEIGHT: "1"})) == WEIGHT
    assert turn_annotation(manifest({ARGO: "PreSync", WAVE: "1"})) == WAVE
    assert turn_annotation(manifest({})) == ""
