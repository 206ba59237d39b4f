"""What the API server fills in where a built-in object leaves it out."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.double.kinds import Resource

Object = dict[str, Any]

_ROLLING: Object = {"maxUnavailable": "25%", "maxSurge": "25%"}
_POD = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
_CONTAINER = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_WORKLOADS = ("deployments", "replicasets", "statefulsets", "daemonsets")


def defaulted(resource: Resource, obj: Object) -> Object:
    """`obj` with its defaults. It is changed in place. Raises ApiError for what has none."""
    fill = _FILLERS.get(resource.plural) if resource.built_in else None
    if fill is not None:
        fill(resource, obj)
    return obj


def _fill(target: Object, values: Object) -> None:
    for name, value in values.items():
        target.setdefault(name, dict(value) if isinstance(value, dict) else value)


def _secret(resource: Resource, obj: Object) -> None:
    for name, value in (obj.pop("stringData", None) or {}).items():
        obj.setdefault("data", {})[name] = base64.b64encode(value.encode()).decode()
    obj.setdefault("type", "Opaque")
    for value in (obj.get("data") or {}).values():
        try:
            base64.b64decode(value or "", validate=True)
        except binascii.Error as error:
            why = 'Secret in version "v1" cannot be handled as a Secret: illegal base64 data'
            raise ApiError(400, f"{why} at input byte 0") from error
    del resource


def _namespace(resource: Resource, obj: Object) -> None:
    metadata = obj["metadata"]
    metadata["labels"] = (metadata.get("labels") or {}) | {
        "kubernetes.io/metadata.name": metadata["name"]
    }
    obj.setdefault("spec", {"finalizers": ["kubernetes"]})
    obj.setdefault("status", {"phase": "Active"})
    del resource


def _workload(resource: Resource, obj: Object) -> None:
    spec = obj.get("spec")
    if not isinstance(spec, dict):
        return
    template = spec.get("template")
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        _pod_spec(template["spec"])
    if resource.plural != "daemonsets":
        _fill(spec, {"replicas": 1})
    if resource.plural == "deployments":
        _fill(spec, {"strategy": {}, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600})
        _fill(spec["strategy"], {"type": "RollingUpdate"})
        if spec["strategy"]["type"] == "RollingUpdate":
            _fill(spec["strategy"], {"rollingUpdate": {}})
            _fill(spec["strategy"]["rollingUpdate"], _ROLLING)
    _check_selector(resource, obj)


def _check_selector(resource: Resource, obj: Object) -> None:
    spec, name = obj["spec"], obj["metadata"]["name"]
    wanted = (spec.get("selector") or {}).get("matchLabels") or {}
    template = spec.get("template")
    if not wanted or not isinstance(template, dict):
        return
    labels = (template.get("metadata") or {}).get("labels") or {}
    if not wanted.items() <= labels.items():
        shown = "{" + ",".join(f'"{key}":"{value}"' for key, value in labels.items()) + "}"
        message = f"Invalid value: {shown}: `selector` does not match template `labels`"
        raise invalid(resource, name, [f"spec.template.metadata.labels: {message}"])


def _pod(resource: Resource, obj: Object) -> None:
    _pod_spec(obj["spec"])
    _fill(obj["spec"], {"enableServiceLinks": True, "serviceAccountName": "default"})
    obj.setdefault("status", {"phase": "Pending", "qosClass": "BestEffort"})
    del resource


def _pod_spec(spec: Object) -> None:
    _fill(spec, _POD)
    if "serviceAccountName" in spec:
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for container in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        if isinstance(container, dict):
            _container(container)
    for volume in spec.get("volumes") or ():
        for kind in ("secret", "configMap", "projected", "downwardAPI"):
            if isinstance(volume.get(kind), dict):
                volume[kind].setdefault("defaultMode", 420)


def _container(container: Object) -> None:
    _fill(container, _CONTAINER)
    image = str(container.get("image", ""))
    tag = image.rpartition("/")[2].partition(":")[2]
    newest = tag in {"", "latest"} and "@" not in image
    container.setdefault("imagePullPolicy", "Always" if newest else "IfNotPresent")
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for variable in container.get("env") or ():
        if reference := (variable.get("valueFrom") or {}).get("fieldRef"):
            reference.setdefault("apiVersion", "v1")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(probe := container.get(name), dict):
            _fill(probe, _PROBE)
            if isinstance(probe.get("httpGet"), dict):
                probe["httpGet"].setdefault("scheme", "HTTP")


def _service(resource: Resource, obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    _fill(spec, {"type": "ClusterIP", "sessionAffinity": "None"})
    if spec["type"] != "ExternalName":
        _fill(spec, {"internalTrafficPolicy": "Cluster", "clusterIP": "10.96.0.10"})
        _fill(spec, {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"})
        _fill(spec, {"clusterIPs": [spec["clusterIP"]]})
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))
    obj.setdefault("status", {"loadBalancer": {}})
    del resource


def _claim(resource: Resource, obj: Object) -> None:
    obj.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    obj.setdefault("status", {"phase": "Pending"})
    del resource


def _autoscaler(resource: Resource, obj: Object) -> None:
    obj.setdefault("spec", {}).setdefault("minReplicas", 1)
    del resource


def _job(resource: Resource, obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    _fill(spec, {"backoffLimit": 6, "completions": 1, "parallelism": 1, "suspend": False})
    template = spec.get("template")
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        _pod_spec(template["spec"])
    del resource


_FILLERS: dict[str, Callable[[Resource, Object], None]] = {
    "secrets": _secret,
    "namespaces": _namespace,
    "pods": _pod,
    "services": _service,
    "persistentvolumeclaims": _claim,
    "horizontalpodautoscalers": _autoscaler,
    "jobs": _job,
    **dict.fromkeys(_WORKLOADS, _workload),
}
