"""The kubeconfig: its contexts, and the credentials of one.

Read with the official client's own loader, so that every kind of login works that works there:
tokens, certificates, OIDC, exec plugins, and a pod's service account.
"""

from __future__ import annotations

import base64
import binascii
import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from kubernetes.client import Configuration
from kubernetes.config import incluster_config
from kubernetes.config.config_exception import ConfigException
from kubernetes.config.kube_config import KubeConfigLoader, KubeConfigMerger

from plate_llm_cli.cluster.messages import spoken, without_login
from plate_llm_cli.errors import KubeconfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IN_CLUSTER: Final = "in-cluster"
"""The name of the context that a pod's own service account is."""

_DEFAULT: Final = "~/.kube/config"
_SERVICE_HOST: Final = "KUBERNETES_SERVICE_HOST"
_BROKEN: Final = (
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
    OSError,
    ConfigException,
    yaml.YAMLError,
)
"""What the client's loader raises for a kubeconfig of another shape."""


@dataclass(frozen=True, slots=True)
class Context:
    """One context, without its credentials."""

    name: str
    server: str


@dataclass(slots=True, eq=False)
class Kubeconfig:
    """The files that KUBECONFIG names, merged as kubectl merges them."""

    contexts: dict[str, Context] = field(default_factory=dict)
    current: str = ""
    paths: str = ""
    """As KUBECONFIG has it; '' inside a pod."""
    _open_files: list[int] = field(default_factory=list)

    def configuration(self, context: str) -> Configuration:
        """Address and credentials of `context`; runs its exec plugin, if it has one.

        Raises:
            KubeconfigError: they cannot be had.
        """
        configuration = Configuration()
        configuration.retries = False  # what may be tried again is decided here, request by request
        try:
            with _log() as said:
                self._load(context, configuration)
        except _BROKEN as error:
            raise KubeconfigError(
                f"the context {context!r} cannot be used: {_reason(error)}",
                f"repair {self.paths or 'the service account of the pod'}",
            ) from None
        if said:  # an exec plugin's failure is logged by the client, which then goes on without
            raise KubeconfigError(
                f"the context {context!r} gives no credentials: {said[0]}",
                "run the login that the context's exec plugin needs",
            )
        self._check(context, configuration)
        return configuration

    def _check(self, context: str, configuration: Configuration) -> None:
        """Refuse what cannot be sent, and what leads elsewhere than when it was chosen."""
        if not all(map(_is_header, (configuration.api_key or {}).values())):
            raise KubeconfigError(
                f"the context {context!r} has a token that is none: not all of it is ASCII text",
                f"repair {self.paths or 'the service account of the pod'}",
            )
        chosen = self.contexts.get(context)
        if self.paths and chosen and without_login(str(configuration.host)) != chosen.server:
            raise KubeconfigError(
                f"the context {context!r} has got another address meanwhile: nothing was asked",
                "run the command again",
            )

    def close(self) -> None:
        """Forget keys that were put in memory for the TLS library."""
        while self._open_files:
            os.close(self._open_files.pop())

    def _load(self, context: str, configuration: Configuration) -> None:
        if context == IN_CLUSTER and not self.paths:
            incluster_config.load_incluster_config(configuration)  # type: ignore[no-untyped-call]
            return
        merged = _merged(self.paths)
        for user in merged.value["users"]:
            self._keep_in_memory(user.value.get("user") or {})
        loader: Any = KubeConfigLoader
        loader(merged, context, config_base_path=None).load_and_set(configuration)

    def _keep_in_memory(self, user: dict[str, Any]) -> None:
        """Put a client's key where the TLS library can read it: the loader would use a file.

        On systems without files in memory it still does, one that only its owner can read.
        """
        for name in ("client-certificate", "client-key"):
            data = user.get(f"{name}-data")
            if data and hasattr(os, "memfd_create"):
                descriptor = os.memfd_create(name)
                self._open_files.append(descriptor)
                os.write(descriptor, base64.b64decode(data, validate=True))
                del user[f"{name}-data"]
                user[name] = f"/proc/self/fd/{descriptor}"


def read_kubeconfig(environment: Mapping[str, str]) -> Kubeconfig:
    """The kubeconfig that `environment` names, else that of a pod, else the person's own.

    Raises:
        KubeconfigError: there is none, or it cannot be read.
    """
    named = environment.get("KUBECONFIG", "")
    paths = named or _DEFAULT
    there = _there(paths)
    if not there and not named and environment.get(_SERVICE_HOST):
        server = f"https://{environment[_SERVICE_HOST]}"
        return Kubeconfig({IN_CLUSTER: Context(IN_CLUSTER, server)}, IN_CLUSTER)
    if not there:
        where = f"KUBECONFIG={named}" if named else _DEFAULT
        hint = "set KUBECONFIG to the file that your cluster's login wrote"
        raise KubeconfigError(f"there is no kubeconfig ({where})", hint)
    try:
        return _contexts(_merged(os.pathsep.join(there)), os.pathsep.join(there))
    except _BROKEN as error:
        hint = "kubectl config view shows what is wrong with it"
        raise KubeconfigError(f"{paths} is no kubeconfig: {_reason(error)}", hint) from None


def has_kubeconfig(environment: Mapping[str, str]) -> bool:
    """Whether there is something for `read_kubeconfig` to read, sound or not."""
    named = environment.get("KUBECONFIG", "")
    return bool(_there(named or _DEFAULT) or (not named and environment.get(_SERVICE_HOST)))


def _there(paths: str) -> list[str]:
    return [path for path in paths.split(os.pathsep) if path and Path(path).expanduser().exists()]


def _merged(paths: str) -> Any:
    return KubeConfigMerger(paths).config  # type: ignore[no-untyped-call]


def _contexts(merged: Any, paths: str) -> Kubeconfig:
    for part in ("clusters", "contexts", "users"):
        if not all(
            isinstance(item.value, dict) and isinstance(item.value.get("name"), str)
            for item in merged[part].value
        ):
            raise ConfigException(f"its {part} are not all named")
    clusters = {item["name"]: item.value.get("cluster") or {} for item in merged["clusters"].value}
    contexts = {}
    for item in merged["contexts"].value:
        inside = item.value.get("context") or {}
        cluster = str(inside.get("cluster") or "")
        server = without_login(str(clusters.get(cluster, {}).get("server") or "").rstrip("/"))
        contexts[str(item["name"])] = Context(str(item["name"]), server)
    return Kubeconfig(contexts, str(merged.value.get("current-context") or ""), paths)


def _is_header(token: object) -> bool:
    """Whether it can be sent in one line."""
    return isinstance(token, str) and token.isascii() and token.isprintable()


def _reason(error: Exception) -> str:
    """What is wrong, never with a part of the file: it holds tokens."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1} is no YAML"
    if isinstance(error, ConfigException):
        return _sentence(str(error))
    if isinstance(error, OSError):
        return error.strerror or "it cannot be read"
    if isinstance(error, binascii.Error):
        return "a certificate or key is no base64"
    return "it is not built as one"


def _sentence(message: str) -> str:
    """The first line; of one that names a part of the file, by all that is in it, the beginning."""
    line = message.splitlines()[0] if message else "it does not say why"
    named = line.startswith("Invalid kube-config")
    return line.partition(" in ")[0] if named else line


@contextmanager
def _log() -> Iterator[list[str]]:
    """What the client's loader logs, instead of printing it."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(spoken(_sentence(record.getMessage())))  # with what the plugin printed

    root, listener = logging.getLogger(), Listener(logging.ERROR)
    root.addHandler(listener)
    try:
        yield said
    finally:
        root.removeHandler(listener)
