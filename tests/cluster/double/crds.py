"""CustomResourceDefinitions of ArgoCD, External Secrets, cert-manager and Prometheus.

Shortened to what tests need: what is required, what has a default, what is an enumeration, and
which lists are keyed. Whatever else such an object has is declared as far as tests write it;
parts of which nothing is said keep unknown fields.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
ANYTHING: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
STRINGS: Schema = {"type": "array", "items": STRING}
STRING_MAP: Schema = {"type": "object", "additionalProperties": STRING}


def struct(*required: str, **fields: Schema) -> Schema:
    """An object of declared fields."""
    shape: Schema = {"type": "object", "properties": fields}
    return shape | ({"required": list(required)} if required else {})


def items(shape: Schema, *keys: str) -> Schema:
    """A list; with keys it is one whose items are told apart by them."""
    plain: Schema = {"type": "array", "items": shape}
    if not keys:
        return plain
    return plain | {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)}


def one_of(*values: str, **more: Any) -> Schema:
    """An enumeration."""
    return {"type": "string", "enum": list(values), **more}


_PARAMETER = struct(name=STRING, value=STRING, forceString=BOOLEAN)
_HELM = struct(
    fileParameters=items(struct(name=STRING, path=STRING)),
    ignoreMissingValueFiles=BOOLEAN,
    kubeVersion=STRING,
    apiVersions=STRINGS,
    namespace=STRING,
    parameters=items(_PARAMETER),
    passCredentials=BOOLEAN,
    releaseName=STRING,
    skipCrds=BOOLEAN,
    skipSchemaValidation=BOOLEAN,
    skipTests=BOOLEAN,
    valueFiles=STRINGS,
    values=STRING,
    valuesObject=ANYTHING,
    version=STRING,
)
_SOURCE = struct(
    "repoURL",
    chart=STRING,
    directory=ANYTHING,
    helm=_HELM,
    kustomize=ANYTHING,
    name=STRING,
    path=STRING,
    plugin=ANYTHING,
    ref=STRING,
    repoURL=STRING,
    targetRevision=STRING,
)
_AUTOMATED = struct(allowEmpty=BOOLEAN, enabled=BOOLEAN, prune=BOOLEAN, selfHeal=BOOLEAN)
_BACKOFF = struct(duration=STRING, factor=INTEGER, maxDuration=STRING)
_RETRY = struct(backoff=_BACKOFF, limit=INTEGER, refresh=BOOLEAN)
_IGNORED = struct(
    "kind",
    group=STRING,
    jqPathExpressions=STRINGS,
    jsonPointers=STRINGS,
    kind=STRING,
    managedFieldsManagers=STRINGS,
    name=STRING,
    namespace=STRING,
)
_APPLICATION_SPEC = struct(
    "destination",
    "project",
    destination=struct(name=STRING, namespace=STRING, server=STRING),
    ignoreDifferences=items(_IGNORED),
    info=items(struct("name", "value", name=STRING, value=STRING)),
    project=STRING,
    revisionHistoryLimit=INTEGER,
    source=_SOURCE,
    sources=items(_SOURCE),
    sourceHydrator=ANYTHING,
    syncPolicy=struct(
        automated=_AUTOMATED,
        managedNamespaceMetadata=struct(annotations=STRING_MAP, labels=STRING_MAP),
        retry=_RETRY,
        syncOptions=STRINGS,
    ),
)
_KIND = struct("group", "kind", group=STRING, kind=STRING)
_PROJECT_SPEC = struct(
    clusterResourceBlacklist=items(ANYTHING),
    clusterResourceWhitelist=items(ANYTHING),
    description=STRING,
    destinations=items(struct(name=STRING, namespace=STRING, server=STRING)),
    namespaceResourceBlacklist=items(_KIND),
    namespaceResourceWhitelist=items(_KIND),
    orphanedResources=ANYTHING,
    permitOnlyProjectScopedClusters=BOOLEAN,
    roles=items(ANYTHING),
    signatureKeys=items(ANYTHING),
    sourceNamespaces=STRINGS,
    sourceRepos=STRINGS,
    syncWindows=items(ANYTHING),
)
_STORE_REF = struct(
    name=STRING, kind=one_of("SecretStore", "ClusterSecretStore"), generatorRef=ANYTHING
)
_REMOTE_REF = struct(
    "key",
    conversionStrategy=one_of("Default", "Unicode", default="Default"),
    decodingStrategy=one_of("Auto", "Base64", "Base64URL", "None", default="None"),
    key=STRING,
    metadataPolicy=one_of("None", "Fetch", default="None"),
    nullBytePolicy=one_of("Ignore", "Fail", default="Ignore"),
    property=STRING,
    version=STRING,
)
_TARGET = struct(
    creationPolicy=one_of("Owner", "Orphan", "Merge", "None", default="Owner"),
    deletionPolicy=one_of("Delete", "Merge", "Retain", default="Retain"),
    immutable=BOOLEAN,
    manifest=ANYTHING,
    name=STRING,
    template=ANYTHING,
)
_EXTERNAL_SECRET_SPEC = struct(
    data=items(
        struct(
            "remoteRef", "secretKey", remoteRef=_REMOTE_REF, secretKey=STRING, sourceRef=ANYTHING
        )
    ),
    dataFrom=items(ANYTHING),
    refreshInterval={"type": "string", "default": "1h0m0s"},
    refreshPolicy=one_of("CreatedOnce", "Periodic", "OnChange"),
    secretStoreRef=_STORE_REF,
    target=_TARGET | {"default": {"creationPolicy": "Owner", "deletionPolicy": "Retain"}},
)
_STORE_SPEC = struct(
    "provider",
    conditions=items(ANYTHING),
    controller=STRING,
    provider=ANYTHING,
    refreshInterval=INTEGER,
    retrySettings=ANYTHING,
)
_ISSUER_REF = struct("name", group=STRING, kind=STRING, name=STRING)
_CERTIFICATE_SPEC = struct(
    "issuerRef",
    "secretName",
    commonName=STRING,
    dnsNames=STRINGS | {"x-kubernetes-list-type": "atomic"},
    duration=STRING,
    ipAddresses=STRINGS | {"x-kubernetes-list-type": "atomic"},
    isCA=BOOLEAN,
    issuerRef=_ISSUER_REF,
    privateKey=ANYTHING,
    renewBefore=STRING,
    secretName=STRING,
    secretTemplate=ANYTHING,
    usages=STRINGS | {"x-kubernetes-list-type": "atomic"},
)
_MONITOR_SPEC = struct(
    "selector",
    "endpoints",
    endpoints=items(ANYTHING),
    jobLabel=STRING,
    namespaceSelector=ANYTHING,
    selector=ANYTHING | {"x-kubernetes-map-type": "atomic"},
)

# group, version, plural, kind, scope, has a status subresource, schema of the spec, short names
_TABLE: tuple[tuple[str, str, str, str, str, bool, Schema, tuple[str, ...]], ...] = (
    ("argoproj.io", "v1alpha1", "applications", "Application", "Namespaced", False,
     _APPLICATION_SPEC, ("app", "apps")),
    ("argoproj.io", "v1alpha1", "appprojects", "AppProject", "Namespaced", False,
     _PROJECT_SPEC, ("appproj", "appprojs")),
    ("argoproj.io", "v1alpha1", "applicationsets", "ApplicationSet", "Namespaced", True,
     ANYTHING, ("appset", "appsets")),
    ("external-secrets.io", "v1", "externalsecrets", "ExternalSecret", "Namespaced", True,
     _EXTERNAL_SECRET_SPEC, ("es",)),
    ("external-secrets.io", "v1", "secretstores", "SecretStore", "Namespaced", True,
     _STORE_SPEC, ("ss",)),
    ("external-secrets.io", "v1", "clustersecretstores", "ClusterSecretStore", "Cluster", True,
     _STORE_SPEC, ("css",)),
    ("external-secrets.io", "v1", "clusterexternalsecrets", "ClusterExternalSecret", "Cluster",
     True, ANYTHING, ("ces",)),
    ("cert-manager.io", "v1", "certificates", "Certificate", "Namespaced", True,
     _CERTIFICATE_SPEC, ("cert", "certs")),
    ("cert-manager.io", "v1", "issuers", "Issuer", "Namespaced", True, ANYTHING, ()),
    ("cert-manager.io", "v1", "clusterissuers", "ClusterIssuer", "Cluster", True, ANYTHING, ()),
    ("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor", "Namespaced", True,
     _MONITOR_SPEC, ("smon",)),
)  # fmt: skip


def definition(
    group: str, version: str, plural: str, kind: str, *, scope: str = "Namespaced", **more: Any
) -> dict[str, Any]:
    """A CustomResourceDefinition; `schema` is the whole one, `status` asks for the subresource."""
    names: dict[str, Any] = {
        "plural": plural,
        "singular": kind.lower(),
        "kind": kind,
        "listKind": f"{kind}List",
    }
    names |= {"shortNames": list(more["short"])} if more.get("short") else {}
    served: dict[str, Any] = {"name": version, "served": True, "storage": True}
    served["schema"] = {"openAPIV3Schema": more.get("schema") or ANYTHING}
    if more.get("status", True):
        served["subresources"] = {"status": {}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": scope, "names": names, "versions": [served]},
    }


def ready_made() -> dict[str, dict[str, Any]]:
    """All of them, by their names: `applications.argoproj.io`."""
    found = {}
    for group, version, plural, kind, scope, status, spec, short in _TABLE:
        fields: dict[str, Schema] = {
            "apiVersion": STRING,
            "kind": STRING,
            "metadata": {"type": "object"},
        }
        fields |= {"spec": spec, "status": ANYTHING}
        if kind == "Application":
            fields["operation"] = ANYTHING
        required = ("metadata", "spec") if group == "argoproj.io" else ()
        schema = struct(*required, **fields)
        made = definition(
            group, version, plural, kind, scope=scope, schema=schema, status=status, short=short
        )
        found[f"{plural}.{group}"] = made
    return found


def of_system(name: str) -> list[dict[str, Any]]:
    """The definitions of `argocd`, `external-secrets`, `cert-manager` or `prometheus`."""
    groups = {
        "argocd": "argoproj.io",
        "external-secrets": "external-secrets.io",
        "cert-manager": "cert-manager.io",
        "prometheus": "monitoring.coreos.com",
    }
    suffix = f".{groups[name]}"
    return [made for full, made in ready_made().items() if full.endswith(suffix)]
