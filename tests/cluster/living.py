"""An environment as it is in the cluster when all is well, whatever it consists of."""

from __future__ import annotations

import base64
import copy
import datetime
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.argocd.application import application_ref
from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.status.expected import Expected, External, Read
from tests.cluster.double.pod_states import PodState, running

if TYPE_CHECKING:
    from tests.cluster.double.cluster import Cluster
    from tests.cluster.double.store import Object

CANARY = "canary-7Hq2Zk9vLw4Xc1Rt8Pb5Nd3M"
"""The value of every key of every Secret."""
COMMIT = "4f2c1aa" + "0" * 33
_ESO = "external-secrets.io/v1"
_LABELS = {"app": "web"}


def small() -> Expected:
    """An environment with one of everything that the page looks at."""
    container = {
        "name": "web",
        "image": "registry.example.com/shop/web:1.4",
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8000}},
        "resources": {"limits": {"memory": "256Mi"}},
    }
    pod = {"containers": [container], "imagePullSecrets": [{"name": "registry"}]}
    template = {"metadata": {"labels": _LABELS}, "spec": pod}
    spec: Object = {"replicas": 2, "selector": {"matchLabels": _LABELS}, "template": template}
    rule = {"host": "shop.example.com"}
    issuer = {"cert-manager.io/cluster-issuer": "letsencrypt"}
    tls = {"hosts": ["shop.example.com"], "secretName": "shop-tls"}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    scaler: Object = {"minReplicas": 2, "maxReplicas": 5}
    scaler["metrics"] = [{"type": "Resource", "resource": cpu}]
    scaler["scaleTargetRef"] = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    objects = [
        _object("apps/v1", "Deployment", "web", spec=spec),
        _object(
            "networking.k8s.io/v1",
            "Ingress",
            "web",
            spec={"ingressClassName": "nginx", "rules": [rule], "tls": [tls]},
            annotations=issuer,
        ),
        _object("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec=scaler),
        _object("policy/v1", "PodDisruptionBudget", "web", spec={"minAvailable": 1}),
    ]
    return Expected(
        "prod",
        "shop",
        [application_ref("argocd", "web-prod")],
        {Ref.of(item): item for item in objects},
        [External(Ref(_ESO, "ExternalSecret", "shop", "web-env"), "web-env")],
        [Ref(_ESO, "SecretStore", "shop", "bao")],
        {"web-env": Read({"API_KEY", "JWT_SECRET"}, optional=False)},
        [],
    )


def _object(api_version: str, kind: str, name: str, *, spec: Object, **metadata: Any) -> Object:
    about = {"name": name, "namespace": "shop"} | metadata
    return {"apiVersion": api_version, "kind": kind, "metadata": about, "spec": spec}


class Living:
    """Puts all that `expected` names into `kube`, and lets tests break parts of it."""

    def __init__(self, kube: Cluster, expected: Expected) -> None:
        self.kube, self.expected = kube, expected
        self.namespace = expected.namespace
        namespaces = {ref.namespace for ref in expected.applications} | {self.namespace}
        kube.namespace(*sorted(namespaces))
        for ref in expected.applications:
            self._application(ref)
        for obj in expected.objects.values():
            make = getattr(self, f"_{obj['kind'].lower()}", None)
            if make is not None:
                make(copy.deepcopy(obj))
        self._secrets()

    def ago(self, **time: float) -> str:
        """A time that lies back, by the cluster's clock."""
        then = self.kube.api.clock.now() - datetime.timedelta(**time)
        return then.strftime("%Y-%m-%dT%H:%M:%SZ")

    def change(self, kind: str, name: str, status: Object) -> None:
        """Lay `status` over that of an object of the environment."""
        self.kube.patch(kind, name, {"status": status}, self.namespace)

    def unready(self, kind: str, name: str, reason: str, message: str = "") -> None:
        """Let the condition Ready of an object be False."""
        said = self._ready(reason, message) | {"status": "False"}
        self.change(kind, name, {"conditions": [said]})

    def application(self, name: str, status: Object) -> None:
        """Lay `status` over that of an Application."""
        self.kube.patch("Application", name, {"status": status}, "argocd")

    def pods_become(self, state: PodState, *, deployment: str = "", reason: str = "") -> None:
        """Let every pod of a Deployment be as `state` says, and the counts with them."""
        name = deployment or self._names("Deployment")[0]
        pods = [pod for pod in self.kube.objects("Pod", self.namespace) if _is_of(pod, name)]
        for pod in pods:
            status = state.status(pod, self.ago(minutes=2))
            self.kube.set_status("Pod", pod["metadata"]["name"], status, self.namespace)
            for why, message, kind in state.events:
                self.kube.event(pod, why, message, kind=kind)
        ready = len(pods) if state.ready else 0
        progressing = {"type": "Progressing", "status": "True"}
        why = reason or ("NewReplicaSetAvailable" if state.ready else "ReplicaSetUpdated")
        counts = {"readyReplicas": ready, "availableReplicas": ready}
        self.change("Deployment", name, counts | {"conditions": [progressing | {"reason": why}]})

    def _names(self, kind: str) -> list[str]:
        return [ref.name for ref in self.expected.of_kind(kind)]

    def _application(self, ref: Ref) -> None:
        source = {"repoURL": "https://git.example.com/shop.git", "path": "web"}
        destination = {"server": "https://kubernetes.default.svc", "namespace": self.namespace}
        sync = {"status": "Synced", "revision": COMMIT, "comparedTo": {"source": source}}
        self.kube.create(
            {
                "apiVersion": ref.api_version,
                "kind": "Application",
                "metadata": {"name": ref.name, "namespace": ref.namespace},
                "spec": {
                    "project": "default",
                    "source": source,
                    "destination": destination,
                    "syncPolicy": {"automated": {"prune": True}},
                },
                "status": {
                    "sync": sync | {"comparedTo": {"source": source, "destination": destination}},
                    "health": {"status": "Healthy"},
                    "reconciledAt": self.ago(minutes=2),
                },
            }
        )

    def _deployment(self, obj: Object) -> None:
        name, wanted = obj["metadata"]["name"], obj["spec"].get("replicas", 2)
        obj["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "3"}
        obj["spec"]["replicas"] = wanted
        made = self.kube.create(obj)
        full = f"{name}-5d8f7c"
        replica_set = _owned(made, "apps/v1", "ReplicaSet", full)
        replica_set["metadata"]["annotations"] = obj["metadata"]["annotations"]
        spec = {"replicas": wanted, "selector": obj["spec"]["selector"]}
        replica_set |= {"spec": spec | {"template": obj["spec"]["template"]}}
        replica_set["status"] = {"replicas": wanted, "readyReplicas": wanted}
        owner = self.kube.create(replica_set)
        for number in range(wanted):
            pod = _owned(owner, "v1", "Pod", f"{full}-{number}")
            pod["metadata"]["labels"] = obj["spec"]["template"]["metadata"]["labels"]
            pod["spec"] = {"restartPolicy": "Always"} | obj["spec"]["template"]["spec"]
            self.kube.create(pod)
        counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
        generation = made["metadata"]["generation"]
        status = dict.fromkeys(counts, wanted) | {"observedGeneration": generation}
        self.kube.set_status("Deployment", name, status, self.namespace)
        self.pods_become(running(), deployment=name)

    def _ingress(self, obj: Object) -> None:
        name = self.kube.create(obj)["metadata"]["name"]
        address = {"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}}
        self.kube.set_status("Ingress", name, address, self.namespace)
        ends = self.ago(days=-60)
        for tls in obj["spec"].get("tls", ()):
            secret = tls["secretName"]
            spec: Object = {
                "secretName": secret,
                "dnsNames": tls["hosts"],
                "issuerRef": {"name": "le"},
            }
            status: Object = {"conditions": [self._ready("Ready")], "notAfter": ends}
            self._create("cert-manager.io/v1", "Certificate", secret, spec, status)

    def _horizontalpodautoscaler(self, obj: Object) -> None:
        name, least = self.kube.create(obj)["metadata"]["name"], obj["spec"]["minReplicas"]
        used = {"name": "cpu", "current": {"averageUtilization": 41}}
        conditions = [
            {"type": kind, "status": "True", "reason": kind}
            for kind in ("AbleToScale", "ScalingActive")
        ]
        status = {"currentReplicas": least, "desiredReplicas": least, "conditions": conditions}
        status["currentMetrics"] = [{"type": "Resource", "resource": used}]
        self.kube.set_status("HorizontalPodAutoscaler", name, status, self.namespace)

    def _poddisruptionbudget(self, obj: Object) -> None:
        name = self.kube.create(obj)["metadata"]["name"]
        counts = {"disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1}
        status = counts | {"expectedPods": 2}
        self.kube.set_status("PodDisruptionBudget", name, status, self.namespace)

    def _secrets(self) -> None:
        for ref in self.expected.stores:
            spec: Object = {
                "provider": {"vault": {"server": "https://bao.example.com", "path": "secret"}}
            }
            status = {"conditions": [self._ready("Valid")]}
            self._create(ref.api_version, ref.kind, ref.name, spec, status)
        for external in self.expected.external:
            spec = {"refreshInterval": "1h0m0s", "target": {"name": external.secret}}
            spec["secretStoreRef"] = {"name": "bao", "kind": "SecretStore"}
            synced = {
                "refreshTime": self.ago(minutes=12),
                "conditions": [self._ready("SecretSynced")],
            }
            ref = external.ref
            self._create(ref.api_version, ref.kind, ref.name, spec, synced)
        value = base64.b64encode(CANARY.encode()).decode()
        for name, read in self.expected.secrets.items():
            about = {"name": name, "namespace": self.namespace}
            data = dict.fromkeys(read.keys, value)
            self.kube.create(
                {"apiVersion": "v1", "kind": "Secret", "metadata": about, "data": data}
            )

    def _create(self, api_version: str, kind: str, name: str, spec: Object, status: Object) -> None:
        metadata = {"name": name}
        metadata |= {} if kind.startswith("Cluster") else {"namespace": self.namespace}
        obj = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
        self.kube.create(obj | {"status": status})

    def _ready(self, reason: str, message: str = "") -> Object:
        condition = {"type": "Ready", "status": "True", "reason": reason, "message": message}
        return condition | {"lastTransitionTime": self.ago(minutes=12)}


def _owned(owner: Object, api_version: str, kind: str, name: str) -> Object:
    metadata = owner["metadata"]
    reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "controller": True}
    reference |= {"name": metadata["name"], "uid": metadata["uid"]}
    about = {"name": name, "namespace": metadata["namespace"], "ownerReferences": [reference]}
    return {"apiVersion": api_version, "kind": kind, "metadata": about}


def _is_of(pod: Object, deployment: str) -> bool:
    return bool(pod["metadata"]["name"].startswith(f"{deployment}-"))
