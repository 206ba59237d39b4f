"""Logins to registries that do not fit."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class UnusablePullSecret(ReportedLive):
    """A pull secret cannot be used to pull the images.

    ## What it does
    `plate-llm validate --live ENV` looks at the type of every pull secret, and at the names of the
    registries that it logs in to. User names and passwords are dropped unread.

    ## Why is this bad?
    The pod waits in ImagePullBackOff.

    ## Example
    ```yaml
    image:
      repository: harbor.cocdev.co.kr/plate/plate-llm
    imagePullSecrets:
      - name: docker-hub    # logs in to docker.io
    ```

    ## Use instead
    ```yaml
    imagePullSecrets:
      - name: harbor-docker-secret
    ```
    """

    id = "unusable-pull-secret"
    severity = Severity.ERROR
    summary = "A pull secret is no login to the registry of the image"
