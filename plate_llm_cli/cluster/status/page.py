"""The whole page: every part, the worst first where one has to be named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.events import EventLine, about, grouped, recent_warnings
from plate_llm_cli.cluster.status.application import applications
from plate_llm_cli.cluster.status.autoscaling import autoscaling
from plate_llm_cli.cluster.status.exposure import certificates, ingresses
from plate_llm_cli.cluster.status.external_secrets import external_secrets, stores
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.reading import Reader, Unread, attempt
from plate_llm_cli.cluster.status.rollout import workloads
from plate_llm_cli.cluster.status.secrets import secrets

if TYPE_CHECKING:
    from datetime import datetime

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.cluster.status.expected import Expected

_TROUBLE: Final = 500
"""From this status on it is the API server that fails, not the request."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """How an environment is, at the cluster's time `at`."""

    env: str
    namespace: str
    context: str
    at: datetime | None
    items: list[Item]
    warnings: list[EventLine]
    unread: str = ""
    """Why warnings could not be read, or ''."""

    @property
    def level(self) -> Level:
        """That of the worst; what could not be read counts where nothing can be said without it."""
        levels = [
            item.level for item in self.items if item.level is not Level.UNKNOWN or item.vital
        ]
        return max(levels, key=lambda level: level.weight, default=Level.OK)

    @property
    def healthy(self) -> bool:
        """Whether all is well, as far as can be seen."""
        return self.level in (Level.OK, Level.NOTE)

    @property
    def unknown(self) -> int:
        """How many things could not be read."""
        return sum(item.level is Level.UNKNOWN for item in self.items) + bool(self.unread)

    @property
    def reason(self) -> tuple[Item, Problem] | None:
        """The most likely reason why it is not healthy."""
        if self.healthy:
            return None
        found = [
            (item, problem)
            for item in self.items
            for problem in item.problems
            if problem.level is self.level
        ]
        return min(found, key=lambda pair: pair[1].root)


def look(workload_api: Api, argo_api: Api, expected: Expected) -> Page:
    """Read all that the page has.

    Raises:
        ClusterError: an API server is gone, in trouble, or does not accept the credentials.
    """
    reader = Reader(workload_api, expected.namespace)
    heard = attempt(lambda: recent_warnings(workload_api, expected.namespace))
    if isinstance(heard, Unread) and heard.error.status >= _TROUBLE:
        raise heard.error  # of the API server's own kinds: nothing else would be read, either
    warnings = [] if isinstance(heard, Unread) else heard
    running = workloads(reader, expected, warnings)
    items = [
        *applications(argo_api, expected),
        *(_unrendered(ref) for ref in expected.unrendered),
        *running.items,
        *external_secrets(reader, expected),
        *stores(reader, expected),
        *secrets(reader, expected),
        *ingresses(reader, expected),
        *certificates(reader, expected),
        *autoscaling(reader, expected),
    ]
    concerned = [*expected.objects, *running.owned, *(item.ref for item in items)]
    return Page(
        expected.env,
        expected.namespace,
        workload_api.connection.context,
        reader.now,
        items,
        grouped(about(concerned, warnings)),
        heard.text if isinstance(heard, Unread) else "",
    )


def _unrendered(ref: Ref) -> Item:
    problem = Problem(
        Level.UNKNOWN,
        Root.APPLICATION,
        "it does not render: what ought to be there is not known",
        "plate-llm validate shows why",
    )
    return Item(ref, "does not render", (problem,))
