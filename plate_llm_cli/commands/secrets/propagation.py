"""New values on their way from OpenBao to the pods: syncs, then restarts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.commands.cluster_access import clusters, declared_context
from plate_llm_cli.commands.terminal import has_terminal
from plate_llm_cli.errors import ForbiddenError
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.secrets_rotate import done_text, left_text, planned_text
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.lifecycle.affected import Affected, Sync, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster import external_secrets
    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.commands.cluster_access import Where
    from plate_llm_cli.commands.secrets.session import Session
    from plate_llm_cli.graph.secret_uses import ClusterNamespace


@contextmanager
def propagating(
    opened: Session, where: Where | None, *, restarts: bool
) -> Iterator[Propagation | None]:
    """The cluster of the environment, for changes; None where nothing is to be done in it.

    Raises:
        KubeconfigError: there is none, or its context is not the environment's.
    """
    if where is None:
        yield None
        return
    release = opened.workspace.release(opened.env)
    with clusters(opened.workspace, release, where, changes=True) as reached:
        yield Propagation(opened, reached.workloads, restarts)


@dataclass(frozen=True, slots=True, eq=False)
class Propagation:
    """What may be done in the cluster of the environment that was named."""

    session: Session
    api: Api
    restarts: bool

    def of(self, concerned: Affected) -> Following:
        """Those of `concerned` that are in this cluster; all is asked that may be refused.

        Raises:
            ForbiddenError: we may not do all of it.
            ClusterError: the API server is gone, or has no External Secrets.
        """
        here = {place for place in concerned.places if self._is_here(place)}
        elsewhere = ", ".join(place[1] for place in concerned.places if place not in here)
        if elsewhere:
            context = self.api.connection.context
            say(one_line(f"warning: {elsewhere} is not in the context {context}, and left to you"))
        syncs = [item for item in concerned.syncs if item.place in here]
        workloads = [item for item in concerned.workloads if item.place in here and item.restarts]
        following = Following(
            self.api, self.session.env, concerned, syncs, workloads if self.restarts else []
        )
        following.prepare()
        return following

    def _is_here(self, place: ClusterNamespace) -> bool:
        """Whether what the tree puts at `place` is in the cluster that is looked at.

        Each ArgoCD calls its own cluster by the same address: the contexts tell them apart.
        """
        workspace = self.session.workspace
        own = workspace.release(self.session.env)
        there = next((item for item in workspace.releases if item.place == place), own)
        same = declared_context(workspace, there) == declared_context(workspace, own)
        return place[0] == own.application.cluster and same


@dataclass(slots=True, eq=False)
class Following:
    """The syncs and restarts of one rotation."""

    api: Api
    env: str
    concerned: Affected
    syncs: list[Sync]
    workloads: list[Workload]
    _asked: dict[Sync, external_secrets.Sync] = field(default_factory=dict)
    _done: list[Sync | Workload] = field(default_factory=list)
    _troubles: dict[Sync | Workload, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Find out what may be refused, before any value is written.

        Raises:
            ForbiddenError: we may not do all of it.
            ClusterError: the API server is gone, or has no External Secrets.
        """
        from plate_llm_cli.cluster import external_secrets as cluster  # noqa: PLC0415 - 0.3 s
        from plate_llm_cli.cluster.objects import Ref  # noqa: PLC0415 - as above

        version = cluster.api_version(self.api) if self.syncs else ""
        for item in self._takers:
            namespace = item.place[1]
            ref = Ref(version, cluster.KIND, namespace, item.name)
            secret = Ref("v1", "Secret", namespace, item.secret)
            self._asked[item] = cluster.Sync(self.api, ref, secret)
        refs = [*(sync.ref for sync in self._asked.values()), *map(_ref, self.workloads)]
        self._require(refs)
        for sync in self._asked.values():
            sync.prepare()

    def planned(self, unknown: list[str]) -> str:
        """What `carry_out` would do, and what it would leave."""
        takers = self._takers
        text = planned_text(takers, self.workloads)
        return text + left_text(self._left([*takers, *self.workloads]), unknown)

    def carry_out(self, unknown: list[str]) -> bool:
        """Do it, and print what was done and what is left; whether all went well.

        Raises:
            ClusterError: the API server refuses, or is gone; what is left is printed.
        """
        try:
            self._sync()
            self._restart()
        finally:  # Ctrl-C too: the values are written, and somebody has to do the rest
            left = left_text(self._left(self._done), unknown)
            write_out(done_text(self._done, self._troubles) + left)
        if any(isinstance(item, Workload) for item in self._done):
            say(f"plate-llm status {self.env} shows how the pods come up")
        return len(self._done) == len(self.syncs) + len(self.workloads)

    @property
    def _takers(self) -> list[Sync]:
        """Those that read again when they are asked to."""
        return [item for item in self.syncs if not item.frozen]

    def _require(self, refs: list[Ref]) -> None:
        refused = [
            f"{verb} {ref}"
            for ref in refs
            for verb in ("get", "patch")
            if not self.api.may(verb, ref)
        ]
        if refused:
            raise ForbiddenError(
                "not all of it may be done in the cluster, nothing was rotated",
                "ask who runs the cluster for these rights, or leave out --sync and --restart",
                refused,
            )

    def _sync(self) -> None:
        from plate_llm_cli.cluster.external_secrets import wait  # noqa: PLC0415 - loaded by now

        if self._asked and has_terminal():
            say("waiting for External Secrets to read the new values")
        try:
            for asked in self._asked.values():
                asked.ask()
            wait(list(self._asked.values()))
        finally:
            for item, asked in self._asked.items():
                if not asked.pending:
                    self._note(item, asked.trouble)

    def _restart(self) -> None:
        from plate_llm_cli.cluster.restarts import restart  # noqa: PLC0415 - as above

        for item in self.workloads:
            if self._is_ready(item.place):
                self._note(item, restart(self.api, _ref(item)))

    def _is_ready(self, place: ClusterNamespace) -> bool:
        """Whether every Secret there has the new values: a pod would start with those before."""
        there = [item for item in self.concerned.syncs if item.place == place]
        return all(item in self._done for item in there)

    def _note(self, item: Sync | Workload, trouble: str) -> None:
        if trouble:
            self._troubles[item] = trouble
        else:
            self._done.append(item)

    def _left(self, done: list[Sync | Workload]) -> Affected:
        syncs = tuple(item for item in self.concerned.syncs if item not in done)
        return Affected(syncs, tuple(item for item in self.concerned.workloads if item not in done))


def _ref(item: Workload) -> Ref:
    from plate_llm_cli.cluster.objects import Ref  # noqa: PLC0415 - as above
    from plate_llm_cli.cluster.restarts import API_VERSION  # noqa: PLC0415 - as above

    return Ref(API_VERSION, item.kind, item.place[1], item.name)
