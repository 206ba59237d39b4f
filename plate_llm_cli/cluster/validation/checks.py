"""All that a cluster is asked of an environment, in the order in which it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.validation.classes import classes
from plate_llm_cli.cluster.validation.dry_run import dry_run
from plate_llm_cli.cluster.validation.issuers import issuers
from plate_llm_cli.cluster.validation.kinds import kinds, metrics
from plate_llm_cli.cluster.validation.limit_ranges import limit_ranges
from plate_llm_cli.cluster.validation.logins import logins
from plate_llm_cli.cluster.validation.namespaces import namespaces
from plate_llm_cli.cluster.validation.pod_references import references
from plate_llm_cli.cluster.validation.quotas import quotas
from plate_llm_cli.cluster.validation.secret_references import secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import Site

_CHECKS: Final[tuple[Callable[[Site], Iterator[Complaint]], ...]] = (
    kinds,
    namespaces,  # before what is tried in them
    dry_run,  # before quotas, which compare what would become
    issuers,
    classes,
    references,
    secrets,
    logins,
    metrics,
    limit_ranges,
    quotas,
)


def complaints(site: Site) -> list[Complaint]:
    """Everything that the cluster has against the environment, and what it may not be asked.

    Raises:
        ClusterError: the API server is gone, or does not accept our credentials.
    """
    found = [complaint for check in _CHECKS for complaint in check(site)]
    return [*found, *site.refused]
