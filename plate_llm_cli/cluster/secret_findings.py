"""What of an environment's secrets has not arrived in its cluster, as findings at the tree's lines.

Of a Secret only the names of its keys are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import Ref, moment
from plate_llm_cli.cluster.status.ages import ago
from plate_llm_cli.cluster.status.expected import expect
from plate_llm_cli.cluster.status.external_secrets import external_secrets, stores
from plate_llm_cli.cluster.status.item import Level
from plate_llm_cli.cluster.status.reading import Reader, Unread, attempt
from plate_llm_cli.cluster.status.secrets import key_names
from plate_llm_cli.cluster.validation.complaints import about, findings_of
from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.locate import Locator
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_stores import is_eso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.status.expected import Expected
    from plate_llm_cli.cluster.status.item import Item
    from plate_llm_cli.findings import Finding
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_chains import Chain
    from plate_llm_cli.graph.secret_sources import ProducedSecret, RemotePath

UNSYNCED: Final = "unsynced-secret"
MISSING: Final = "missing-projected-key"
_SLACK: Final = 5
"""Seconds by which the clocks of OpenBao and of the operator may differ."""


@dataclass(eq=False)
class Arrival:
    """The secrets of `release` and what reads them, held against its cluster.

    `written` says when what an ExternalSecret reads was changed last, by OpenBao's clock.
    """

    api: Api
    deployment: Deployment
    release: Release
    env: str
    written: Callable[[RemotePath], datetime | None]
    namespace: str = ""
    """Where to look in place of the release's own."""
    unread: list[str] = field(default_factory=list)
    """What may not be read, and was left out."""
    _unsynced: set[Ref] = field(default_factory=set)

    def findings(self) -> list[Finding]:
        """Everything that has not arrived, once each.

        Raises:
            MissingKindError: External Secrets is not installed.
            ForbiddenError: ExternalSecrets may not be read.
            ClusterError: the API server is gone.
        """
        for ref in (external.ref for external in self._expected.external):
            listed = self._reader.named(ref.api_version, ref.kind)
            if isinstance(listed, Unread):
                raise listed.error
        found = [*self._synced(), *self._stored(), *self._projected()]
        return list(dict.fromkeys(found))

    @cached_property
    def _expected(self) -> Expected:
        return expect(self.deployment, self.release, self.env, self.namespace)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.api, self._expected.namespace)

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self.deployment)

    @cached_property
    def _made(self) -> dict[Ref, ProducedSecret]:
        """What makes each Secret, by its ExternalSecret in the cluster."""
        made = self.deployment.secrets.made_at(self.release.place)
        ours = [item for item in made if is_eso(item.manifest)]
        pairs = zip(self._expected.external, ours, strict=True)
        return {external.ref: item for external, item in pairs}

    def _synced(self) -> Iterator[Finding]:
        for item in external_secrets(self._reader, self._expected):
            made = self._made[item.ref]
            yield from self._unready(item, made.manifest)
            if item.level is Level.OK:
                yield from self._stale(item.ref, made)

    def _stored(self) -> Iterator[Finding]:
        read = [path.store for made in self._made.values() for path in made.paths if path.store]
        manifests = {(store.manifest.kind, store.name): store.manifest for store in read}
        for item in stores(self._reader, self._expected):
            manifest = manifests.get((item.ref.kind, item.ref.name))
            if item.level is Level.UNKNOWN:
                self.unread += [problem.text for problem in item.problems]
            elif manifest is not None:
                yield from self._unready(item, manifest)

    def _unready(self, item: Item, manifest: Manifest) -> Iterator[Finding]:
        if item.problems:
            self._unsynced.add(item.ref)
        for problem in item.problems:
            place = ManifestPlace(manifest, ("metadata", "name"))
            message = f"{item.ref} {_verb(problem.text)}"
            yield self._finding(UNSYNCED, place, message, problem.advice)

    def _stale(self, ref: Ref, made: ProducedSecret) -> Iterator[Finding]:
        """Warn of a Secret that was made of what OpenBao had before."""
        listed = self._reader.named(ref.api_version, ref.kind)
        refreshed = moment({} if isinstance(listed, Unread) else listed[ref.name], *_REFRESHED)
        for path in made.paths:
            written = self.written(path)
            if refreshed and written and (written - refreshed).total_seconds() > _SLACK:
                now = self._reader.now
                message = (
                    f"Secret {made.name} is older than what OpenBao holds: {path} was written "
                    f"{ago(written, now)}, and read {ago(refreshed, now)}"
                )
                annotate = f"kubectl -n {ref.namespace} annotate externalsecret {ref.name}"
                advice = f"it is read at the next refresh, or now: {annotate} {_FORCE}"
                place = ManifestPlace(made.manifest, ("metadata", "name"))
                yield self._finding(MISSING, place, message, advice, Severity.WARNING)
                return

    def _projected(self) -> Iterator[Finding]:
        """What pods read, and would not find."""
        keys: dict[str, list[str] | Unread | None] = {}
        for chain in self.deployment.secrets.at(self.release.place):
            name = chain.use.secret
            if chain.use.optional or chain.use.manifest.hook:
                continue
            if name not in keys:
                ref = Ref("v1", "Secret", self._expected.namespace, name)
                keys[name] = found = attempt(lambda ref=ref: key_names(self.api, ref))  # type: ignore[misc]
                yield from self._absent(chain, found)
            yield from self._lacking(chain, keys[name])

    def _absent(self, chain: Chain, keys: list[str] | Unread | None) -> Iterator[Finding]:
        """A Secret that is not there, unless what makes it was found to be at fault."""
        if isinstance(keys, Unread):
            self.unread.append(keys.error.message)
        elif keys is None and not self._is_explained(chain):
            message = f"there is no Secret {chain.use.secret} in {self._expected.namespace}"
            place = ManifestPlace(chain.use.manifest, chain.use.name_route)
            yield self._finding(MISSING, place, message, self._why)

    def _is_explained(self, chain: Chain) -> bool:
        faulty = {self._made[ref].name for ref in self._unsynced if ref in self._made}
        return chain.use.secret in faulty

    def _lacking(self, chain: Chain, keys: list[str] | Unread | None) -> Iterator[Finding]:
        use = chain.use
        if use.key is None or not isinstance(keys, list) or any(map(use.accepts, keys)):
            return
        message = f"Secret {use.secret} in {self._expected.namespace} has no key {use.key}"
        yield self._finding(MISSING, ManifestPlace(use.manifest, use.route), message, self._why)

    @property
    def _why(self) -> str:
        return (
            f"plate-llm status {self.env} shows what makes it; "
            f"plate-llm secrets plan {self.env}, what is missing"
        )

    def _finding(
        self,
        rule: str,
        place: ManifestPlace,
        message: str,
        advice: str,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        complaint = about(rule, place, message, advice, severity)
        (finding,) = findings_of([complaint], self._locator)
        return finding


_REFRESHED: Final = ("status", "refreshTime")
_FORCE: Final = "force-sync=$(date +%s) --overwrite"


def _verb(problem: str) -> str:
    """A problem as what is said of an object: `is not there`, `is not ready: no such host`."""
    return problem if problem.startswith("is ") else f"is not ready: {problem}"
