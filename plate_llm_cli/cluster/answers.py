"""What the answers of an API server mean, and what to do about a refusal.

Source: Kubernetes API conventions, "Response Status Kind"; the wording of conflicts is that of
`k8s.io/apimachinery/pkg/util/managedfields`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.errors import (
    ClusterError,
    ConflictError,
    ExpiredError,
    ForbiddenError,
    MissingKindError,
    RefusedError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST: Final = 400
"""Characters of a message; an admission webhook may answer with pages."""
_LINES: Final = 20

_UNAUTHORIZED: Final = 401
_HINTS: Final = {
    _UNAUTHORIZED: "log in to the cluster again, or renew the token of the context",
    404: "",
    409: "somebody else changed it in between: run the command again",
    429: "the API server is overloaded: try again in a while",
    503: "the API server, or an API that it hands on to, is down: try again in a while",
}
_UNTYPED: Final = "failed to create typed patch object"
"""Server-side apply says so, with 500, of a field that it does not know."""

_TRY_AGAIN: Final = "try again; if it stays so, ask who runs the cluster"


def error_of(status: int, body: bytes | str | None, doing: str) -> ClusterError:
    """The error for an answer of `status`; `doing` says what was asked, without any value."""
    said = _status_object(body)
    message = _shortened(str(said.get("message") or "")) or f"HTTP {status}"
    if status == 403:
        hint = "ask who runs the cluster for that right; plate-llm doctor lists what is needed"
        return ForbiddenError(f"may not {doing}: {message}", hint)
    if status == 409 and (owners := tuple(_owners(said))):
        return ConflictError(f"cannot {doing}: others manage these fields", "", owners)
    if status == 410:
        return ExpiredError(f"cannot {doing}: {message}")
    if status in (400, 422) or message.startswith(_UNTYPED):
        return RefusedError(f"cannot {doing}: the API server refuses it", "", _complaints(said))
    if status == _UNAUTHORIZED:
        message = f"the credentials are not accepted ({message})"
    error = ClusterError(f"cannot {doing}: {message}", _HINTS.get(status, _TRY_AGAIN))
    error.status = status
    return error


def missing_kind(api_version: str, kind: str) -> MissingKindError:
    """The error for a kind that the cluster does not know."""
    message = f"the cluster knows no {kind} of {api_version}"
    return MissingKindError(message, _INSTALL.get(api_version.partition("/")[0], ""))


_INSTALL: Final = {
    "argoproj.io": "install ArgoCD, or name the cluster that has it (contexts.argocd)",
    "external-secrets.io": "install the External Secrets Operator, with its CRDs",
    "cert-manager.io": "install cert-manager, with its CRDs",
    "monitoring.coreos.com": "install the Prometheus Operator's CRDs",
}


def _status_object(body: bytes | str | None) -> Mapping[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:  # a proxy's page
        return {}
    return data if isinstance(data, dict) else {}


def _shortened(message: str) -> str:
    """What may be shown of it: an admission rule may repeat the object, with what is in it."""
    said = "\n".join(spoken(line, _LONGEST) for line in message.splitlines()[:_LINES])
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def _causes(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = said.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    return [cause for cause in causes if isinstance(cause, dict)] if causes else []


def _owners(said: Mapping[str, Any]) -> Iterator[str]:
    """`field: manager`, of a conflict between those who apply."""
    for cause in _causes(said):
        if cause.get("reason") == "FieldManagerConflict":
            # `conflict with "argocd-controller" using v1` and, of an update, when.
            with_whom = str(cause.get("message", "")).removeprefix("conflict with ")
            yield f"{cause.get('field', '')}: {with_whom}"


def _complaints(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Field by field where the server says it so, else its message.

    For a built-in kind the causes' messages lack the field, which stands apart; the whole message
    would repeat the object's name for each.
    """
    found = [
        _shortened(f"{cause['field']}: {cause.get('message', '')}".strip(": "))
        for cause in _causes(said)
        if cause.get("field")
    ]
    return tuple(found) or (_shortened(str(said.get("message") or "no reason given")),)
