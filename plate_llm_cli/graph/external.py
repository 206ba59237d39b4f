"""What is made outside the tree, as the setting `external` declares it: asked in one place.

A declaration is `Kind/namespace/name`, or `Kind/name` for a kind of the cluster; in namespace and
name `*` stands for any letters and `?` for one. It holds in every cluster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMESPACED: Final = (
    "AppProject",
    "ConfigMap",
    "Deployment",
    "Issuer",
    "PersistentVolumeClaim",
    "Pod",
    "ReplicaSet",
    "Secret",
    "SecretStore",
    "Service",
    "ServiceAccount",
    "StatefulSet",
)
"""The kinds with a namespace. A Pod has the name of the Service or the budget that selects it."""
OF_CLUSTER: Final = ("ClusterIssuer", "ClusterSecretStore", "Namespace")
KINDS: Final = (*NAMESPACED, *OF_CLUSTER)
"""Every kind that a rule may miss."""
_PATTERN: Final = re.compile(r"[a-z0-9*?]([-a-z0-9.*?]*[a-z0-9*?])?")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One entry of `external`, as it is `written`; `namespace` is '' for kinds of the cluster."""

    written: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def parse(cls, written: str) -> Declaration:
        """The declaration that an entry is.

        Raises:
            ConfigurationError: it is none; the message names the entry.
        """
        said = f"setting external: {written!r}"
        kind, *names = written.split("/")
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, 1)
            known = f"known: {', '.join(sorted(KINDS))}"
            raise ConfigurationError(
                f"{said} has no kind that is looked for",
                f"did you mean {near[0]}?" if near else known,
            )
        form = ("namespace", "name") if kind in NAMESPACED else ("name",)
        if len(names) != len(form):
            raise ConfigurationError(f"{said} is not {'/'.join((kind, *form))}", _STAR)
        for part, name in zip(form, names, strict=True):
            if not _PATTERN.fullmatch(name):
                raise ConfigurationError(f"{said}: {name!r} can be no {part}", _STAR)
        return cls(written, kind, names[0] if len(names) > 1 else "", names[-1])

    def covers(self, kind: str, namespace: str, name: str) -> bool:
        """Whether it is about the object of that kind and name."""
        return (
            kind == self.kind
            and fnmatchcase(name, self.name)
            and (not self.namespace or fnmatchcase(namespace, self.namespace))
        )


_STAR: Final = "for example Secret/plate-stg/registry-login or ConfigMap/*/kube-root-ca.crt"


class External:
    """The declarations of a tree, and which of them something was missing for."""

    def __init__(self, written: Iterable[str] = ()) -> None:
        """`written` are the entries of the setting.

        Raises:
            ConfigurationError: one of them is no declaration.
        """
        self.declarations = tuple(Declaration.parse(item) for item in dict.fromkeys(written))
        self._needed: set[Declaration] = set()

    def has(self, kind: str, namespace: str, name: str) -> bool:
        """Whether the object, which the tree lacks, is declared to be made elsewhere.

        Ask for what is missing only, and before anything else that may excuse it: what is asked
        for counts as needed.
        """
        found = [item for item in self.declarations if item.covers(kind, namespace, name)]
        self._needed.update(found)
        return bool(found)

    @property
    def idle(self) -> list[Declaration]:
        """Those for which nobody has asked so far."""
        return [item for item in self.declarations if item not in self._needed]


def declare(kind: str, namespace: str, name: str) -> str:
    """What a person does about an object that is made elsewhere: the line to write."""
    parts = (kind, namespace, name) if kind in NAMESPACED else (kind, name)
    return f'made elsewhere? declare it once: external = ["{"/".join(parts)}"]'
