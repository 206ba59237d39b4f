"""Parents are written before what is made from them, whatever the shape of the spec."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.apply import new_data, write_order
from plate_llm_cli.secrets.plan import Planner
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.spec import Derived, KeySpec, Origin, PathSpec, Prompt, Spec
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.source.nodes import SourceFile, Span

PLACES = [Place("secret", f"p{number}") for number in range(4)]
ADDRESSES = [Address(place, f"k{number}") for place in PLACES for number in range(3)]


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Keys of which each is made from an earlier one, or from none, spread over paths at random."""
    order = draw(st.permutations(ADDRESSES))
    origins: dict[Address, Origin] = {}
    for index, address in enumerate(order):
        parent = draw(st.integers(-1, index - 1))
        origins[address] = Derived(order[parent], "<{}>") if parent >= 0 else Prompt()
    nowhere = Span(1, 1, 1, 1)
    paths = [
        PathSpec(
            place,
            ("stg",),
            {
                address.key: KeySpec(address, origins[address], nowhere)
                for address in ADDRESSES
                if address.place == place
            },
            nowhere,
        )
        for place in PLACES
    ]
    return Spec(SourceFile("spec", ""), tuple(paths))


@given(specs())
def test_parents_come_first_and_everything_is_written(spec: Spec) -> None:
    stored = {place: Stored() for place in PLACES}
    values = {key.address: key for key in spec.keys if isinstance(key.origin, Prompt)}
    planner = Planner(spec, stored)
    plan = planner.plan()
    assert len(values) >= 1
    written: set[Address] = set()
    writes = write_order(plan)
    for path, leaving in writes:
        here = {key.address for key in path.keys.values()} - leaving
        for address in here - written:
            origin = path.keys[address.key].origin
            if isinstance(origin, Derived):
                assert origin.parent in written | here
        written |= here
    assert written == set(ADDRESSES)
    assert len(writes) >= len(PLACES)


def test_one_write_a_path_in_the_order_of_the_spec_where_nobody_waits() -> None:
    nowhere = Span(1, 1, 1, 1)
    paths = tuple(
        PathSpec(place, ("stg",), {"a": KeySpec(Address(place, "a"), Prompt(), nowhere)}, nowhere)
        for place in reversed(PLACES)
    )
    stored = {place: Stored() for place in PLACES}
    plan = Planner(Spec(SourceFile("spec", ""), paths), stored).plan()
    assert write_order(plan) == [(path, frozenset()) for path in paths]


def test_keys_of_other_writers_are_as_they_were() -> None:
    place = PLACES[0]
    nowhere = Span(1, 1, 1, 1)
    spec = PathSpec(
        place, ("stg",), {"a": KeySpec(Address(place, "a"), Prompt(), nowhere)}, nowhere
    )
    foreign = {"number": Secret(5), "nested": Secret({"x": [True, None]}), "text": Secret("x")}
    stored = {place: Stored(StoredState.LIVE, 7, foreign)}
    planner = Planner(Spec(SourceFile("spec", ""), (spec,)), stored)
    plan = planner.path(spec)
    changed = [key for key in plan.keys if not key.changes]
    assert [key.address.key for key in changed] == ["number", "nested", "text"]
    assert new_data(plan.stored, []) == foreign
