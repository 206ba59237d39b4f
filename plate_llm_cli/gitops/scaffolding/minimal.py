"""An environment that resembles no other: one Application of one chart, with next to no values.

Imports Jinja and pydantic, which take 150 ms: import this module only where it is used.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.gitops.generation.application import application_text
from plate_llm_cli.gitops.generation.facts import ApplicationFacts, chart_source, destination_of
from plate_llm_cli.gitops.scaffolding.new_applications import application_path, new_name
from plate_llm_cli.source.quoting import double_quoted

if TYPE_CHECKING:
    from plate_llm_cli.gitops.generation.conventions import Conventions
    from plate_llm_cli.gitops.releases import ChartPart, Release
    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold

_PACKAGE = "plate_llm_cli.gitops.scaffolding"


def add_minimal(scaffold: Scaffold, host: str, conventions: Conventions) -> None:
    """Plan a value file and an Application where the scaffold's first release has its own.

    Raises:
        UsageError: a file is there already, or the chart has no ingress for `host`.
    """
    release = scaffold.releases[0]
    part = release.charts[0]
    own = [item.path for item in part.value_files if scaffold.renaming(item.path) != item.path]
    if not own:
        message = f"{release.name} has no value file of its own to be named after"
        raise UsageError(message, "--from ENV names an environment to resemble")
    scaffold.applications[release.name] = new_name(scaffold, release)
    scaffold.put_new(scaffold.renaming(own[-1]), _values(scaffold, part, host))
    path = application_path(scaffold, release.application.file.path, [release])
    scaffold.put_new(path, _application(scaffold, release, conventions))


def _values(scaffold: Scaffold, part: ChartPart, host: str) -> str:
    defaults = next((layer.values for layer in part.layers if layer.is_default), {})
    ingress = defaults.get("ingress")
    if host and not (isinstance(ingress, dict) and "hosts" in ingress):
        raise UsageError(f"{part.chart} has no ingress.hosts for {host}", "leave --host out")
    return (
        _templates()
        .get_template("values.yaml.j2")
        .render(
            name=scaffold.target.name,
            namespace=scaffold.target.namespace,
            application=next(iter(scaffold.applications.values())),
            names_itself="nameOverride" in defaults,
            tag=scaffold.target.tag,
            host=host,
        )
    )


def _application(scaffold: Scaffold, release: Release, conventions: Conventions) -> str:
    application, part = release.application, release.charts[0]
    files = [text_of(item) for item in items_of(part.source.helm_field("valueFiles"))]
    own = [scaffold.renaming(name) for name in files if scaffold.renaming(name) != name]
    source = chart_source(part.source.repo_url, part.source.path or "", part.source.revision, own)
    target = scaffold.target
    facts = ApplicationFacts(
        scaffold.applications[release.name],
        (source,),
        destination_of(target.namespace, target.server or scaffold.cluster),
        application.project,
        application.identity[0],
        f"{part.chart_name} in {target.name}.",
    )
    return application_text(facts, "", conventions)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader(_PACKAGE),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML, not HTML: every value goes through `quoted`
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["quoted"] = double_quoted
    return made
