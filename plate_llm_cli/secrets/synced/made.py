"""Every Secret and ConfigMap of a deployment with its data, as a namespace would hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import at, mapping, text
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.secrets.synced.decoding import decoded, refused_key
from plate_llm_cli.secrets.synced.external import Data, label, synced
from plate_llm_cli.secrets.synced.failures import NotSyncedError, unsupported
from plate_llm_cli.secrets.synced.filling import Filler
from plate_llm_cli.secrets.synced.reading import Paths
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_sources import ProducedSecret
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.synced.operator import Operator

_ACCOUNT_TOKEN: Final = "kubernetes.io/service-account-token"  # noqa: S105 - the type of a Secret


class Namespace:
    """One namespace of a deployment. A Secret is worked out when it is first asked for."""

    def __init__(self, deployment: Deployment, place: ClusterNamespace, operator: Operator) -> None:
        self.place = place
        self._deployment = deployment
        self._paths = Paths(operator.read)
        self._filler = Filler(operator.engine, deployment.kube_version)
        self._secrets: dict[str, Data | NotSyncedError | None] = {}

    @property
    def name(self) -> str:
        """Its name."""
        return self.place[1]

    def secret(self, name: str) -> Data | None:
        """The data of a Secret; None where nothing makes it.

        Raises:
            NotSyncedError: what should make it cannot, or only the cluster knows what is in it.
            OpenBaoError: OpenBao is away, or refuses to be read.
        """
        if name not in self._secrets:
            try:
                self._secrets[name] = self._made(name)
            except NotSyncedError as error:
                self._secrets[name] = error
        found = self._secrets[name]
        if isinstance(found, NotSyncedError):
            raise found
        return found

    def producers(self, name: str) -> list[ProducedSecret]:
        """What makes a Secret, and what adds to it."""
        found = self._named(name)
        return [item for item in found if item.creates or not _is_owned(found)]

    def turned_away(self, name: str) -> list[ProducedSecret]:
        """What would add to a Secret that an ExternalSecret owns: the operator refuses that."""
        found = self._named(name)
        return [item for item in found if not item.creates and _is_owned(found)]

    def _named(self, name: str) -> list[ProducedSecret]:
        made = self._deployment.secrets.made_at(self.place)
        return [secret for secret in made if secret.name == name]

    def config_map(self, name: str) -> dict[str, str] | None:
        """The texts of a ConfigMap of the tree; None where it has none of that name.

        Raises:
            NotSyncedError: the API server would not take it.
        """
        for manifest in self._deployment.manifests:
            if (manifest.kind, manifest.api_version) != ("ConfigMap", "v1"):
                continue
            if manifest.name == name and place_of(manifest) == self.place:
                return _texts(manifest, "data")
        return None

    def _made(self, name: str) -> Data | None:
        producers = self.producers(name)
        makers = [item for item in producers if item.creates]
        if len(makers) > 1:
            named = " and ".join(label_of(item) for item in makers)
            raise unsupported(f"{named} both make Secret {name}, and chance decides which stays")
        if not makers:
            return None
        data = self._data(makers[0])
        if data is None:
            return None
        data = dict(data)
        for item in producers:
            if not item.creates:
                _add(data, self._data(item) or {}, item)
        return data

    def _data(self, made: ProducedSecret) -> Data | None:
        if made.external is not None:
            return synced(made.external, self._paths, self._filler)
        manifest = made.manifest
        if manifest.kind != "Secret":
            raise unsupported(f"{label_of(made)} makes it, in the cluster alone")
        if manifest.text("type") == _ACCOUNT_TOKEN:
            raise unsupported(f"{label_of(made)} is filled with a token, in the cluster alone")
        return _plain(manifest)


def _add(data: Data, more: Data, made: ProducedSecret) -> None:
    for key, value in more.items():
        if key in data and not data[key].same_as(value):
            raise unsupported(
                f"{label_of(made)} writes the key {key}, which something else writes as well,"
                " and chance decides which stays"
            )
        data[key] = value


def _is_owned(made: list[ProducedSecret]) -> bool:
    """Whether an ExternalSecret owns the Secret: Owner is the default of creationPolicy."""
    specs = (item.external.spec for item in made if item.creates and item.external is not None)
    return any(text(at(spec, "target", "creationPolicy")) in ("", "Owner") for spec in specs)


def label_of(made: ProducedSecret) -> str:
    """The object that makes a Secret, as it is called in the cluster."""
    if made.external is not None:
        return label(made.external)
    return f"{made.manifest.kind} {made.namespace}/{made.manifest.name}"


def _plain(manifest: Manifest) -> Data:
    """A Secret of the tree: `data` in base64, and `stringData` over it."""
    data = {
        key: _from_base64(key, value, manifest) for key, value in _texts(manifest, "data").items()
    }
    data |= {key: Secret(value) for key, value in _texts(manifest, "stringData").items()}
    return data


def _from_base64(key: str, value: str, manifest: Manifest) -> Secret:
    try:
        return decoded(Secret(value), "Base64")
    except NotSyncedError:
        raise _refused(manifest, f"data.{key} is no base64") from None


def _texts(manifest: Manifest, field: str) -> dict[str, str]:
    found = mapping(manifest.plain.get(field))
    for key, value in found.items():
        if value is not None and not isinstance(value, str):
            raise _refused(manifest, f"{field}.{key} is no text")
    wrong = refused_key(found)
    if wrong is not None:
        raise _refused(manifest, f"{field} has the key {wrong!r}")
    return {key: value or "" for key, value in found.items()}


def _refused(manifest: Manifest, why: str) -> NotSyncedError:
    name = f"{manifest.kind} {manifest.namespace}/{manifest.name}"
    return NotSyncedError(f"the API server refuses {name}: {why}")
