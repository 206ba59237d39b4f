"""The keys of ConfigMaps, where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import at, mapping

if TYPE_CHECKING:
    from plate_llm_cli.graph.manifests import Manifest

_FILLED: Final = (
    "config.openshift.io/inject-trusted-cabundle",
    "service.beta.openshift.io/inject-cabundle",
    "reflector.v1.k8s.emberstack.com/reflects",
    "replicator.v1.mittwald.de/replicate-from",
)
"""Labels and annotations that have a controller put keys into a ConfigMap."""


def keys_of(manifest: Manifest) -> dict[str, str] | None:
    """The keys with their text ('' for binary ones); None where they are not known.

    A controller or a value file that could not be had may add some. A ConfigMap without a single
    key is there to be filled.
    """
    if manifest.chart is not None and not manifest.chart.part.complete:
        return None
    metadata = manifest.plain.get("metadata")
    marks = {**mapping(at(metadata, "labels")), **mapping(at(metadata, "annotations"))}
    if any(name in marks for name in _FILLED):
        return None
    data = mapping(manifest.plain.get("data"))
    binary = mapping(manifest.plain.get("binaryData"))
    keys = {name: value if isinstance(value, str) else "" for name, value in data.items()}
    return {**keys, **dict.fromkeys(binary, "")} or None
