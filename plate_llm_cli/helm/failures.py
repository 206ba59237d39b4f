"""From Helm's error text to a `RenderFailure` that says where and what."""

from __future__ import annotations

from plate_llm_cli.helm.engine import FailureKind, RenderFailure

_KINDS = {
    "load": FailureKind.CHART,
    "values": FailureKind.VALUES,
    "render": FailureKind.TEMPLATE,
    "output": FailureKind.OUTPUT,
}


def from_refusal(stage: str, message: str) -> RenderFailure:
    """The failure for what the embedded library said in `stage`."""
    return RenderFailure(_KINDS.get(stage, FailureKind.CHART), message)
