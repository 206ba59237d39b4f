"""Objects as a release applies them, made from YAML without a chart."""

from __future__ import annotations

from plate_llm_cli.gitops.applications import read_application
from plate_llm_cli.gitops.releases import Release
from plate_llm_cli.graph.manifests import Manifest, objects_of
from plate_llm_cli.source.nodes import Mapping
from plate_llm_cli.source.reader import parse_text

CLUSTER = "https://kubernetes.default.svc"
TEAM = (CLUSTER, "team")


def objects(text: str, namespace: str = "team", cluster: str = CLUSTER) -> list[Manifest]:
    """The objects in `text`, of a release that goes to `namespace`."""
    application = parse_text(
        f"metadata: {{name: app-{namespace}}}\n"
        f"spec: {{destination: {{server: '{cluster}', namespace: {namespace}}}}}\n",
        "apps/app.yaml",
    )
    assert isinstance(application.root, Mapping)
    release = Release(read_application(application, application.root))
    file = parse_text(text, "manifests/all.yaml")
    assert file.problems == []
    return [
        Manifest(release, file, node)
        for document in file.documents
        for node in objects_of(document.root)
    ]
