"""Which values stand behind the fields of rendered documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.provenance.bench import EffectKind
from plate_llm_cli.helm.provenance.fields import scalar_text
from plate_llm_cli.helm.provenance.probes import REMOVED, probes
from plate_llm_cli.helm.provenance.values import changed, leaves_of, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.helm.provenance.bench import Bench, Effect
    from plate_llm_cli.helm.provenance.fields import Field
    from plate_llm_cli.helm.references.analysis import References
    from plate_llm_cli.source.nodes import Route

Change = tuple["Route", Any]
MakeChanges = Callable[["Route"], list[Change]]

_PROBES: Final = 3
_TELLING_LENGTH: Final = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """A value behind a field. `others` counts the fields that it moves beside this one."""

    route: Route
    exact: bool
    others: int


@dataclass(slots=True)
class Answers:
    """What was found for the releases of one chart: where to look first in the next one."""

    found: dict[tuple[str, str, Route], frozenset[tuple[Route, bool]]] = field(default_factory=dict)
    """By template, kind and route the values that moved the field, and which it showed."""
    shown: dict[tuple[str, str, Route, bool], Origin] = field(default_factory=dict)
    """By template, kind, route and whether a part was asked for: the one value that was shown."""
    unmoved: set[tuple[Field, str, frozenset[Route]]] = field(default_factory=set)
    """Fields that no value moved, with their text and all the values that there were."""


class Trace:
    """Fields and values of one release. Each value is rendered otherwise once, when asked for."""

    def __init__(
        self,
        bench: Bench,
        references: References,
        leaves: Iterable[Route] | None = None,
        answers: Answers | None = None,
    ) -> None:
        self._bench = bench
        self._overrides = bench.request.values
        self._effective = references.effective(self._overrides)
        self._references = references.with_texts(self._effective)
        routes = leaves_of(self._effective) if leaves is None else leaves
        self._leaves = list(dict.fromkeys(routes))
        self._prefixes = {each.prefix for each in references.chart.walk()}
        self._effects: dict[Route, list[Effect]] = {}
        self._refused: set[Route] = set()
        self._answers = answers or Answers()

    def explain(self, field: Field, part: str = "", text: str = "") -> list[Origin]:
        """The values that move `field`, the likeliest one first; none when no value does.

        Where the field is one of the values as it is, others that are far from it are left out;
        so it is with the `part` of the field that is asked for. With its `text`, what another
        release of the chart was found to show there is taken, if it is the same text here.
        A field is also moved by the switch without which its document would not be there.
        """
        key = (field.template, field.document.kind, field.route, bool(part))
        known, wanted = self._answers.shown.get(key), part or text
        if known and len(wanted) >= _TELLING_LENGTH and self._shown(known.route) == wanted:
            return [known]
        if self._bench.broken:
            return []
        text = self._text_of(field)
        candidates = self._candidates(field.template)
        alike = [route for route in candidates if self._is_alike(route, text)]
        asked = [route for route in alike if part and self._shown(route) == part]
        found = self._origins(field, asked) or self._origins(field, alike)
        if not asked and not any(origin.exact for origin in found):
            found = self._all_origins(field, candidates)
        elif len(found) == 1:
            self._answers.shown.setdefault(key, found[0])
        return sorted(found, key=lambda origin: self._rank(origin, field, text))

    def _rank(self, origin: Origin, field: Field, text: str) -> tuple[int, ...]:
        """Small for a value that moves this field alone, equals it, or stands in its text.

        Values that had to be changed together are told apart by their names: the host of a rule
        and the host of its certificate, for one.
        """
        shown = self._shown(origin.route)
        within = bool(shown) and shown in text
        place = text.find(shown) if within else len(text)
        telling = origin.exact or (within and len(shown) >= _TELLING_LENGTH)
        named = len(set(origin.route) & set(field.route))
        return (origin.others > 0, not origin.exact, not telling, origin.others, place, -named)

    def fields_of(self, route: Route) -> frozenset[Field]:
        """The fields that a value moves."""
        self._render([route])
        moved: frozenset[Field] = frozenset()
        return moved.union(*(self._bench.moved(effect) for effect in self._effects[route]))

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
            if fields.document == field.document:
                return fields.text(field.route)
        return ""

    def _is_alike(self, route: Route, text: str) -> bool:
        value = self._shown(route)
        return value == text or (len(value) >= _TELLING_LENGTH and value in text)

    def _shown(self, route: Route) -> str:
        return scalar_text(value_at(self._effective, route))

    def _all_origins(self, field: Field, candidates: list[Route]) -> list[Origin]:
        """The values among all `candidates` that move a field.

        Those that move it in another release of the chart are tried first: where each of them
        does so here too, no other is looked for.
        """
        key = (field.template, field.document.kind, field.route)
        known = self._answers.found.get(key, frozenset())
        likely = [route for route in candidates if any(route == each for each, _ in known)]
        if known and len(likely) == len(known):
            found = self._origins(field, likely)
            if {(origin.route, origin.exact) for origin in found} == known:
                return found
        alone = (field, self._text_of(field), frozenset(self._leaves))
        if alone in self._answers.unmoved:
            return []
        found = self._origins(field, candidates)
        if found:
            shown = frozenset((origin.route, origin.exact) for origin in found)
            self._answers.found.setdefault(key, shown)
        else:
            self._answers.unmoved.add(alone)
        return found

    def _origins(self, field: Field, routes: list[Route]) -> list[Origin]:
        self._render(routes)
        text = self._text_of(field)
        found = []
        for route in routes:
            moving = [each for each in self._effects[route] if self._moves(each, field)]
            if moving:
                exact = self._shown(route) == text
                others = min(len(self._bench.moved(each)) for each in moving) - 1
                found.append(Origin(route, exact, others))
        return found

    def _moves(self, effect: Effect, field: Field) -> bool:
        return field in self._bench.moved_in(field.template, effect)

    def _render(self, routes: list[Route]) -> None:
        """Render with other values at `routes`, one probe after the other until one succeeds.

        A chart may refuse a value that differs from another one: both are changed then.
        """
        waiting = [route for route in routes if route not in self._effects]
        self._effects.update((route, []) for route in waiting)
        alone: list[MakeChanges] = [partial(self._alone, turn) for turn in range(_PROBES)]
        for change in (*alone, self._with_equals):
            asked = [(route, changes) for route in waiting if (changes := change(route))]
            if not asked:
                continue
            variants = [changed(self._overrides, self._effective, each) for _, each in asked]
            for (route, _), effect in zip(asked, self._bench.effects(variants), strict=True):
                if effect.kind is EffectKind.MANIFESTS:
                    self._effects[route].append(effect)
                elif effect.kind is EffectKind.ERROR:
                    self._refused.add(route)
            waiting = [route for route in waiting if not self._effects[route]]

    def _alone(self, turn: int, route: Route) -> list[Change]:
        """The probe of that turn. Taking the key away would tell nothing of a chart's default."""
        tries = [each for each in probes(value_at(self._effective, route)) if each is not REMOVED]
        return [(route, tries[turn])] if turn < len(tries) else []

    def _with_equals(self, route: Route) -> list[Change]:
        """The first probe of a value that was refused, for all values that equal it."""
        value = value_at(self._effective, route)
        if route not in self._refused or not isinstance(value, str) or not value:
            return []
        equal = [each for each in self._leaves if value_at(self._effective, each) == value]
        return [(each, probes(value)[0]) for each in equal] if len(equal) > 1 else []
