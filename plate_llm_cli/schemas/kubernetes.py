"""The schemas of one Kubernetes minor version: the data files of the package kubernetes-validate.

`_definitions.json` (1.8 MB) holds everything and is read once, in 15 ms; its definitions are
compiled when a check first needs them. `kubernetes-fields.json` beside this module adds what the
published schemas leave out and the API server refuses: enumerations, ranges, forms of names.
"""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.schemas.schema import Dialect, SchemaDocument
from plate_llm_cli.schemas.versions import schema_folder

if TYPE_CHECKING:
    from plate_llm_cli.schemas.schema import Schema

_FIELDS = Path(__file__).with_name("kubernetes-fields.json")
_OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_MAJOR = re.compile(r"v(\d{1,3})")
_GVK = "x-kubernetes-group-version-kind"


def api_version(group: str, version: str) -> str:
    """`apps/v1`, or `v1` for the core group."""
    return f"{group}/{version}" if group else version


@cache
def kubernetes_schemas(version: str) -> KubernetesSchemas:
    """The schemas of `version`, one instance a process: compiled parts are kept with it."""
    return KubernetesSchemas(version)


class KubernetesSchemas:
    """Kubernetes' own kinds in `version` (one of `known_versions`)."""

    def __init__(self, version: str) -> None:
        self.version = version

    @cached_property
    def _document(self) -> SchemaDocument:
        text = (schema_folder(self.version) / "_definitions.json").read_bytes()
        overlays = json.loads(_FIELDS.read_bytes())
        return SchemaDocument(Dialect.KUBERNETES, json.loads(text)["$defs"], overlays)

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        """Definition names by apiVersion and kind."""
        names: dict[tuple[str, str], str] = {}
        for name, raw in self._document.definitions.items():
            for entry in raw.get(_GVK, ()):
                api = api_version(entry["group"], entry["version"])
                names[api, entry["kind"]] = name
        return names

    @cached_property
    def groups(self) -> frozenset[str]:
        """The API groups of Kubernetes itself, "" for the core group."""
        return frozenset(api.rpartition("/")[0] for api, _ in self._names)

    @cached_property
    def object_meta(self) -> Schema:
        """The schema of `metadata`, custom resources' too."""
        return self._document.definition(_OBJECT_META)

    def find(self, api: str, kind: str) -> Schema | None:
        """The schema of a kind, or None."""
        name = self._names.get((api, kind))
        return self._document.definition(name) if name else None

    def kinds(self, api: str) -> list[str]:
        """The kinds of an apiVersion."""
        return [kind for known, kind in self._names if known == api]

    def apis(self, kind: str) -> list[str]:
        """The apiVersions that have a kind, the most stable first."""
        return sorted((api for api, known in self._names if known == kind), key=_stability)

    def all_kinds(self) -> set[str]:
        """Every kind's name."""
        return {kind for _, kind in self._names}


def _stability(api: str) -> tuple[bool, bool, int, str]:
    """v2 before v1 before v1beta1 before v1alpha1."""
    version = api.rpartition("/")[2]
    major = _MAJOR.match(version)
    return "alpha" in version, "beta" in version, -int(major[1]) if major else 0, api
