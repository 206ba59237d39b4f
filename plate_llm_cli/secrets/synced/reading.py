"""What External Secrets reads for one reference: paths of OpenBao, each read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.secret_fields import text
from plate_llm_cli.secrets.addresses import Place, is_path
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.synced import property_paths, texts
from plate_llm_cli.secrets.synced.failures import NotSyncedError, unsupported
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.source.nodes import Plain

PathReader = Callable[[Place, int | None], Stored]
"""A version of a path, None for the newest: `OpenBao.read`."""


class NoSecretError(NotSyncedError):
    """There is nothing at a path, which some deletion policies pass over."""


class Paths:
    """Reads each version of a path once."""

    def __init__(self, read: PathReader) -> None:
        self._read = read
        self._known: dict[tuple[Place, int | None], Stored] = {}

    def value(self, store: SecretStore, remote: Mapping[str, Any]) -> Secret:
        """What `remoteRef` means: a key, a part of its JSON, or the whole path as JSON."""
        data, place = self._data(store, remote)
        name = text(remote.get("property"))
        return _bounded(Secret(texts.text_of(_property(data, name, place))), remote)

    def values(self, store: SecretStore, remote: Mapping[str, Any]) -> dict[str, Secret]:
        """What `extract` means: every key of the path, or of the JSON at `property`."""
        data, place = self._data(store, remote)
        name = text(remote.get("property"))
        held = _object_at(data, name, place) if name else data
        return {
            key: _bounded(Secret(texts.text_of_reread(texts.reread(value))), remote)
            for key, value in held.items()
        }

    def _data(
        self, store: SecretStore, remote: Mapping[str, Any]
    ) -> tuple[dict[str, Plain], Place]:
        if remote.get("metadataPolicy") == "Fetch":
            raise unsupported("metadataPolicy Fetch reads metadata, which is not read here")
        place, version = _place(store, text(remote.get("key"))), _version(remote)
        if (place, version) not in self._known:
            self._known[place, version] = self._read(place, version)
        stored = self._known[place, version]
        if stored.state is not StoredState.LIVE:
            which = f"version {version} of " if version else ""
            raise NoSecretError(
                f"Secret does not exist ({which}{place} is {stored.state})", absent=True
            )
        return {key: value.raw for key, value in stored.data.items()}, place


def _place(store: SecretStore, key: str) -> Place:
    mount, path = store.find(key)
    if not is_path(mount) or not is_path(path):
        raise unsupported(f"{key!r} is no path that can be read here")
    return Place(mount, path)


def _version(remote: Mapping[str, Any]) -> int | None:
    version = remote.get("version")
    if version in (None, ""):
        return None
    if isinstance(version, str) and version.isascii() and version.isdigit():
        return int(version) or None
    raise NotSyncedError(f"version {version!r} is no number, which OpenBao refuses")


def _bounded(value: Secret, remote: Mapping[str, Any]) -> Secret:
    if remote.get("nullBytePolicy") == "Fail" and "\0" in value.reveal():
        raise NotSyncedError("the value holds a zero byte, and nullBytePolicy is Fail")
    return value


def _property(data: dict[str, Plain], name: str, place: Place) -> Plain:
    """A key of that very name comes before a path."""
    if not name:
        return data
    if name in data:
        return data[name]
    try:
        return property_paths.follow(data, name)
    except property_paths.NothingThereError:
        message = f'cannot find secret data for key: "{name}" ({place}#{name})'
        raise NotSyncedError(message, absent=True) from None
    except property_paths.PathSyntaxError as error:
        raise unsupported(f"property {name!r} has {error}, which is not followed here") from None


def _object_at(data: dict[str, Plain], name: str, place: Place) -> dict[str, Plain]:
    value = _property(data, name, place)
    parsed = texts.from_json(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise NotSyncedError(f"what is at {place}#{name} is no object of JSON")
    return parsed
