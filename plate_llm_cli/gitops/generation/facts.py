"""What has to be known of an Application before its text can be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.applications import IN_CLUSTER
from plate_llm_cli.gitops.generation.needs import NO_NEEDS, Needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What nobody but the Application can say, and what follows from what it deploys.

    `sources` are the mappings under `source` or `sources`, as ArgoCD spells them. Where there is a
    file already, it says all of this itself, and only `name` and `needs` are used.
    """

    name: str
    sources: tuple[Mapping[str, Any], ...] = ()
    destination: Mapping[str, str] | None = None
    """`server` or `name`, and `namespace`."""
    project: str = ""
    """'' for the one that the conventions name."""
    namespace: str = ""
    """Where the Application itself lives; '' for what the conventions say."""
    about: str = ""
    """A comment for the top of a new file, one line or several."""
    needs: Needs = NO_NEEDS


def chart_source(
    repo_url: str, path: str, revision: str, value_files: Sequence[str] = ()
) -> dict[str, Any]:
    """The source of a chart in a folder of Git; `value_files` are relative to it."""
    helm = {"helm": {"valueFiles": list(value_files)}} if value_files else {}
    return {"repoURL": repo_url, "targetRevision": revision, "path": path, **helm}


def destination_of(namespace: str, server: str = IN_CLUSTER) -> dict[str, str]:
    """A namespace of a cluster, which is named by its address."""
    return {"server": server, "namespace": namespace}
