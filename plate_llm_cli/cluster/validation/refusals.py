"""What an API server says against an object, field by field.

Sources of the forms: apimachinery `api/errors` and `runtime/error.go` (strict decoding),
`managedfields` (typed patch objects), apiserver `admission/plugin/webhook/errors`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.validation.complaints import REFUSED, about
from plate_llm_cli.cluster.validation.field_paths import route_of, starts_in
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.errors import ClusterError
    from plate_llm_cli.graph.manifests import Manifest

_RIGHT: Final = re.compile(r'is forbidden: User ".*?" cannot (\w+) resource "([^"]+)"')
_TYPED: Final = re.compile(
    r"failed to create typed patch object \([^)]*\): (?:errors:)?(.*)", re.DOTALL
)
_STRICT: Final = re.compile(r'\b(unknown|duplicate) field "((?:\\.|[^"\\])*)"')
_DECODED: Final = re.compile(r"json: cannot unmarshal .*? of type \S+")
_GO_FIELD: Final = re.compile(r"Go struct field \w+\.(\S+)")
_INVALID: Final = re.compile(r'^\S+ "[^"]*" is invalid: \[?(.*?)\]?$', re.DOTALL)
_WHOLE: Final = re.compile(r'^Invalid value: "object": ')
_ADMISSION: Final = re.compile(r"^\S+ \"[^\"]*\" is forbidden: (.*)$", re.DOTALL)
_NOT_DECLARED: Final = "field not declared in schema"
_IMMUTABLE: Final = ("field is immutable", "may not change fields other than", "updates to")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One sentence of an API server, about `field` ('' for the whole object)."""

    field: str
    said: str

    @property
    def is_unknown(self) -> bool:
        """Whether the field itself is what is wrong, whatever it holds."""
        return self.said.startswith(("unknown field", "duplicate field"))

    @property
    def is_immutable(self) -> bool:
        """Whether the object that is there keeps it from being so."""
        return any(words in self.said for words in _IMMUTABLE)


def lacking_right(error: ClusterError) -> str:
    """The verb that whoever asks may not do; '' where something else is against the object."""
    found = _RIGHT.search(error.message) if error.status == 403 else None
    return found[1] if found else ""


def refusals(error: ClusterError, manifest: Manifest) -> list[Refusal]:
    """What `error` says, taken apart."""
    said = error.details or (error.message.partition(": ")[2] or error.message,)
    return [found for text in said for found in _taken_apart(text, manifest)]


def complaints_of(error: ClusterError, manifest: Manifest) -> Iterator[Complaint]:
    """`error`, an answer to `manifest`, at the fields that it is about.

    Of a Secret the field alone is named: an API server may repeat what stands there.
    """
    for refusal in refusals(error, manifest):
        if refusal.is_immutable and of_hook(manifest):
            continue  # ArgoCD deletes the one that is there first
        yield about(
            REFUSED, place_of(refusal, manifest), _message(refusal, manifest), _hint(refusal)
        )


def place_of(refusal: Refusal, manifest: Manifest) -> ManifestPlace:
    """Where the field is, or where it lacks; of a Secret its name: the line may hold a value."""
    if manifest.kind == "Secret":
        return ManifestPlace(manifest, ("metadata", "name"))
    route = route_of(refusal.field, manifest.plain)
    absent = refusal.said.startswith("Required value") or find(manifest.node, route) is None
    return ManifestPlace(manifest, route, absent=absent, key=refusal.is_unknown and not absent)


def of_hook(manifest: Manifest) -> str:
    """What is said of objects that run beside the release: ` (of a hook)`; '' of all others."""
    metadata = manifest.plain.get("metadata")
    notes = metadata.get("annotations") if isinstance(metadata, dict) else None
    helm = str(notes.get("helm.sh/hook", "")) if isinstance(notes, dict) else ""
    if "test" in helm:
        return " (of a Helm test)"
    argo = isinstance(notes, dict) and "argocd.argoproj.io/hook" in notes
    return " (of a hook)" if manifest.hook or helm or argo else ""


def _message(refusal: Refusal, manifest: Manifest) -> str:
    said = " ".join(refusal.said.split())
    if manifest.kind == "Secret":
        said = "what it says is not repeated here, since it may hold a value"
    where = f"{refusal.field.lstrip('.')}: " if refusal.field else ""
    return (
        f"the API server refuses {manifest.kind} {manifest.name}{of_hook(manifest)}: {where}{said}"
    )


def _hint(refusal: Refusal) -> str:
    if refusal.is_immutable:
        return "keep the old value, or let the object that is there be deleted first"
    if not refusal.field and ("denied" in refusal.said or "violates" in refusal.said):
        return "an admission rule of the cluster says so: who runs it knows why"
    return "correct its name, or remove it; an older CRD may lack it" if refusal.is_unknown else ""


def _taken_apart(text: str, manifest: Manifest) -> Iterator[Refusal]:
    if typed := _TYPED.search(text):
        yield from (
            _refusal(line.strip(), manifest) for line in typed[1].splitlines() if line.strip()
        )
    elif strict := _STRICT.findall(text):
        yield from (Refusal(field, f"{how} field") for how, field in strict)
    elif decoded := _DECODED.search(text):
        field = _GO_FIELD.search(decoded[0])
        yield Refusal(field[1] if field else "", decoded[0])
    elif invalid := _INVALID.match(text):
        yield _refusal(invalid[1], manifest)
    elif admission := _ADMISSION.match(text):
        yield _refusal(admission[1], manifest)
    else:
        yield _refusal(text, manifest)


def _refusal(text: str, manifest: Manifest) -> Refusal:
    field, separator, said = text.partition(": ")
    if not separator or " " in field.partition("[")[0] or not starts_in(field, manifest.plain):
        return Refusal("", _WHOLE.sub("", text))
    unknown = said == _NOT_DECLARED
    return Refusal(field, "unknown field" if unknown else _WHOLE.sub("", said))
