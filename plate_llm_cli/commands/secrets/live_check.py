"""The part of `secrets check` that asks servers: OpenBao, then the cluster."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.commands.cluster_access import clusters
from plate_llm_cli.commands.openbao_access import openbao
from plate_llm_cli.commands.secrets.session import spec_of
from plate_llm_cli.commands.secrets.writing import read_places
from plate_llm_cli.errors import ClusterError
from plate_llm_cli.output import say
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.agreement.holdings import findings_of, held_in, lacks
from plate_llm_cli.secrets.agreement.reads import path_of

if TYPE_CHECKING:
    from datetime import datetime

    from plate_llm_cli.commands.cluster_access import Where
    from plate_llm_cli.commands.openbao_access import Access
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.findings import Finding
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.secret_sources import RemotePath
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.spec import Spec

_ALONE: Final = "--no-cluster looks into OpenBao alone"


@dataclass(slots=True, eq=False)
class LiveCheck:
    """What servers have of one environment, as findings."""

    workspace: Workspace
    env: str
    deployment: Deployment
    releases: tuple[str, ...]
    found: list[Finding] = field(default_factory=list)
    _written: dict[Place, datetime | None] = field(default_factory=dict)
    _whole: Spec | None = None
    _refusal: ClusterError | None = None

    def openbao(self, whole: Spec, access: Access) -> None:
        """Look into OpenBao.

        Raises:
            OpenBaoError: the server refuses, or is gone.
        """
        self._whole, spec = whole, spec_of(self.workspace, whole, self.env)
        with openbao(self.workspace, access) as (_, bao):
            stored = read_places(bao, [path.place for path in spec.paths])
            self.found += findings_of(
                spec, lacks(spec, held_in(spec, stored), self.env), self.releases
            )
        self._written = {place: version.created for place, version in stored.items()}

    def cluster(self, where: Where, namespace: str) -> None:
        """Look into the cluster. Without a kubeconfig there is none, unless somebody names it.

        Raises:
            KubeconfigError: the kubeconfig is broken, or its context is not the environment's.
        """
        from plate_llm_cli.cluster.kubeconfig import has_kubeconfig  # noqa: PLC0415 - 0.3 s
        from plate_llm_cli.cluster.secret_findings import Arrival  # noqa: PLC0415 - as above

        if not (where.context or where.yes_really or namespace or has_kubeconfig(os.environ)):
            say("the cluster was not looked at: there is no kubeconfig")
            return

        release = self.workspace.release(self.env)
        with clusters(self.workspace, release, where, changes=False) as reached:
            arrival = Arrival(
                reached.workloads, self.deployment, release, self.env, self._changed, namespace
            )
            try:
                self.found += arrival.findings()
            except ClusterError as error:
                self._refusal = error
            for message in dict.fromkeys(arrival.unread):
                say(f"warning: not looked at: {one_line(message)}")

    def raise_refusal(self) -> None:
        """End the command, once the rest is reported, where the cluster did not answer.

        Raises:
            ClusterError: it did not.
        """
        if self._refusal is not None:
            self._refusal.hint += f"{'; ' * bool(self._refusal.hint)}{_ALONE}"
            raise self._refusal

    def _changed(self, remote: RemotePath) -> datetime | None:
        """When OpenBao's newest version of a path was written."""
        path = path_of(remote, self._whole) if self._whole is not None else None
        return self._written.get(path.place) if path is not None else None
