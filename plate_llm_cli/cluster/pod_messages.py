"""What kubelet and scheduler say of a pod that does not come up, read for its likely cause.

Sources: kubernetes `pkg/kubelet/images/types.go`, `pkg/kubelet/kubelet_pods.go`,
`pkg/kubelet/kuberuntime`, `pkg/scheduler/framework/plugins`; the words about images are those of
containerd, CRI-O, Docker and of the registries behind them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Cause:
    """Why, and what to do about it; `terminal` where waiting does not help."""

    text: str
    advice: str = ""
    terminal: bool = False


_PULLS: Final[Sequence[tuple[re.Pattern[str], str, str]]] = [
    (re.compile(pattern, re.IGNORECASE), text, advice)
    for pattern, text, advice in (
        (
            r"\b429\b|toomanyrequests|rate limit",
            "the registry lets nobody pull that often (429)",
            "wait, or pull through a registry of your own",
        ),
        (
            r"x509:|certificate (?:signed by|has expired|is not)",
            "the node does not trust the certificate of the registry",
            "renew it, or give its CA to the nodes",
        ),
        (
            r"no such host|server misbehaving|name resolution",
            "the registry's name does not resolve on the node",
            "check image.repository for a typo, and the DNS of the nodes",
        ),
        (
            r"unauthorized|\bdenied\b|no basic auth|authorization failed|authentication required"
            r"|insufficient_scope|403 forbidden|code = (?:unauthenticated|permissiondenied)",
            "the registry refuses the pull: {secrets}",
            "plate-llm secrets plan ENV shows whether the login is there; may it pull this?",
        ),
        (
            r"no match for platform|no matching manifest|exec format",
            "the image is not built for the node's processor",
            "build it for this architecture as well",
        ),
        (
            r"not found|manifest unknown|name unknown|does not exist",
            "the registry has no such image: wrong tag, or never pushed",
            "correct image.tag, or push the image",
        ),
        (
            r"http response to https client",
            "the registry speaks HTTP where the node wants HTTPS",
            "serve it with TLS, or allow it on the nodes",
        ),
        (
            r"connection refused|no route to host|network is unreachable|connection reset",
            "the registry cannot be reached from the node",
            "is the registry up, and does the network let the nodes reach it?",
        ),
        (
            r"no space left",
            "the node's disk is full",
            "free the disk of the node, or let the pod go to another",
        ),
        (
            r"timeout|timed out|deadline exceeded|unexpected eof",
            "the registry does not answer in time",
            "is the registry up, and does the network let the nodes reach it?",
        ),
    )
]

_MISSING_KEY: Final = re.compile(
    r"couldn't find key (?P<key>\S+) in (?P<kind>Secret|ConfigMap) (?P<name>\S+)"
)
_MISSING: Final = re.compile(r"(?P<kind>secret|configmap) \"(?P<name>[^\"]+)\" not found")
_ROOT: Final = re.compile(r"runAsNonRoot and image (?P<why>will run as root|has non-numeric user)")

_PLACES: Final[Sequence[tuple[re.Pattern[str], str, str]]] = [
    (re.compile(pattern, re.IGNORECASE), text, advice)
    for pattern, text, advice in (
        (
            r"insufficient (?P<what>[\w/-]+(?:\.[\w/-]+)*)",
            "no node has enough {what} free",
            "lower resources.requests, or add a node",
        ),
        (r"too many pods", "every node is full of pods", "add a node"),
        (
            r"unbound immediate persistentvolumeclaims|persistentvolumeclaim \"",
            "its PersistentVolumeClaim has no volume",
            "kubectl describe pvc says why: storage class, size, access mode",
        ),
        (
            r"volume node affinity conflict|max volume count",
            "no node can have its volume",
            "the volume lies in another zone, or the nodes have all the volumes that they can",
        ),
        (
            r"untolerated taint \{(?P<what>[^}:]*)",
            "the nodes are tainted ({what})",
            "add a toleration, or take the taint off",
        ),
        (r"had taint", "the nodes are tainted", "add a toleration, or take the taint off"),
        (
            r"anti-affinity|topology spread|free ports",
            "the nodes have a pod already that it must not be with",
            "add a node, or loosen anti-affinity and topologySpreadConstraints",
        ),
        (
            r"affinity|node selector|nodeselector",
            "no node has the labels that it asks for",
            "correct nodeSelector or affinity, or label a node",
        ),
        (r"unschedulable", "the nodes are cordoned", "kubectl uncordon brings them back"),
    )
]


def pull_cause(messages: Sequence[str], pull_secrets: Sequence[str]) -> Cause:
    """Why an image does not come, of what was said about it, the nearest first.

    `pull_secrets` are the names of the pod's imagePullSecrets.
    """
    named = ", ".join(pull_secrets)
    secrets = f"{named} is missing or wrong" if named else "the pod names no imagePullSecrets"
    for message in messages:
        for pattern, text, advice in _PULLS:
            if pattern.search(_without_reference(message)):
                return Cause(text.replace("{secrets}", secrets), advice)
    return Cause("it cannot be pulled", "kubectl describe pod says what the registry answered")


def config_cause(message: str) -> Cause:
    """Why a container is not made: what it reads is not there, or it may not run so.

    A Secret that is not there at all may be on its way from External Secrets.
    """
    if found := _MISSING_KEY.search(message):
        name = found["name"].rpartition("/")[2]
        what = f"{found['kind']} {name} has no key {found['key']}"
        return Cause(what, _filled(found["kind"]), terminal=True)
    if found := _MISSING.search(message):
        kind = "Secret" if found["kind"] == "secret" else "ConfigMap"
        what = f"there is no {kind} {found['name']}"
        return Cause(what, _filled(kind), terminal=kind == "ConfigMap")
    if _ROOT.search(message):
        advice = "set runAsUser to a number, or give the image a numeric USER"
        return Cause("runAsNonRoot, but the image would run as root", advice, terminal=True)
    return Cause("its configuration is not accepted", "kubectl describe pod says what is wrong")


def placement_cause(message: str) -> Cause:
    """Why no node takes a pod; all the reasons that are given, since each is of other nodes."""
    # Behind it, all is said once more, of what would be if others had to go.
    said = message.partition("preemption:")[0]
    found: dict[str, str] = {}
    for pattern, text, advice in _PLACES:
        for match in pattern.finditer(said):
            what = match.groupdict().get("what") or ""
            if not ("taint" in text and "control-plane" in what):
                found.setdefault(text.replace("{what}", what), advice)
        said = pattern.sub("", said)
    if not found:
        return Cause("no node takes it", "kubectl describe pod says what each node lacks")
    return Cause("; ".join(found), next(iter(found.values())))


def mount_cause(message: str) -> Cause:
    """Why a volume is not mounted, of the Warning event that says so."""
    found = config_cause(message)
    if "there is no" in found.text or "has no key" in found.text:
        return Cause(found.text, found.advice)
    return Cause("a volume cannot be mounted", "kubectl describe pod says which and why")


def _filled(kind: str) -> str:
    if kind == "ConfigMap":
        return "add it to what is deployed"
    return "plate-llm secrets plan ENV shows what OpenBao lacks"


def _without_reference(message: str) -> str:
    """`message` without the names of images, in which any word may occur."""
    return re.sub(r"\"[^\"]*[/:][^\"]*\"(?=:| |$)", '""', message)
