"""A field that Git no longer decides over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import mappings, text, texts
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import find, nearest
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Route

_ROUTE: Route = ("spec", "ignoreDifferences")
_RESPECTED = "RespectIgnoreDifferences=true"
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob", "*"})
_OF_PODS = re.compile(
    r"(jobTemplate/spec/)?template(/spec(/(initContainers|containers)(/[^/]+(/image)?)?)?)?"
)
_SCALERS = frozenset({"HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"})
_BRACKETS = re.compile(r"\[(?:\d+)?\]\??|\[\"(\w+)\"\]")


class FrozenField(Rule):
    """`ignoreDifferences` covers what Git should decide over: all of spec, pods, or the image.

    ## What it does
    Reads JSON pointers and jq paths of each Application: `/spec`, `/spec/template` and what is
    in it down to containers and images, `/data` of a ConfigMap, and `/spec/replicas` where no
    autoscaler is deployed along. With `RespectIgnoreDifferences=true` the first three are a
    warning, because not even a sync applies them. Otherwise it is an info. Paths that pick single
    items (`select`) and single settings are left out.

    ## Why is this bad?
    A new image in Git does not make the Application OutOfSync, so it is not rolled out; and what
    somebody changed by hand stays for good.

    ## Example
    ```yaml
    ignoreDifferences:
      - group: apps
        kind: Deployment
        jsonPointers: [/spec/template/spec]
    ```

    ## Use instead
    ```yaml
    ignoreDifferences:
      - group: apps
        kind: Deployment
        jsonPointers: [/spec/replicas]   # an autoscaler decides
    ```
    """

    id = "frozen-field"
    severity = Severity.INFO
    summary = "ignoreDifferences covers what Git should decide over"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every path that covers too much."""
        scaled = {id(item.release) for item in deployment.manifests if item.kind in _SCALERS}
        for release in deployment.releases:
            node = find(release.application.node, _ROUTE)
            known = release not in deployment.half_known and not release.problems
            by_hand = known and id(release) not in scaled
            for index, entry in mappings(to_plain(node)) if node is not None else ():
                yield from _of_entry(release, index, entry, by_hand=by_hand)


def _of_entry(
    release: Release, index: int, entry: dict[str, Any], *, by_hand: bool
) -> Iterator[Defect]:
    kind = text(entry.get("kind"))
    respected = _RESPECTED in release.application.sync_options
    for field in ("jsonPointers", "jqPathExpressions"):
        for number, written in enumerate(texts(entry.get(field))):
            path = _path(written)
            frozen = _is_frozen(kind, path)
            if not frozen and not (by_hand and kind in _WORKLOADS and path == "spec/replicas"):
                continue
            file, node = release.application.file, release.application.node
            route = (*_ROUTE, index, field, number)
            what = f"{path.replace('/', '.') or 'everything'} of {kind}"
            yield Defect(
                FilePlace(file, nearest(node, route)[0]),
                f"{what} is not compared with Git{', and no sync applies it' * respected}",
                _help(path),
                releases=(release.name,),
                severity=Severity.WARNING if frozen and respected else None,
            )


def _path(written: str) -> str:
    """A JSON pointer or a jq path as `spec/template/spec`; what picks items stays as it is."""
    if written.startswith("/"):
        return written.strip("/").replace("~1", "/")
    plain = _BRACKETS.sub(lambda match: f".{match.group(1) or '*'}", written)
    return plain.strip(". ").replace("?", "").replace("..", ".").replace(".", "/")


def _is_frozen(kind: str, path: str) -> bool:
    if path in ("", "spec"):
        return True
    if kind == "ConfigMap" and path == "data":
        return True
    head, _, rest = path.partition("/")
    return kind in _WORKLOADS and head == "spec" and _OF_PODS.fullmatch(rest) is not None


def _help(path: str) -> str:
    if path == "spec/replicas":
        return "nothing to do where somebody else scales it; else remove the path"
    return "name only the fields that something in the cluster fills in"
