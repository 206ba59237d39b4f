"""Which values stand behind the fields of rendered documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.provenance_bench import EffectKind
from plate_llm_cli.helm.provenance_probes import REMOVED, probes
from plate_llm_cli.helm.provenance_values import changed, leaves_of, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.helm.provenance_bench import Bench, Effect
    from plate_llm_cli.helm.provenance_fields import Field
    from plate_llm_cli.helm.references import References
    from plate_llm_cli.source.nodes import Route

_PROBES: Final = 3
_TELLING_LENGTH: Final = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """A value behind a field. `others` counts the fields that it moves beside this one."""

    route: Route
    exact: bool
    others: int


class Trace:
    """Fields and values of one release. Each value is rendered otherwise once, when asked for."""

    def __init__(
        self, bench: Bench, references: References, leaves: Iterable[Route] | None = None
    ) -> None:
        self._bench = bench
        self._overrides = bench.request.values
        self._effective = references.effective(self._overrides)
        self._references = references.with_texts(self._effective)
        routes = leaves_of(self._effective) if leaves is None else leaves
        self._leaves = list(dict.fromkeys(routes))
        self._prefixes = {each.prefix for each in references.chart.walk()}
        self._effects: dict[Route, list[Effect]] = {}
        self._moved: dict[Route, frozenset[Field]] = {}

    def explain(self, field: Field) -> list[Origin]:
        """The values that move `field`, the likeliest one first; none when no value does.

        Where the field is one of the values as it is, others that are far from it are left out.
        A field is also moved by the switch without which its document would not be there.
        """
        if self._bench.broken:
            return []
        text = self._text_of(field)
        candidates = self._candidates(field.template)
        alike = [route for route in candidates if self._is_alike(route, text)]
        found = self._origins(field, alike)
        if not any(origin.exact for origin in found):
            found = self._origins(field, candidates)

        def rank(origin: Origin) -> tuple[bool, bool, int, int]:
            shown = _text(value_at(self._effective, origin.route))
            first = text.find(shown) if shown and shown in text else len(text)
            return (origin.others > 0, not origin.exact, origin.others, first)

        return sorted(found, key=rank)

    def fields_of(self, route: Route) -> frozenset[Field]:
        """The fields that a value moves."""
        if route not in self._moved:
            self._render([route])
            moved: set[Field] = set()
            for effect in self._effects[route]:
                moved |= self._bench.moved(effect)
            self._moved[route] = frozenset(moved)
        return self._moved[route]

    def _candidates(self, template: str) -> list[Route]:
        """The values that a template can depend on."""
        if self._references.everything:
            return self._leaves
        return [
            route
            for route in self._leaves
            if any(
                read.template in (template, "") and read.pattern not in self._prefixes
                for read in self._references.of(route)
            )
        ]

    def _text_of(self, field: Field) -> str:
        for fields in self._bench.documents(field.template):
            if fields.document == field.document and field.route in fields.scalars:
                return _text(fields.scalars[field.route])
        return ""

    def _is_alike(self, route: Route, text: str) -> bool:
        value = _text(value_at(self._effective, route))
        return value == text or (len(value) >= _TELLING_LENGTH and value in text)

    def _origins(self, field: Field, routes: list[Route]) -> list[Origin]:
        self._render(routes)
        text = self._text_of(field)
        found = []
        for route in routes:
            moving = [each for each in self._effects[route] if self._moves(each, field)]
            if moving:
                exact = _text(value_at(self._effective, route)) == text
                others = min(len(self._bench.moved(each)) for each in moving) - 1
                found.append(Origin(route, exact, others))
        return found

    def _moves(self, effect: Effect, field: Field) -> bool:
        return field in self._bench.moved_in(field.template, effect)

    def _render(self, routes: list[Route]) -> None:
        """Render with other values at `routes`, one probe after the other until one succeeds."""
        waiting = [route for route in routes if route not in self._effects]
        for route in waiting:
            self._effects[route] = []
        for turn in range(_PROBES):
            variants, owners = [], []
            for route in waiting:
                tries = self._tries(route)
                if turn < len(tries):
                    owners.append(route)
                    change = [(route, tries[turn])]
                    variants.append(changed(self._overrides, self._effective, change))
            if not variants:
                return
            for route, effect in zip(owners, self._bench.effects(variants), strict=True):
                if effect.kind is EffectKind.MANIFESTS:
                    self._effects[route].append(effect)
            waiting = [route for route in owners if not self._effects[route]]

    def _tries(self, route: Route) -> list[Any]:
        """Probes; taking the key away tells nothing of a value that the chart defaults to."""
        return [each for each in probes(value_at(self._effective, route)) if each is not REMOVED]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
