"""Rollbacks: with what the history says, and never under automated sync."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.argocd.rollback import Wish, roll_back
from plate_llm_cli.errors import UsageError
from tests.cluster.connecting import REF, application, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from tests.cluster.double.cluster import Cluster

SOURCE = application()["spec"]["source"]


def entry(number: int, **fields: Any) -> dict[str, Any]:
    source = SOURCE | {"helm": {"valueFiles": [f"values-{number}.yaml"]}}
    made = {"id": number, "revision": str(number) * 40, "deployedAt": "2026-05-04T12:00:00Z"}
    return made | {"source": source} | fields


HISTORY = [entry(3), entry(4), entry(7)]


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    """A cluster with ArgoCD's namespace."""
    kube.namespace("argocd")
    with connected(kube, tmp_path) as opened:
        yield opened


def deploy(kube: Cluster, *history: dict[str, Any], automated: bool = False) -> None:
    kube.create(application(automated=automated) | {"status": {"history": list(history)}})


def stored(kube: Cluster) -> Any:
    return kube.read("Application", "web-stg", "argocd")


def test_what_was_there_before_is_deployed_as_it_was(kube: Cluster, api: Api) -> None:
    deploy(kube, *HISTORY)
    started = roll_back(api, REF, Wish())
    assert stored(kube)["operation"]["sync"] == {
        "prune": False,
        "syncStrategy": {"apply": {}},
        "revision": "4" * 40,
        "source": HISTORY[1]["source"],
        "syncOptions": ["CreateNamespace=true"],
    }
    assert started.revisions == ("4" * 40,)


def test_an_entry_by_its_number_with_several_sources(kube: Cluster, api: Api) -> None:
    several = {"id": 2, "revisions": ["a", "b"], "deployedAt": "2026-05-04T12:00:00Z"}
    deploy(kube, several | {"sources": [SOURCE, SOURCE]}, *HISTORY)
    roll_back(api, REF, Wish(2, prune=True))
    sync = stored(kube)["operation"]["sync"]
    assert (sync["sources"], sync["revisions"], sync["prune"]) == ([SOURCE] * 2, ["a", "b"], True)
    assert "source" not in sync


def test_automated_sync_is_in_the_way(kube: Cluster, api: Api) -> None:
    deploy(kube, *HISTORY, automated=True)
    with pytest.raises(UsageError) as caught:
        roll_back(api, REF, Wish())
    assert caught.value.hint == (
        "revert the change in Git; or, until that is done, --disable-auto-sync"
    )
    assert "operation" not in stored(kube)


def test_automated_sync_goes_off_with_the_same_patch(kube: Cluster, api: Api) -> None:
    deploy(kube, *HISTORY, automated=True)
    roll_back(api, REF, Wish(disable_auto_sync=True))
    assert stored(kube)["spec"]["syncPolicy"] == {"syncOptions": ["CreateNamespace=true"]}
    assert "operation" in stored(kube)
    assert len(kube.asked("PATCH")) == 1


@pytest.mark.parametrize("history", [(), (entry(3),)])
def test_no_history(kube: Cluster, api: Api, history: tuple[dict[str, Any], ...]) -> None:
    deploy(kube, *history)
    with pytest.raises(UsageError, match="no history to go back to"):
        roll_back(api, REF, Wish())


def test_an_entry_that_is_not_there(kube: Cluster, api: Api) -> None:
    deploy(kube, *HISTORY)
    with pytest.raises(UsageError) as caught:
        roll_back(api, REF, Wish(5))
    assert caught.value.hint == "there are: 3, 4, 7"


def test_an_entry_that_does_not_say_what_was_deployed(kube: Cluster, api: Api) -> None:
    deploy(kube, {"id": 1, "revision": "1" * 40, "deployedAt": "2026-05-04T12:00:00Z"}, entry(2))
    with pytest.raises(UsageError, match="1 does not say what was deployed"):
        roll_back(api, REF, Wish())
