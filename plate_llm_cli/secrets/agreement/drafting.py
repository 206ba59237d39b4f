"""A first secrets spec, from what the charts read. A person has to look at what is guessed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_uses import How
from plate_llm_cli.secrets.agreement.contracts import Contracts
from plate_llm_cli.secrets.agreement.drafted_text import as_yaml
from plate_llm_cli.secrets.agreement.reads import key_names
from plate_llm_cli.secrets.agreement.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.secret_chains import Chain
    from plate_llm_cli.graph.secret_sources import ProducedSecret, RemoteKey, RemotePath
    from plate_llm_cli.graph.secret_uses import ClusterNamespace

Spot = tuple[str, str]
"""Mount and path."""
_DEFAULT_MOUNT: Final = "secret"

_GIVEN: Final = re.compile(r"(API_?KEY|CLIENT_?SECRET|ACCESS_?KEY(_ID)?|TOKEN|DSN|LICENSE)$")
"""Names of what a third party hands out."""
_ENCRYPTION: Final = re.compile(r"ENCRYPTION_?KEY$")
_SIGNING: Final = re.compile(r"(SECRET|SECRET_?KEY|SIGNING_?KEY|SALT|PEPPER)$")
_PASSWORD: Final = re.compile(r"(PASSWORD|PASSWD|PASS|PASSPHRASE)$")


@dataclass(slots=True)
class DraftKey:
    """A key of the draft: what is known of it."""

    name: str
    variables: dict[str, None] = field(default_factory=dict)
    """The environment variables that it fills."""
    description: str = ""
    pulls: bool = False
    """Part of a registry's login."""
    optional: bool = True
    """Every use can do without it."""

    @property
    def origin(self) -> tuple[str, str]:
        """How its value comes to be, and what to check about that."""
        name = self.name.upper().replace("-", "_").replace(".", "_")
        if self.pulls:
            return "prompt: true", "of the registry; `value:` is for what is no secret"
        if _GIVEN.search(name):
            return "prompt: true", ""
        for pattern, origin in (
            (_ENCRYPTION, "generate: {as: base64, bytes: 32}"),
            (_SIGNING, "generate: {as: base64, bytes: 48}"),
            (_PASSWORD, "generate: {as: alphanumeric, length: 32}"),
        ):
            if pattern.search(name):
                return origin, "random and new; `prompt: true` where somebody else knows it already"
        return "prompt: true", "`generate:` makes a random one, `value:` is for what is no secret"


@dataclass(slots=True)
class DraftPath:
    """A path of the draft."""

    mount: str
    path: str
    environments: dict[str, None] = field(default_factory=dict)
    secrets: dict[str, None] = field(default_factory=dict)
    """The Secrets that are made from it."""
    keys: dict[str, DraftKey] = field(default_factory=dict)
    whole: bool = False
    """Something takes every key: there may be more than are known."""
    role: str = ""


def draft(deployment: Deployment) -> str:
    """The text of a spec that has every path and key that the rendered charts read."""
    drafted = _Draft(deployment)
    drafted.gather()
    paths = sorted(drafted.paths.values(), key=lambda item: (item.path, item.mount))
    counted = Counter(path.mount for path in paths)
    mount = max(sorted(counted), key=lambda name: counted[name], default=_DEFAULT_MOUNT)
    _name_roles(paths)
    return as_yaml(mount, paths)


class _Draft:
    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._around = Surroundings(deployment)
        self._contracts = Contracts(deployment.tree)
        self._names: dict[ClusterNamespace, str] = {}
        self.paths: dict[Spot, DraftPath] = {}

    def gather(self) -> None:
        secrets = self._deployment.secrets
        for made in secrets.produced:
            if made.certain:
                self._made(made)
        for chain in secrets.chains:
            self._used(chain)

    def _made(self, made: ProducedSecret) -> None:
        for remote in made.paths:
            if (path := self._path(remote)) is not None:
                path.environments[self._environment(made.place)] = None
                path.secrets[made.name] = None
        for remote in made.consumed:
            if (path := self._path(remote)) is not None:
                path.whole = True
        for key in made.reads:
            self._key(key)

    def _used(self, chain: Chain) -> None:
        for remote in chain.whole:
            if (path := self._path(remote)) is not None:
                path.whole = True
        for remote_key in chain.remote:
            key = self._key(remote_key)
            if key is None:
                continue
            key.pulls = key.pulls or chain.use.how is How.PULL
            key.optional = key.optional and chain.use.optional
            # A variable that several keys are put together into describes none of them.
            if chain.use.how is How.ENV and len(chain.remote) == 1:
                key.variables[chain.use.variable] = None
                about = self._contracts.description(chain.use)
                key.description = key.description or about

    def _path(self, remote: RemotePath) -> DraftPath | None:
        """The path of the draft; None for one that is not known to be in OpenBao."""
        if not remote.mount or not remote.path:
            return None
        spot = (remote.mount, remote.path)
        return self.paths.setdefault(spot, DraftPath(*spot))

    def _key(self, remote: RemoteKey) -> DraftKey | None:
        path = self._path(remote.at)
        if path is None:
            return None
        if remote.name is None:
            path.whole = True
            return None
        *_, top = key_names(remote)
        return path.keys.setdefault(top, DraftKey(top))

    def _environment(self, place: ClusterNamespace) -> str:
        if place not in self._names:
            self._names[place] = self._name_of(place)
        return self._names[place]

    def _name_of(self, place: ClusterNamespace) -> str:
        """The name on the command line: the primary chart's release first, then one with pods."""
        primary = self._deployment.primary
        using = {chain.use.manifest.release.name for chain in self._deployment.secret_chains}

        def preference(release: Release) -> tuple[bool, bool, bool, str]:
            is_primary = any(part.chart_name == primary for part in release.charts)
            own = release.place == place
            return (not own, not is_primary, release.name not in using, release.name)

        there = [
            item for item in self._around.known.releases if place in self._around.known.spread(item)
        ]
        name = min(there, key=preference).name
        short = name.removeprefix(f"{primary}-") if primary else name
        meant = self._around.release_of(short)
        return short if meant is not None and meant.name == name else name


def _name_roles(paths: Iterable[DraftPath]) -> None:
    """Paths from which each environment makes its own Secret of one name have one role."""
    by_secret: dict[str, list[DraftPath]] = {}
    for path in paths:
        if len(path.environments) == 1 and len(path.secrets) == 1:
            by_secret.setdefault(next(iter(path.secrets)), []).append(path)
    for secret, alike in by_secret.items():
        environments = {name for path in alike for name in path.environments}
        if len(alike) > 1 and len(environments) == len(alike):
            for path in alike:
                path.role = secret
