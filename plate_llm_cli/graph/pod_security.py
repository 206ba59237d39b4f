"""The Pod Security Standards: what of a pod goes beyond `baseline`, and beyond `restricted`.

After https://kubernetes.io/docs/concepts/security/pod-security-standards/, for pods of Linux.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text, texts
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.graph.workloads import Container, Workload
    from plate_llm_cli.source.nodes import Route

BASELINE: Final = "baseline"
RESTRICTED: Final = "restricted"
ENFORCE: Final = "pod-security.kubernetes.io/enforce"

_CAPABILITIES: Final = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "SETPCAP"),
        *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETUID", "SYS_CHROOT"),
    }
)
_HARMLESS: Final = frozenset({"IPC_LOCK", "SYS_NICE", "SYS_RESOURCE"})
"""Locked memory, priorities and limits: of no use for getting out of a container."""
_KEYS_OF_THE_NODE: Final = ("/", "/etc", "/root", "/proc", "/dev", "/boot", "/var", "/var/lib")
_SOCKETS: Final = ("docker.sock", "containerd.sock", "crio.sock")
_VOLUMES: Final = frozenset(
    {
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim"),
        *("projected", "secret", "image"),
    }
)
_SYSCTLS: Final = (
    *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"),
    *("net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range"),
    *("net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time"),
    *("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"),
    *("net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
)


@dataclass(frozen=True, slots=True)
class Excess:
    """One thing that a level forbids.

    `powerful`: whoever gets into the container gets the node. `brief`: of a container that ends
    before the others start. `absent`: it is missing at `route`.
    """

    route: Route
    what: str
    powerful: bool = False
    brief: bool = False
    absent: bool = False


def beyond_baseline(workload: Workload) -> Iterator[Excess]:
    """What the level `baseline` forbids, the worst first."""
    for container in workload.containers:
        yield from _of_container(container)
    yield from _host_paths(workload)
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if workload.pod.get(field) is True:
            yield Excess((*workload.base, field), field, powerful=True)
    for index, sysctl in mappings(at(workload.pod, "securityContext", "sysctls")):
        name = text(sysctl.get("name"))
        if name not in _SYSCTLS:
            route = (*workload.base, "securityContext", "sysctls", index, "name")
            yield Excess(route, f"sysctl {name}")
    yield from _unconfined(workload.base, workload.pod, brief=False)


def _host_paths(workload: Workload) -> Iterator[Excess]:
    mounts = [
        mount
        for container in workload.containers
        for _, mount in mappings(container.spec.get("volumeMounts"))
    ]
    for index, volume in mappings(workload.pod.get("volumes")):
        path = at(volume, "hostPath", "path")
        if not isinstance(path, str):
            continue
        using = [mount for mount in mounts if mount.get("name") == volume.get("name")]
        writes = any(mount.get("readOnly") is not True for mount in using)
        whole = path.rstrip("/") or "/"
        powerful = (whole in _KEYS_OF_THE_NODE and writes) or whole.endswith(_SOCKETS)
        route = (*workload.base, "volumes", index, "hostPath", "path")
        yield Excess(route, f"hostPath {path}", powerful=powerful)


def _unconfined(base: Route, holder: dict[str, Any], *, brief: bool) -> Iterator[Excess]:
    for field in ("seccompProfile", "appArmorProfile"):
        if at(holder, "securityContext", field, "type") == "Unconfined":
            route = (*base, "securityContext", field, "type")
            yield Excess(route, f"{field} Unconfined", brief=brief)


def _of_container(container: Container) -> Iterator[Excess]:
    base, brief = (*container.base, "securityContext"), container.starts_first
    context = mapping(container.spec.get("securityContext"))
    if context.get("privileged") is True:
        yield Excess((*base, "privileged"), "privileged", powerful=True, brief=brief)
    for index, name in enumerate(texts(at(context, "capabilities", "add"))):
        capability = name.removeprefix("CAP_")
        if capability not in _CAPABILITIES:
            route = (*base, "capabilities", "add", index)
            powerful = capability not in _HARMLESS
            yield Excess(route, f"capability {name}", powerful=powerful, brief=brief)
    if text(context.get("procMount")) not in ("", "Default"):
        yield Excess((*base, "procMount"), f"procMount {context['procMount']}", brief=brief)
    yield from _unconfined(container.base, container.spec, brief=brief)
    for index, port in mappings(container.spec.get("ports")):
        if port.get("hostPort"):
            route = (*container.base, "ports", index, "hostPort")
            yield Excess(route, f"hostPort {port['hostPort']}", brief=brief)


def short_of_restricted(workload: Workload) -> Iterator[Excess]:
    """What the level `restricted` asks for and the pod lacks, beyond `baseline`."""
    for container in workload.containers:
        yield from _lacking(container, mapping(workload.pod.get("securityContext")))
    for index, volume in mappings(workload.pod.get("volumes")):
        kinds = set(volume) - {"name", "hostPath"}
        if kinds - _VOLUMES:
            route = (*workload.base, "volumes", index)
            yield Excess(route, f"no volume of type {min(kinds - _VOLUMES)}")


def _lacking(container: Container, pod: dict[str, Any]) -> Iterator[Excess]:
    """`pod` is the securityContext of the pod, which holds where the container has none."""
    base = (*container.base, "securityContext")
    context = mapping(container.spec.get("securityContext"))
    if context.get("allowPrivilegeEscalation") is not False:
        yield Excess(base, "allowPrivilegeEscalation: false", absent=True)
    if "ALL" not in texts(at(context, "capabilities", "drop")):
        yield Excess(base, "capabilities.drop: [ALL]", absent=True)
    for name in texts(at(context, "capabilities", "add")):
        if name in _CAPABILITIES and name != "NET_BIND_SERVICE":
            yield Excess((*base, "capabilities", "add"), f"no capability {name}")
    if context.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield Excess(base, "runAsNonRoot: true", absent=True)
    if context.get("runAsUser", pod.get("runAsUser")) == 0:
        holder = base if "runAsUser" in context else (*container.workload.base, "securityContext")
        yield Excess((*holder, "runAsUser"), "a runAsUser other than 0")
    if not at(context, "seccompProfile", "type") and not at(pod, "seccompProfile", "type"):
        yield Excess(base, "seccompProfile.type: RuntimeDefault", absent=True)


def enforced_levels(manifests: Iterable[Manifest]) -> dict[ClusterNamespace, str]:
    """The level that each namespace enforces, as its labels in the tree say."""
    found: dict[ClusterNamespace, str] = {}
    for manifest in manifests:
        cluster = manifest.release.application.cluster
        if manifest.kind == "Namespace" and manifest.api_version == "v1":
            level = text(mapping(at(manifest.plain, "metadata", "labels")).get(ENFORCE))
            found.setdefault((cluster, manifest.name), level)
    for application in {id(item.release): item.release.application for item in manifests}.values():
        # ArgoCD labels the namespace that it makes itself.
        spec = to_plain(application.node)
        labels = at(spec, "spec", "syncPolicy", "managedNamespaceMetadata", "labels")
        level = text(mapping(labels).get(ENFORCE))
        if level:
            found[(application.cluster, application.namespace)] = level
    return {place: level for place, level in found.items() if level}


def refusals(workload: Workload, level: str) -> list[Excess]:
    """What keeps the pods of a workload out of a namespace that enforces `level`."""
    found = list(beyond_baseline(workload)) if level in (BASELINE, RESTRICTED) else []
    return [*found, *short_of_restricted(workload)] if level == RESTRICTED else found
