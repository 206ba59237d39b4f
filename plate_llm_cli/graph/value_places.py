"""The value to change for what a container lacks, or for a part of what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.places import ManifestPlace, ValuePlace

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.places import Place
    from plate_llm_cli.graph.workloads import Container


def place_of_lack(deployment: Deployment, container: Container, field: str) -> Place:
    """Where to say what is missing in `field` of a container.

    Charts leave a field out while the value of its name is empty, as those of `helm create` do:
    that value is the one to set.
    """
    manifest, route = container.workload.manifest, (*container.base, field)
    if container.spec.get(field):
        return ManifestPlace(manifest, route, absent=True)
    chart = manifest.chart
    if chart is not None and len(container.workload.lasting) == 1:
        inner = manifest.template.split("/charts/")[1:]
        names = (*(part.partition("/")[0] for part in inner), field)
        read = f".Values.{field}" in deployment.tree.text(manifest.file.path)
        if read and chart.value_at(names) == {} and chart.layers_setting(names):
            return ValuePlace(chart, names)
    there = field in container.spec
    return ManifestPlace(manifest, route if there else container.base, absent=not there)


def place_of_part(deployment: Deployment, place: ManifestPlace, part: str) -> Place:
    """The value that brings `part` into a field that is put together from several."""
    chart, provenance = place.manifest.chart, deployment.provenance
    if chart is None or provenance is None or not part:
        return place
    for value in provenance.values_behind(place.manifest, place.route, part):
        if str(chart.value_at(value.route)) == part and chart.layers_setting(value.route):
            return ValuePlace(chart, value.route)
    return place
