"""When ArgoCD applies an object during a sync: its phase, and its wave in that phase.

Facts are from gitops-engine's `pkg/sync/hook`, `pkg/sync/syncwaves` and `pkg/sync/sync_context.go`:
the next wave, and the next phase, begin when what came before is healthy.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from plate_llm_cli.graph.secret_fields import at, mapping, text

if TYPE_CHECKING:
    from plate_llm_cli.graph.manifests import Manifest

HOOK: Final = "argocd.argoproj.io/hook"
HELM_HOOK: Final = "helm.sh/hook"
WAVE: Final = "argocd.argoproj.io/sync-wave"
HELM_WEIGHT: Final = "helm.sh/hook-weight"
PHASES: Final = ("PreSync", "Sync", "PostSync")
_HOOKS: Final = frozenset({*PHASES, "Skip", "SyncFail", "PreDelete", "PostDelete"})
_HELM: Final = {
    "crd-install": "PreSync",
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
    "pre-delete": "PreDelete",
    "post-delete": "PostDelete",
}
"""What ArgoCD makes of Helm's hooks; those of `helm test` and of rollbacks it passes over."""


class Turn(NamedTuple):
    """When an object is applied first; `phase` is an index into PHASES. Smaller is earlier."""

    phase: int
    wave: int

    def __str__(self) -> str:
        """As people say it: `wave 2`, `PreSync`, `wave -1 of PreSync`."""
        name = PHASES[self.phase]
        if name == "Sync":
            return f"wave {self.wave}"
        return f"wave {self.wave} of {name}" if self.wave else name


def turn_of(manifest: Manifest) -> Turn | None:
    """The first turn of an object; None where a sync does not apply it."""
    phases = [PHASES.index(phase) for phase in _events(manifest) if phase in PHASES]
    return Turn(min(phases), _wave(manifest)) if phases else None


def is_deployed(manifest: Manifest) -> bool:
    """Whether ArgoCD ever applies it: a hook of `helm test` it does not."""
    return bool(_events(manifest) - {"Skip"})


def is_hook(manifest: Manifest) -> bool:
    """Whether it comes and goes with each sync, by an annotation of ArgoCD or of Helm."""
    return _events(manifest) != {"Sync"} or HOOK in _annotations(manifest)


def turn_annotation(manifest: Manifest) -> str:
    """The annotation that decides over its turn, or ''."""
    found = _annotations(manifest)
    return next((name for name in (WAVE, HOOK, HELM_WEIGHT, HELM_HOOK) if name in found), "")


def _annotations(manifest: Manifest) -> dict[str, object]:
    return mapping(at(manifest.plain, "metadata", "annotations"))


def _events(manifest: Manifest) -> set[str]:
    """The hooks that it is, or `Sync` where it is none. An annotation of ArgoCD's own wins."""
    annotations = _annotations(manifest)
    own = {item for item in _listed(annotations.get(HOOK)) if item in _HOOKS}
    if own:
        return own
    helm = _listed(annotations.get(HELM_HOOK))
    if not helm:
        return {"Sync"}
    return {_HELM[item] for item in helm if item in _HELM}


def _listed(value: object) -> list[str]:
    return [item.strip() for item in text(value).split(",") if item.strip()]


def _wave(manifest: Manifest) -> int:
    annotations = _annotations(manifest)
    for name in (WAVE, HELM_WEIGHT):
        with suppress(ValueError):
            return int(str(annotations[name])) if name in annotations else int("")
    return 0
