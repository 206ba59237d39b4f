"""Lets the pods of a workload start anew, as `kubectl rollout restart` does.

The annotation on the pod template is the one that kubectl and ArgoCD's own restart set. ArgoCD does
not take it off: what Git does not name is no difference to it, and self-heal has nothing to heal. A
sync that replaces the object (`Replace=true`) does, and rolls the pods once more.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import text, value

if TYPE_CHECKING:
    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Ref

API_VERSION: Final = "apps/v1"
ANNOTATION: Final = "kubectl.kubernetes.io/restartedAt"
"""Set by every restart, and by nothing in Git."""


def restart(api: Api, ref: Ref) -> str:
    """Begin it; '', or why its pods do not start anew.

    Raises:
        ClusterError: the API server refuses, or is gone.
    """
    found = api.get(ref)
    if found is None:
        return "it is not there"
    if value(found, "spec", "paused") is True:
        return "its roll-out is paused: kubectl rollout resume"
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    annotated = {"metadata": {"annotations": {ANNOTATION: now}}}
    api.patch(ref, {"spec": {"template": annotated}})
    if text(found, "spec", "updateStrategy", "type") == "OnDelete":
        return "its updateStrategy is OnDelete: each pod starts anew when it is deleted"
    return ""
