"""Issuers that issue nothing."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class UnusableIssuer(ReportedLive):
    """An Ingress or Certificate names an issuer that issues nothing.

    ## What it does
    `plate-llm validate --live ENV` looks for the ClusterIssuers and Issuers that annotations of
    Ingresses and `issuerRef` of Certificates name, and at their condition `Ready`.

    ## Why is this bad?
    No certificate comes. Browsers warn of the controller's own certificate, or refuse it.

    ## Example
    ```yaml
    metadata:
      annotations:
        cert-manager.io/cluster-issuer: letsencrypt    # the cluster has letsencrypt-prod
    ```

    ## Use instead
    ```yaml
    metadata:
      annotations:
        cert-manager.io/cluster-issuer: letsencrypt-prod
    ```
    """

    id = "unusable-issuer"
    severity = Severity.ERROR
    summary = "An issuer of certificates is not there, or not ready"
