"""The official client, pointed at a double, and what it is told."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import config
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster

Object = dict[str, Any]

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
DEADLINE_SECONDS = 10


@dataclass(frozen=True)
class Asker:
    """Plain dictionaries through the official client's DynamicClient."""

    client: DynamicClient

    @classmethod
    def of(cls, kube: Cluster, folder: Path, **kubeconfig: Any) -> Asker:
        """One that reads a kubeconfig of the cluster."""
        path = kube.kubeconfig(folder / "kubeconfig", **kubeconfig)
        api = config.new_client_from_config(str(path))  # type: ignore[no-untyped-call]
        cache = str(folder / "discovery.json")
        return cls(DynamicClient(api, cache_file=cache))  # type: ignore[no-untyped-call]

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """What is answered, as it came."""
        query = params.pop("query", {})
        answer = self.client.request(
            method, path, body=body, query_params=list(query.items()), serialize=False, **params
        )
        text = answer.data or b"{}"
        return json.loads(text) if text[:1] in {b"{", b"["} else text.decode()

    def create(self, path: str, body: Object, **params: Any) -> Object:
        """POST."""
        made: Object = self.ask("post", path, body, **params)
        return made

    def patch(self, path: str, body: Any, kind: str = MERGE_PATCH, **params: Any) -> Object:
        """PATCH, a merge patch unless said otherwise."""
        made: Object = self.ask("patch", path, body, content_type=kind, **params)
        return made

    def apply(self, path: str, body: Object, manager: str, **params: Any) -> Object:
        """PATCH, as server-side apply."""
        kind = "application/apply-patch+yaml"
        return self.patch(path, body, kind, field_manager=manager, **params)

    def watched(self, path: str, count: int, **params: Any) -> list[tuple[str, str]]:
        """Change and name of the first `count` events of a watch, by the client's own Watch."""

        def answer(**asked: Any) -> Any:
            return self.client.request("get", path, serialize=False, **asked)

        watch = Watch()  # type: ignore[no-untyped-call]
        found = []
        for event in watch.stream(answer, **params):  # type: ignore[no-untyped-call]
            found.append((event["type"], event["object"]["metadata"].get("name", "")))
            if len(found) == count:
                watch.stop()  # type: ignore[no-untyped-call]
        return found


def refusal(call: Callable[[], object]) -> tuple[int, str, str]:
    """Code, reason and message with which `call` is refused."""
    with pytest.raises(ApiException) as caught:
        call()
    body = json.loads(caught.value.body or "{}")
    return body["code"], body.get("reason", ""), body["message"]


def until(holds: Callable[[], bool]) -> None:
    """Wait until a simulator has got there."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)
