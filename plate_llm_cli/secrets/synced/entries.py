"""The entries of `env` and `envFrom` of a container, each worked out when it is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import mapping, mappings, text
from plate_llm_cli.secrets.synced import pod_fields
from plate_llm_cli.secrets.synced.expansion import expanded
from plate_llm_cli.secrets.synced.failures import NotSyncedError
from plate_llm_cli.secrets.synced.made import label_of
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.secrets.synced.made import Namespace

Value = str | Secret

_NAME: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_RELAXED: Final = re.compile(r"[ -<>-~]+")
_RELAXED_SINCE: Final = 32
"""The minor version from which nearly any name is one (KEP-4369, on by default)."""
_CONFIG: Final = "CreateContainerConfigError: "
_ORPHAN: Final = "creationPolicy Orphan for the one that makes the Secret lets others add to it"


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why the container would not start, as its pod would say it.

    `absent`: OpenBao lacks what is needed.
    """

    variable: str
    message: str
    hint: str = ""
    absent: bool = False


class _RefusedError(Exception):
    """An entry that the kubelet cannot give a value."""

    def __init__(self, message: str, reason: NotSyncedError | None = None) -> None:
        super().__init__(message)
        self.message = f"{message}: {reason.message}" if reason else message
        self.reason = reason


class Entries:
    """The variables of one container. `complaints` grows with what is asked for."""

    def __init__(
        self,
        workload: Manifest,
        pod: Mapping[str, Any],
        container: Mapping[str, Any],
        namespace: Namespace,
        kube_version: str,
    ) -> None:
        self.complaints: list[Complaint] = []
        self._workload = workload
        self._pod = pod
        self._container = text(container.get("name"))
        self._env = [item for _, item in mappings(container.get("env"))]
        self._env_from = [item for _, item in mappings(container.get("envFrom"))]
        self._namespace = namespace
        minor = int(kube_version.split(".")[1])
        self._form = _RELAXED if minor >= _RELAXED_SINCE else _NAME
        self._known: dict[int, Value | None] = {}
        self._taken: dict[int, dict[str, Value]] = {}

    def everything(self) -> dict[str, Value]:
        """All variables that have a value."""
        found: dict[str, Value] = {}
        for number in range(len(self._env_from)):
            found |= self._from(number)
        for number, entry in enumerate(self._env):
            value = self._entry(number)
            if value is not None:
                found[text(entry.get("name"))] = value
        return found

    def value(self, name: str, before: int | None = None) -> Value | None:
        """The variable `name` as the entries in front of `before` make it; None where none does."""
        last = len(self._env) if before is None else before
        for number in reversed(range(last)):
            if self._env[number].get("name") == name and self._entry(number) is not None:
                return self._entry(number)
        for number in reversed(range(len(self._env_from))):
            prefix = text(self._env_from[number].get("prefix"))
            if name.startswith(prefix) and name in self._from(number):
                return self._from(number)[name]
        return None

    def _entry(self, number: int) -> Value | None:
        if number not in self._known:
            name = text(self._env[number].get("name"))
            try:
                value = self._worked_out(number, self._env[number])
                _check(name, value)
                self._known[number] = value
            except _RefusedError as error:
                self._complain(name, error)
                self._known[number] = None
        return self._known[number]

    def _worked_out(self, number: int, entry: Mapping[str, Any]) -> Value | None:
        value = entry.get("value")
        if value is not None and not isinstance(value, str):
            raise _RefusedError("the API server refuses a value that is no text")
        if value:
            return expanded(value, lambda name: self.value(name, number))
        source = mapping(entry.get("valueFrom"))
        for kind, reference in source.items():
            if isinstance(reference, dict):
                return self._referred(kind, reference)
        return ""

    def _referred(self, kind: str, reference: dict[str, Any]) -> Value | None:
        if kind == "secretKeyRef":
            return self._from_secret(reference)
        if kind == "configMapKeyRef":
            return self._from_config_map(reference)
        if kind == "fieldRef":
            path = text(reference.get("fieldPath"))
            found = pod_fields.field_value(self._workload, self._pod, path)
        elif kind == "resourceFieldRef":
            path = text(reference.get("resource"))
            found = pod_fields.resource_value(self._pod, self._container, reference)
        else:
            path, found = "", None
        if found is None:
            raise _RefusedError(f"{kind} {path} is known in the cluster alone")
        return found

    def _from_secret(self, reference: dict[str, Any]) -> Secret | None:
        name, key = text(reference.get("name")), text(reference.get("key"))
        optional = reference.get("optional") is True
        data = self._secret(name, optional=optional)
        if data is None or (optional and key not in data):
            return None
        if key not in data:
            raise self._no_key(name, key)
        return data[key]

    def _no_key(self, name: str, key: str) -> _RefusedError:
        """What a pod says of a key that is not there, and where the key should have come from."""
        message = f"{_CONFIG}couldn't find key {key} in Secret {self._namespace.name}/{name}"
        for made in self._namespace.turned_away(name):
            if made.source_of(key) is not None:
                why = f"{label_of(made)} may not add it: target is owned by another ExternalSecret"
                return _RefusedError(message, NotSyncedError(why, _ORPHAN))
        sources = (made.source_of(key) for made in self._namespace.producers(name))
        remote = next((keys[0] for keys in sources if keys), None)
        if remote is None:
            return _RefusedError(message)
        reason = f"there is no {remote} in OpenBao"
        return _RefusedError(message, NotSyncedError(reason, absent=True))

    def _secret(self, name: str, *, optional: bool) -> dict[str, Secret] | None:
        """The data of a Secret; None where it is not there and need not be."""
        message = f'{_CONFIG}secret "{name}" not found'
        try:
            data = self._namespace.secret(name)
        except NotSyncedError as error:
            if optional and not error.unknown:
                return None
            if error.unknown:
                raise _RefusedError(f"what is in Secret {name} is not known", error) from None
            raise _RefusedError(message, error) from None
        if data is None and not optional:
            made = bool(self._namespace.producers(name))
            why = "nothing is read for it" if made else "nothing in the tree makes it"
            raise _RefusedError(message, NotSyncedError(why, absent=made))
        return data

    def _from_config_map(self, reference: dict[str, Any]) -> str | None:
        name, key = text(reference.get("name")), text(reference.get("key"))
        optional = reference.get("optional") is True
        data = self._config_map(name, optional=optional)
        if data is None or (optional and key not in data):
            return None
        if key not in data:
            of = f"ConfigMap {self._namespace.name}/{name}"
            raise _RefusedError(f"{_CONFIG}couldn't find key {key} in {of}")
        return data[key]

    def _config_map(self, name: str, *, optional: bool) -> dict[str, str] | None:
        message = f'{_CONFIG}configmap "{name}" not found'
        try:
            data = self._namespace.config_map(name)
        except NotSyncedError as error:
            if optional:
                return None
            raise _RefusedError(message, error) from None
        if data is None and not optional:
            raise _RefusedError(message)
        return data

    def _from(self, number: int) -> dict[str, Value]:
        """The variables of one entry of `envFrom`; names that are none are skipped."""
        if number not in self._taken:
            entry = self._env_from[number]
            prefix = text(entry.get("prefix"))
            try:
                data = self._source(entry)
                found = {prefix + key: value for key, value in data.items()}
                self._taken[number] = {k: v for k, v in found.items() if self._form.fullmatch(k)}
                for name, value in self._taken[number].items():
                    _check(name, value)
            except _RefusedError as error:
                self._complain(f"envFrom[{number}]", error)
                self._taken[number] = {}
        return self._taken[number]

    def _source(self, entry: Mapping[str, Any]) -> Mapping[str, Value]:
        secret, config_map = entry.get("secretRef"), entry.get("configMapRef")
        if isinstance(config_map, dict):
            optional = config_map.get("optional") is True
            return self._config_map(text(config_map.get("name")), optional=optional) or {}
        if isinstance(secret, dict):
            optional = secret.get("optional") is True
            return self._secret(text(secret.get("name")), optional=optional) or {}
        return {}

    def _complain(self, name: str, error: _RefusedError) -> None:
        reason = error.reason
        hint, absent = (reason.hint, reason.absent) if reason else ("", False)
        self.complaints.append(Complaint(name, error.message, hint, absent))


def _check(name: str, value: Value | None) -> None:
    held = value.reveal() if isinstance(value, Secret) else value or ""
    if "\0" in held:
        raise _RefusedError(f"RunContainerError: the value of {name} holds a zero byte")
