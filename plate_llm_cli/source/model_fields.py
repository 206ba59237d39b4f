"""Which names a model knows, and where: for "did you mean" and "that belongs there"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Route

ITEM: Final = "[]"
"""Step of a place into the items of a list."""

Place = tuple[str, ...]
"""The way to a mapping of the model: field names, and ITEM for any item of a list."""

_FURTHEST: Final = 3


def field_names(model: type[BaseModel]) -> list[str]:
    """The names of the fields as YAML has them, in the order of the model."""
    return [info.alias or name for name, info in model.model_fields.items()]


def model_at(model: type[BaseModel], route: Route) -> type[BaseModel] | None:
    """The model of the mapping that `route` leads to; None where anything is allowed."""
    kind: Any = model
    for step in route:
        kind = _step(kind, step)
    return _model_of(kind)


def description(model: type[BaseModel], route: Route) -> str:
    """What the model says about the field at `route`, or ''."""
    owner = model_at(model, route[:-1])
    infos = owner.model_fields.items() if owner is not None else ()
    found = (info.description for name, info in infos if (info.alias or name) == route[-1])
    return next(found, None) or ""


def places_of(model: type[BaseModel], name: str, near: Route) -> list[Place]:
    """Where the model has a field `name`: the mappings nearest to the route `near`.

    More than one only where they are equally near; none when all are far away.
    """
    ranked = sorted(
        (_distance(place, near), place)
        for known, place in _all_fields(model)
        if known == name and place != _place(near)
    )
    if not ranked or ranked[0][0][0] > _FURTHEST:
        return []
    return [place for distance, place in ranked if distance == ranked[0][0]]


def all_names(model: type[BaseModel]) -> set[str]:
    """Every name of a field, wherever it stands."""
    return {name for name, _ in _all_fields(model)}


def format_place(place: Place) -> str:
    """`("spec", "sources", "[]", "helm")` as people write it: `spec.sources[].helm`."""
    return ".".join(place).replace(f".{ITEM}", ITEM)


def _place(route: Route) -> Place:
    return tuple(ITEM if isinstance(step, int) else step for step in route)


def _distance(place: Place, near: Route) -> tuple[int, int]:
    """Steps up and down from one to the other; then, how many lists are in the way."""
    here = _place(near)
    common = 0
    for ours, theirs in zip(here, place, strict=False):
        if ours != theirs:
            break
        common += 1
    way = [step for step in (*here[common:], *place[common:]) if step != ITEM]
    return len(way), place[common:].count(ITEM)


@lru_cache(maxsize=8)
def _all_fields(model: type[BaseModel]) -> tuple[tuple[str, Place], ...]:
    return tuple(_walk(model, (), ()))


def _walk(
    kind: Any, place: Place, above: tuple[type[BaseModel], ...]
) -> Iterator[tuple[str, Place]]:
    model = _model_of(kind)
    if model is None:
        item = _item_of(kind)
        if item is not None:
            yield from _walk(item, (*place, ITEM), above)
        return
    if model in above:
        return
    for name, info in model.model_fields.items():
        known = info.alias or name
        yield known, place
        yield from _walk(info.annotation, (*place, known), (*above, model))


def _step(kind: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return _item_of(kind)
    model = _model_of(kind)
    if model is None:
        values = _alternatives(kind, dict)
        return get_args(values)[1] if values is not None else None
    fields = ((info.alias or name, info) for name, info in model.model_fields.items())
    return next((info.annotation for name, info in fields if name == step), None)


def _item_of(kind: Any) -> Any:
    items = _alternatives(kind, list)
    return get_args(items)[0] if items is not None else None


def _model_of(kind: Any) -> type[BaseModel] | None:
    found = next((option for option in (kind, *get_args(kind)) if _is_model(option)), None)
    return found if get_origin(kind) not in (list, dict) else None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _alternatives(kind: Any, origin: type) -> Any:
    """`kind`, or the part of a union, that is a list or dict with known parts."""
    options = (kind, *get_args(kind))
    return next((option for option in options if get_origin(option) is origin), None)
