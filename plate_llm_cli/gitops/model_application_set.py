"""ApplicationSet, as far as it is written here: a list of elements and a Go template.

Source: argo-cd `pkg/apis/application/v1alpha1/applicationset_types.go`, 3.x.
Imports pydantic, which takes 100 ms: import this room's models only where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from plate_llm_cli.gitops.model_base import ApiVersion, ArgoModel, ObjectMeta
from plate_llm_cli.gitops.models import ApplicationSpec
from plate_llm_cli.source.pydantic_errors import violations_of
from plate_llm_cli.source.strict_model import needed, optional

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Plain
    from plate_llm_cli.source.violations import ModelViolation


class TemplateMeta(ArgoModel):
    """What the metadata of every Application is made from."""

    name: str | None = optional("Name, a template.")
    namespace: str | None = optional("Namespace, where it is not the ApplicationSet's.")
    labels: dict[str, str] | None = optional("Labels.")
    annotations: dict[str, str] | None = optional("Annotations.")
    finalizers: list[str] | None = optional("What has to happen before an Application goes.")


class ApplicationTemplate(ArgoModel):
    """What every Application is made from."""

    metadata: TemplateMeta = needed("Name and so on.")
    spec: ApplicationSpec = needed("What is deployed, and where to.")


class ListGenerator(ArgoModel):
    """The elements themselves."""

    elements: list[dict[str, Any]] = needed("One for each Application: names with their values.")


class Generator(ArgoModel):
    """Where the elements come from."""

    list_: ListGenerator = Field(alias="list", description="A list of them.")


class ApplicationSetSpec(ArgoModel):
    """Elements, and the template that each is put into."""

    go_template: Literal[True] = needed("Go's templates; the old ones pass over mistakes.")
    go_template_options: list[str] | None = optional("missingkey=error, for one.")
    generators: Annotated[list[Generator], Field(min_length=1)] = needed("The elements.")
    template: ApplicationTemplate = needed("What every Application is made from.")
    template_patch: str | None = optional("A template of a patch over the Application.")


class ApplicationSet(ArgoModel):
    """An `argoproj.io/v1alpha1` ApplicationSet."""

    api_version: ApiVersion = "argoproj.io/v1alpha1"
    kind: Literal["ApplicationSet"] = "ApplicationSet"
    metadata: ObjectMeta = needed("Name and namespace.")
    spec: ApplicationSetSpec = needed("Elements and template.")


def check_application_set(obj: Plain) -> list[ModelViolation]:
    """What is wrong with an ApplicationSet of the form that is written here."""
    return violations_of(ApplicationSet, obj)
