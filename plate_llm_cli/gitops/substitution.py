"""The variables that ArgoCD puts into value file paths and parameters before it calls Helm.

Source: ArgoCD's build environment, https://argo-cd.readthedocs.io/en/stable/user-guide/build-environment/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.gitops.applications import Application, ApplicationSource

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+)|(\$))")


def build_environment(application: Application, source: ApplicationSource) -> dict[str, str]:
    """The variables whose value is known without a cluster; a revision's commit is not."""
    return {
        "ARGOCD_APP_NAME": application.name,
        "ARGOCD_APP_NAMESPACE": application.namespace,
        "ARGOCD_APP_PROJECT_NAME": application.project,
        "ARGOCD_APP_SOURCE_PATH": source.path or "",
        "ARGOCD_APP_SOURCE_REPO_URL": source.repo_url,
        "ARGOCD_APP_SOURCE_TARGET_REVISION": source.revision,
    }


def substitute(text: str, environment: dict[str, str]) -> str:
    """`text` with `$NAME` and `${NAME}` replaced; an unknown name becomes '', `$$` becomes `$`."""
    return _VARIABLE.sub(
        lambda match: "$" if match[3] else environment.get(match[1] or match[2], ""), text
    )


def clean_parameter(value: str) -> str:
    r"""`value` as ArgoCD hands it to `--set`: commas escaped, save in a `{list}`."""
    if value.startswith("{") and value.endswith("}"):
        return value
    return re.sub(r"(?<!\\),", r"\\,", value)
