"""Small secrets specs, made without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec
from plate_llm_cli.source.nodes import SourceFile, Span

if TYPE_CHECKING:
    from plate_llm_cli.secrets.spec import Origin


def address(text: str, mount: str = "secret") -> Address:
    """`harbor/staging#password` as an address."""
    path, _, key = text.partition("#")
    return Address(Place(mount, path), key)


def key_spec(name: str, origin: Origin, *, mount: str = "secret", required: bool = True) -> KeySpec:
    """The key `path#key`, on line 7 of the spec."""
    return KeySpec(address(name, mount), origin, Span(7, 1, 7, 2), required=required)


def spec_of(*keys: KeySpec, env: str = "stg") -> Spec:
    """A spec of `keys`, for one environment."""
    by_place: dict[Place, dict[str, KeySpec]] = {}
    for key in keys:
        by_place.setdefault(key.address.place, {})[key.name] = key
    paths = [PathSpec(place, (env,), found, Span(3, 1, 3, 2)) for place, found in by_place.items()]
    return Spec(SourceFile("environments/secrets.yaml", ""), tuple(paths))
