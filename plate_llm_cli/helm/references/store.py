"""What templates write while they run: `set` and `merge` on values and on top-level dots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.helm.references.routes import Wild
from plate_llm_cli.helm.references.values import (
    NIL,
    Computed,
    Context,
    Entries,
    Items,
    Known,
    Path,
    Serialized,
    Value,
    map_options,
    one_of,
)

if TYPE_CHECKING:
    from plate_llm_cli.helm.references.routes import Pattern
    from plate_llm_cli.helm.references.values import Origin

_MAX_LAYERS = 8


@dataclass(slots=True)
class Store:
    """Fields of abstract values, with what templates have put there.

    `prefixes` are the routes of all charts' values in the root's. `version` grows with every
    write to something that several templates share.
    """

    prefixes: frozenset[Pattern]
    version: int = 0
    _depth: int = 0
    _assigned: dict[tuple[object, str], Value] = field(default_factory=dict)
    _layers: dict[Pattern, list[Value]] = field(default_factory=dict)

    def field(self, value: Value, name: str | int, origin: Origin | None) -> Value:
        """`value.name`, or the item at an index."""
        if self._depth > _MAX_LAYERS:  # maps merged into one another in a circle
            return Computed(value.sources())
        self._depth += 1
        found = map_options(value, lambda each: self._field(each, name, origin))
        self._depth -= 1
        return found

    def index(self, value: Value, key: Value, origin: Origin | None) -> Value:
        """`index value key`."""
        return one_of(self._index(value, each, origin) for each in key.alternatives())

    def assign(self, target: Value, key: Value, value: Value) -> None:
        """`set target key value`."""
        for each in target.alternatives():
            for name in key.alternatives():
                if isinstance(name, Known) and isinstance(name.constant, str):
                    self._assign(each, name.constant, value)
                elif isinstance(each, Entries):
                    each.rest = value if each.rest is None else one_of((each.rest, value))

    def merge(self, target: Value, source: Value) -> None:
        """Fields of `source` become fields of `target`, for later looks at it."""
        for each in target.alternatives():
            if isinstance(each, Entries):
                _add_layer(each.layers, source)
            elif isinstance(each, Path):
                added = _add_layer(self._layers.setdefault(each.pattern, []), source)
                self.version += added

    def _assign(self, target: Value, name: str, value: Value) -> None:
        if isinstance(target, Entries):
            old = target.known.get(name)
            target.known[name] = value if old is None else one_of((old, value))
        elif isinstance(target, (Path, Context)):
            holder = target.pattern if isinstance(target, Path) else target
            before = self._assigned.get((holder, name))
            after = value if before is None else one_of((before, value))
            if before is None or before.fingerprint() != after.fingerprint():
                self._assigned[holder, name] = after
                self.version += 1

    def _field(self, value: Value, name: str | int, origin: Origin | None) -> Value:
        if isinstance(value, Path):
            return self._value_field(value, name, origin)
        if isinstance(value, Context):
            return self._context_field(value, name, origin)
        if isinstance(value, Entries):
            return self._entry(value, name, origin)
        if isinstance(value, Items):
            return _item(value, name)
        return NIL if isinstance(value, Known) else Computed(value.sources())

    def _value_field(self, value: Path, name: str | int, origin: Origin | None) -> Value:
        found: list[Value] = [Path((*value.pattern, name), origin)]
        if name == "global" and value.pattern in self.prefixes:
            parents = (value.pattern[:end] for end in range(len(value.pattern)))
            found += [Path((*above, "global"), origin) for above in parents]
        if self._layers:
            for layer in self._layers.get(value.pattern, ()):
                found.append(self.field(layer, name, origin))
        if self._assigned:
            found.append(self._assigned.get((value.pattern, str(name)), NIL))
        return one_of(each for each in found if each is not NIL)

    def _context_field(self, value: Context, name: str | int, origin: Origin | None) -> Value:
        chart = value.chart
        if name == "Values":
            return Path(chart.prefix, origin)
        if name == "Chart":
            return Entries({"Name": Known(chart.name)}, Computed())
        if name == "Template":
            return Entries({"BasePath": Known(f"{chart.path}/templates")}, Computed())
        if name == "Subcharts":
            return Entries({child.name: Context(child) for child in chart.children})
        return self._assigned.get((value, str(name)), Computed())

    def _entry(self, value: Entries, name: str | int, origin: Origin | None) -> Value:
        found = [self.field(layer, name, origin) for layer in value.layers]
        if name in value.known:
            found.append(value.known[str(name)])
        if value.rest is not None and not (name in value.known and _is_unknown(value.rest)):
            found.append(value.rest)
        return one_of(found)

    def _index(self, value: Value, key: Value, origin: Origin | None) -> Value:
        if isinstance(key, Known) and isinstance(key.constant, (str, int)):
            return self.field(value, key.constant, origin)

        def unknown(each: Value) -> Value:
            if isinstance(each, Path):
                return Path((*each.pattern, Wild.ANY), origin)
            return each.element() if isinstance(each, (Entries, Items)) else Computed()

        return map_options(value, unknown)


def _item(value: Items, index: str | int) -> Value:
    if isinstance(index, int) and 0 <= index < len(value.known):
        return value.known[index]
    return value.rest or NIL


def _add_layer(layers: list[Value], source: Value) -> bool:
    """Put `source` on top unless it is there already; True when it was added."""
    marks = [layer.fingerprint() for layer in layers]
    if len(layers) >= _MAX_LAYERS or source.fingerprint() in marks:
        return False
    layers.append(source)
    return True


def _is_unknown(value: Value) -> bool:
    return isinstance(value, Computed) and not value.origins


def unserialized(value: Value) -> Value:
    """What `fromYaml` gives."""

    def turn_back(each: Value) -> Value:
        return each.value if isinstance(each, Serialized) else Computed(each.sources())

    return map_options(value, turn_back)
