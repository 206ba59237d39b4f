"""A shop in one release, its secrets in another, and how both are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.graph.drawing.build import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.drawing.model import Drawing

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  source:
    repoURL: https://git.example.com/team/deploy.git
    path: {name}
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
"""
SHOP = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: shop, port: {number: 80}}}
  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls
---
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector: {app: shop}
  ports:
    - port: 80
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 2
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop:1.0.0
          env:
            - name: PASSWORD
              valueFrom:
                secretKeyRef: {name: shop, key: PASSWORD}
            - name: MODE
              valueFrom:
                configMapKeyRef: {name: settings, key: MODE}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: shop
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  minReplicas: 2
  maxReplicas: 5
"""
SECRETS = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: shop
spec:
  secretStoreRef: {kind: SecretStore, name: openbao}
  data:
    - secretKey: PASSWORD
      remoteRef: {key: shop/prod, property: password}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: others
spec:
  secretStoreRef: {kind: SecretStore, name: openbao}
  dataFrom:
    - extract: {key: others/prod}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: openbao
spec:
  provider:
    vault: {server: "https://openbao.example.com", path: secret, version: v2}
"""
FILES = {
    "apps/shop.yaml": APPLICATION.format(name="shop"),
    "apps/secrets.yaml": APPLICATION.format(name="secrets"),
    "shop/all.yaml": SHOP,
    "secrets/all.yaml": SECRETS,
}


@pytest.fixture
def shop(build: Callable[..., Deployment]) -> Callable[..., Deployment]:
    """Builds the shop, with changes: by file, texts and what stands there instead."""

    def run(**changes: tuple[str, str]) -> Deployment:
        files = dict(FILES)
        for name, (old, new) in changes.items():
            path = f"{name}/all.yaml"
            assert old in files[path]
            files[path] = files[path].replace(old, new)
        return build(files)

    return run


def drawn(deployment: Deployment, name: str = "shop") -> Drawing:
    """The drawing of one release."""
    release = next(item for item in deployment.releases if item.name == name)
    return draw(deployment, release)


def ways(drawing: Drawing) -> list[str]:
    """Every edge in words."""
    node = drawing.node
    return [f"{node[it.source].label} > {node[it.target].label}" for it in drawing.edges]
