"""Which paths of two environments belong together."""

from __future__ import annotations

from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.lifecycle.pairing import Pairing, pairs
from plate_llm_cli.secrets.spec import PathSpec, Spec
from plate_llm_cli.source.nodes import SourceFile, Span


def paths(*names: str) -> Spec:
    """A spec of paths; `name=role` gives one a role, `mount:name` another mount."""
    found = []
    for text in names:
        full, _, role = text.partition("=")
        mount, _, path = full.rpartition(":")
        place = Place(mount or "secret", path)
        found.append(PathSpec(place, ("stg", "prod"), {}, Span(1, 1, 1, 2), role=role))
    return Spec(SourceFile("environments/secrets.yaml", ""), tuple(found))


def found(pairing: Pairing) -> list[tuple[str, str]]:
    return [(one.place.path, other.place.path) for one, other in pairing.pairs]


def test_one_role_pairs_paths_that_have_no_segment_in_common() -> None:
    pairing = pairs(paths("a/stg=server", "x=harbor"), paths("q/w/e=harbor", "live=server"))
    assert found(pairing) == [("a/stg", "live"), ("x", "q/w/e")]


def test_without_a_role_one_segment_may_differ() -> None:
    pairing = pairs(paths("server/stg", "stg/a/b"), paths("prod/a/b", "server/prod"))
    assert found(pairing) == [("server/stg", "server/prod"), ("stg/a/b", "prod/a/b")]


def test_segment_that_names_no_environment_pairs_only_what_it_pairs_elsewhere() -> None:
    assert found(pairs(paths("db/app"), paths("cache/app"))) == []
    pairing = pairs(paths("server/staging", "harbor/staging"), paths("server/live", "harbor/live"))
    assert found(pairing) == [("server/staging", "server/live"), ("harbor/staging", "harbor/live")]


def test_two_segments_or_another_depth_are_too_much() -> None:
    pairing = pairs(paths("server/stg", "a/stg"), paths("harbor/prod", "a/prod/x"))
    assert found(pairing) == []
    assert [path.place.path for path in pairing.only_a] == ["server/stg", "a/stg"]
    assert [path.place.path for path in pairing.only_b] == ["harbor/prod", "a/prod/x"]


def test_mount_of_its_own_is_the_one_segment() -> None:
    assert found(pairs(paths("stg:server"), paths("prod:server"))) == [("server", "server")]


def test_different_roles_are_never_a_pair() -> None:
    assert found(pairs(paths("server/stg=one"), paths("server/prod=two"))) == []


def test_of_several_candidates_the_usual_exchange_decides() -> None:
    pairing = pairs(paths("x/stg", "server/stg", "server/base"), paths("x/prod", "server/prod"))
    assert found(pairing) == [("x/stg", "x/prod"), ("server/stg", "server/prod")]
    assert [path.place.path for path in pairing.only_a] == ["server/base"]


def test_several_candidates_and_nothing_to_decide_leaves_them_alone() -> None:
    pairing = pairs(paths("server/stg", "server/stg2"), paths("server/prod"))
    assert (found(pairing), len(pairing.only_a), len(pairing.only_b)) == ([], 2, 1)


def test_two_paths_of_one_role_are_told_apart_by_their_segments() -> None:
    one, other = paths("a/stg=r", "b/stg=r"), paths("a/prod=r", "b/prod=r")
    assert found(pairs(one, other)) == [("a/stg", "a/prod"), ("b/stg", "b/prod")]


def test_shared_path_is_no_pair() -> None:
    pairing = pairs(paths("server/all", "server/stg"), paths("server/all", "server/prod"))
    assert [path.place.path for path in pairing.shared] == ["server/all"]
    assert found(pairing) == [("server/stg", "server/prod")]
