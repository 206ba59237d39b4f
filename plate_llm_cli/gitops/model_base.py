"""What Application and AppProject have in common: ArgoCD's spelling, metadata, a few types.

Imports pydantic, which takes 100 ms: import this room's models only where they are used.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict
from pydantic.alias_generators import to_camel

from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import TextForm, WholeNumber, fault
from plate_llm_cli.values.types import DNS_LABEL, DNS_SUBDOMAIN, GO_DURATION, Annotations, Labels

ApiVersion = Literal["argoproj.io/v1alpha1"]

_SPELLINGS: Final = {"repo_url": "repoURL", "key_id": "keyID"}
_PLACEHOLDER: Final = re.compile(r"[<>{}$%@]")


def _spelling(name: str) -> str:
    return _SPELLINGS.get(name) or to_camel(name)


def _unless_placeholder(form: TextForm) -> AfterValidator:
    """`form`, except for texts that another program fills in first (`${CLUSTER}`, `<NAME>`)."""
    return AfterValidator(lambda text: text if _PLACEHOLDER.search(text) else form.check(text))


def _not_empty(text: str) -> str:
    if not text.strip():
        raise fault("must not be empty")
    return text


ObjectName = Annotated[str, _unless_placeholder(DNS_SUBDOMAIN)]
NamespaceName = Annotated[str, _unless_placeholder(DNS_LABEL)]
Text = Annotated[str, AfterValidator(_not_empty)]
"""A text that says something."""
Integer = Annotated[int, WholeNumber()]
Duration = Annotated[str, _unless_placeholder(GO_DURATION)]


class ArgoModel(StrictModel):
    """A mapping of an `argoproj.io` object."""

    model_config = ConfigDict(alias_generator=_spelling)


class ObjectMeta(ArgoModel):
    """`metadata`, with everything that Kubernetes knows there."""

    name: ObjectName | None = optional("Name of the object.")
    generate_name: str | None = optional("Prefix of a name that the API server makes.")
    namespace: NamespaceName | None = optional("Namespace of the object, usually `argocd`.")
    labels: Labels | None = optional("Labels; values are text.")
    annotations: Annotations | None = optional("Annotations; values are text.")
    finalizers: list[str] | None = optional("What has to happen before the object goes.")
    owner_references: list[dict[str, Any]] | None = optional("Objects that this one goes with.")
    managed_fields: list[dict[str, Any]] | None = optional("Set by the API server.")
    generation: Integer | None = optional("Set by the API server.")
    resource_version: str | None = optional("Set by the API server.")
    uid: str | None = optional("Set by the API server.")
    self_link: str | None = optional("Set by old API servers.")
    creation_timestamp: str | None = optional("Set by the API server.")
    deletion_timestamp: str | None = optional("Set by the API server.")
    deletion_grace_period_seconds: Integer | None = optional("Set by the API server.")


class NameValue(ArgoModel):
    """A name with its value: an environment variable, a piece of information."""

    name: str = needed("Its name.")
    value: str = needed("Its value, a text.")
