"""How old a value is, told from real versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from plate_llm_cli.secrets.lifecycle.ages import Age, ages_of
from plate_llm_cli.secrets.server.answers import time_of

if TYPE_CHECKING:
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.stored import Stored
    from tests.secrets.fixtures import Bao

PATH = "server/stg"
LONG_AGO = "2024-05-06T07:08:09Z"


class Counting:
    """OpenBao, and the versions that were read of it."""

    def __init__(self, bao: Bao) -> None:
        self.client = bao.client()
        self.read_so_far: list[int | None] = []

    def read(self, place: Place, version: int | None = None) -> Stored:
        self.read_so_far.append(version)
        return self.client.read(place, version)


def write(bao: Bao, *versions: dict[str, str], **metadata: Any) -> None:
    """Put `versions`; `metadata` is set before the last."""
    for data in versions[:-1]:
        bao.put(PATH, **data)
    if metadata:
        bao.server.done("POST", f"{bao.mount}/metadata/{PATH}", metadata)
    bao.put(PATH, **versions[-1])


def ages(bao: Bao, *names: str) -> tuple[dict[str, Age], list[int | None]]:
    """The ages, and the earlier versions that were read for them."""
    counting = Counting(bao)
    with counting.client as client:
        now = client.read(bao.place(PATH))
        return ages_of(counting, bao.place(PATH), now, names), counting.read_so_far


def created(bao: Bao, version: int) -> datetime:
    answer = bao.server.done("GET", f"{bao.mount}/metadata/{PATH}")
    return time_of(answer["data"]["versions"][str(version)]["created_time"])


def test_first_version_needs_no_other(bao: Bao) -> None:
    write(bao, {"A": "1"})
    assert ages(bao, "A", "GONE") == ({"A": Age(created(bao, 1))}, [])


def test_value_is_as_old_as_the_first_version_of_its_run(bao: Bao) -> None:
    write(bao, {"A": "0"}, {"A": "1"}, {"A": "1", "B": "x"}, {"A": "1", "B": "y"})
    found, read = ages(bao, "A", "B")
    assert found == {"A": Age(created(bao, 2)), "B": Age(created(bao, 4))}
    assert read == [3, 2, 1]


def test_no_more_versions_are_read_than_are_needed(bao: Bao) -> None:
    write(bao, {"A": "0"}, {"A": "0"}, {"A": "1"}, {"A": "2"})
    assert ages(bao, "A")[1] == [3]
    assert ages(bao)[1] == []


def test_key_that_was_not_there_before_is_as_old_as_its_version(bao: Bao) -> None:
    write(bao, {"B": "0"}, {"A": "1"})
    assert ages(bao, "A")[0] == {"A": Age(created(bao, 2))}


def test_value_that_came_back_is_as_old_as_its_return(bao: Bao) -> None:
    write(bao, {"A": "1"}, {"A": "2"}, {"A": "1"})
    assert ages(bao, "A")[0] == {"A": Age(created(bao, 3))}


def test_same_value_down_to_version_1(bao: Bao) -> None:
    write(bao, {"A": "1"}, {"A": "1"}, {"A": "1"})
    assert ages(bao, "A")[0] == {"A": Age(created(bao, 1))}


def test_versions_that_are_gone_make_it_at_least(bao: Bao) -> None:
    write(bao, {"A": "1"}, {"A": "1"}, {"A": "1"}, max_versions=2)
    assert ages(bao, "A")[0] == {"A": Age(created(bao, 2), exact=False)}


def test_deleted_version_ends_what_is_known(bao: Bao) -> None:
    write(bao, {"A": "1"}, {"A": "1"}, {"A": "1"})
    bao.server.done("POST", f"{bao.mount}/delete/{PATH}", {"versions": [2]})
    assert ages(bao, "A")[0] == {"A": Age(created(bao, 3), exact=False)}


def test_annotation_says_what_versions_cannot(bao: Bao) -> None:
    marks = {"changed-at.A": LONG_AGO, "changed-at.B": "yesterday"}
    write(bao, {}, {"A": "1", "B": "1"}, max_versions=1, custom_metadata=marks)
    assert ages(bao, "A", "B")[0] == {
        "A": Age(datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        "B": Age(created(bao, 2), exact=False),
    }


def test_annotation_counts_less_than_versions(bao: Bao) -> None:
    write(bao, {"A": "0"}, {"A": "1"}, custom_metadata={"changed-at.A": LONG_AGO})
    assert ages(bao, "A")[0] == {"A": Age(created(bao, 2))}


def test_annotation_that_is_younger_than_the_value_is_not_believed(bao: Bao) -> None:
    later = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    write(bao, {}, {"A": "1"}, max_versions=1, custom_metadata={"changed-at.A": later})
    assert ages(bao, "A")[0] == {"A": Age(created(bao, 2), exact=False)}


def test_deleted_path_has_no_ages(bao: Bao) -> None:
    write(bao, {"A": "1"})
    bao.server.done("DELETE", f"{bao.mount}/data/{PATH}")
    assert ages(bao, "A") == ({}, [])
