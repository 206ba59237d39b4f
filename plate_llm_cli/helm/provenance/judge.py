"""Judges the values of one release: read, gated, or dead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.provenance.bench import Bench, EffectKind
from plate_llm_cli.helm.provenance.probes import probes
from plate_llm_cli.helm.provenance.switches import all_switches_on, bound_gate, settings_for
from plate_llm_cli.helm.provenance.values import changed, value_at, whole_parts
from plate_llm_cli.helm.provenance.verdicts import Verdict, VerdictKind, summarised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.helm.engine import RenderRequest
    from plate_llm_cli.helm.provenance.bench import Effect
    from plate_llm_cli.helm.provenance.switches import Setting
    from plate_llm_cli.helm.references.analysis import References
    from plate_llm_cli.helm.references.conditions import Condition
    from plate_llm_cli.helm.references.reads import Read
    from plate_llm_cli.source.nodes import Route

Values = dict[str, Any]

ANCHORS: Final = "holds anchors for other values"
PRINTED: Final = "a template reads it"
DUMPED: Final = "all values are written into a manifest"
NOTES: Final = "only NOTES.txt reads it, and nothing that is deployed"
DIGESTED: Final = "only a checksum of all values depends on it"
UNSEEN: Final = "a template reads it, but no other value changed what was rendered"
UNREADABLE: Final = "no template was seen to read it, but not all of them could be followed"
ABSENT: Final = "a dependency that is not in charts/ may read it"
BROKEN: Final = "no template was seen to read it, but the chart does not render with these values"
CONDITION: Final = "read only where this holds: "
SWITCHED: Final = "read only when a switch is set"
DEAD: Final = "no template reads it"
UNFINISHED: Final = "no template was seen to read it, but rendering without it did not finish"
TOGETHER: Final = "no template was seen to read it, but changed with others it does something"

_NONE: Final = EffectKind.NONE


class Judge:
    """One release on the bench. `known_dead` collects what is dead in any release of the chart."""

    def __init__(
        self,
        bench: Bench,
        references: References,
        make_bench: Callable[[RenderRequest, Values], Bench],
        known_dead: set[Route],
    ) -> None:
        self._bench = bench
        self._make_bench = make_bench
        self._overrides: Values = bench.request.values
        self._effective = references.effective(self._overrides)
        self._references = references.with_texts(self._effective)
        self._known_dead = known_dead
        self._prefixes = {each.prefix for each in references.chart.walk()}
        self._reads: dict[Route, list[Read]] = {}

    def verdicts(self, leaves: Iterable[Route]) -> list[Verdict]:
        """One verdict for each leaf, or for the topmost part of which the same is true."""
        routes = list(dict.fromkeys(leaves))
        self._reads = {route: self._references.of(route) for route in routes}
        found = {route: self._at_once(route) for route in routes}
        open_routes = [route for route, verdict in found.items() if verdict is None]
        if open_routes and self._bench.broken:
            found.update((route, self._unrendered(route)) for route in open_routes)
        elif open_routes:
            unread = [route for route in open_routes if not self._reads[route]]
            found.update(self._judge_unread(unread))
            read = [route for route in open_routes if self._reads[route]]
            found.update(self._judge_read(read))
        known = [verdict for verdict in found.values() if verdict is not None]
        return summarised(known, self._references.near)

    def _verdict(self, route: Route, kind: VerdictKind, reason: str, **more: Any) -> Verdict:
        return Verdict(route, kind, reason, (route,), reads=tuple(self._reads[route]), **more)

    def _at_once(self, route: Route) -> Verdict | None:
        """What needs no rendering: a template reads the value, and its conditions hold."""
        if str(route[0]).startswith("x-"):
            return self._verdict(route, VerdictKind.LIVE, ANCHORS)
        if any(self._gate(read, route).holds(self._effective) for read in self._specific(route)):
            return self._verdict(route, VerdictKind.LIVE, PRINTED)
        return None

    def _specific(self, route: Route) -> list[Read]:
        """The reads of this very value for something that is deployed."""
        return [
            read
            for read in self._reads[route]
            if not (read.dynamic or read.notes_only or read.pattern in self._prefixes)
        ]

    def _gate(self, read: Read, route: Route) -> Condition:
        """The read's condition. With copies made by `import-values`, for any item of lists."""
        same = route if read.covers(route) else self._references.names_of(route)[-1]
        return bound_gate(read, same)

    def _unrendered(self, route: Route) -> Verdict:
        if self._reads[route]:
            return self._verdict(route, VerdictKind.LIVE, PRINTED)
        return self._verdict(route, VerdictKind.POSSIBLY_DEAD, BROKEN)

    def _judge_unread(self, routes: list[Route]) -> dict[Route, Verdict]:
        """Values that no template is seen to read: changed all at once, then one by one."""
        fresh = [route for route in routes if route not in self._known_dead]
        effects: dict[Route, list[Effect]] = {}
        together = bool(fresh) and self._move_together(fresh)
        if together:
            effects = self._try_each(self._bench, fresh, (), every=True)
            still = [route for route in fresh if not _any_read(effects[route])]
            together = (bool(still) and len(still) == len(fresh)) or self._move_together(still)
        verdicts = {}
        for route in routes:
            kind, reason = self._unread_kind(route, effects.get(route, []), together=together)
            verdicts[route] = self._verdict(route, kind, reason, rendered=True)
            if kind is VerdictKind.DEAD:
                self._known_dead.add(route)
        return verdicts

    def _unread_kind(
        self, route: Route, effects: list[Effect], *, together: bool
    ) -> tuple[VerdictKind, str]:
        if _any_read(effects):
            return VerdictKind.LIVE, PRINTED
        if self._references.everything:
            return VerdictKind.POSSIBLY_DEAD, UNREADABLE
        if self._references.may_be_missing(route):
            return VerdictKind.POSSIBLY_DEAD, ABSENT
        if any(effect.kind is EffectKind.NOTES for effect in effects):
            return VerdictKind.POSSIBLY_DEAD, NOTES
        if any(effect.kind is EffectKind.UNKNOWN for effect in effects):
            return VerdictKind.POSSIBLY_DEAD, UNFINISHED
        known = route in self._known_dead
        return (
            (VerdictKind.POSSIBLY_DEAD, TOGETHER)
            if together and not known
            else (VerdictKind.DEAD, DEAD)
        )

    def _move_together(self, routes: list[Route], *, only_present: bool = False) -> bool:
        """Whether any change of all `routes` at once does something, switches as set or all on."""
        if not routes:
            return False
        if any(effect.kind is not _NONE for effect in self._bench.effects(self._joint(routes, ()))):
            return True
        setting = all_switches_on(self._references.reads, self._effective)
        if only_present or not setting:
            return False
        bench = self._bench_with(setting)
        if bench.broken:
            return False
        return any(
            effect.kind is not _NONE for effect in bench.effects(self._joint(routes, setting))
        )

    def _joint(self, routes: list[Route], setting: Setting) -> list[Values]:
        """Variants that change all routes: the first probe of each, the second, and so on.

        Lists and maps of which all values are among the routes are then changed as a whole, where
        no template looks at them: one that asks for another key would only miss its map.
        """
        parts = [p for p in whole_parts(self._overrides, routes) if not self._references.near(p)]
        return [*self._joint_of(routes, setting), *self._joint_of(parts, setting)]

    def _joint_of(self, routes: list[Route], setting: Setting) -> list[Values]:
        tries = {route: probes(value_at(self._effective, route)) for route in routes}
        switched = [(switch.route, switch.needed) for switch in setting]
        return [
            self._changed(
                [*switched, *((route, each[turn % len(each)]) for route, each in tries.items())]
            )
            for turn in range(max(map(len, tries.values()), default=0))
        ]

    def _changed(self, changes: list[tuple[Route, Any]]) -> Values:
        return changed(self._overrides, self._effective, changes)

    def _try_each(
        self, bench: Bench, routes: list[Route], setting: Setting, *, every: bool = False
    ) -> dict[Route, list[Effect]]:
        """The effects of changes of each route alone, up to the first that shows a read.

        Two probes and the key's removal are tried, or `every` probe.
        """
        switched = [(switch.route, switch.needed) for switch in setting]
        tries = {route: probes(value_at(self._effective, route)) for route in routes}
        found: dict[Route, list[Effect]] = {route: [] for route in routes}
        for turn in range(max(map(len, tries.values()), default=0) if every else 3):
            waiting = [r for r in routes if turn < len(tries[r]) and not _any_read(found[r])]
            last = turn == 2 and not every
            values = [tries[route][-1 if last else turn] for route in waiting]
            changes = zip(waiting, values, strict=True)
            variants = [self._changed([*switched, change]) for change in changes]
            effects = bench.effects(variants) if variants else []
            for route, effect in zip(waiting, effects, strict=True):
                found[route].append(effect)
        return found

    def _judge_read(self, routes: list[Route]) -> dict[Route, Verdict]:
        """Values that a template reads under conditions that do not clearly hold."""
        verdicts: dict[Route, Verdict] = {}
        waiting = [route for route in routes if self._is_off(route)]
        if waiting and self._move_together(waiting, only_present=True):
            waiting = []
        effects = self._try_each(self._bench, [r for r in routes if r not in waiting], ())
        for route in effects:
            if _any_read(effects[route]):
                verdicts[route] = self._verdict(route, VerdictKind.LIVE, PRINTED, rendered=True)
            elif self._only_swept(route):
                verdicts[route] = self._swept(route)
            else:
                waiting.append(route)
        verdicts.update(self._judge_gated(waiting))
        for route in waiting:
            if route not in verdicts:
                verdicts[route] = self._unconfirmed(route, effects.get(route, []))
        return verdicts

    def _is_off(self, route: Route) -> bool:
        """Whether each read waits for a condition that clearly does not hold."""
        reads = self._reads[route]
        return all(self._gate(read, route).holds(self._effective) is False for read in reads)

    def _only_swept(self, route: Route) -> bool:
        """Whether nothing but a dump or digest of all values looks at the route."""
        return all(read.pattern in self._prefixes for read in self._reads[route])

    def _swept(self, route: Route) -> Verdict:
        if self._bench.dumps_values:
            return self._verdict(route, VerdictKind.LIVE, DUMPED, rendered=True)
        return self._verdict(route, VerdictKind.POSSIBLY_DEAD, DIGESTED, rendered=True)

    def _judge_gated(self, routes: list[Route]) -> dict[Route, Verdict]:
        """Find the switches that each route's reads wait for."""
        settings = {
            route: settings_for(self._deployed(route), route, self._effective) for route in routes
        }
        verdicts: dict[Route, Verdict] = {}
        for route in routes:
            certain = (each for each in settings[route] if self._lets_read(route, each))
            if setting := next(certain, None):
                verdicts[route] = self._gated(route, setting)
        for turn in range(max(map(len, settings.values()), default=0)):
            waiting = [r for r in routes if r not in verdicts and turn < len(settings[r])]
            groups: dict[str, list[Route]] = {}
            for route in waiting:
                groups.setdefault(repr(settings[route][turn]), []).append(route)
            for group in groups.values():
                setting = settings[group[0]][turn]
                for route in self._confirmed(group, setting):
                    verdicts[route] = self._gated(route, setting, rendered=True)
        return verdicts

    def _gated(self, route: Route, setting: Setting, *, rendered: bool = False) -> Verdict:
        kind = VerdictKind.GATED
        return self._verdict(route, kind, SWITCHED, switches=setting, rendered=rendered)

    def _lets_read(self, route: Route, setting: Setting) -> bool:
        """Whether a read of the very value happens with the switches set, as far as is known."""
        switched = [(switch.route, switch.needed) for switch in setting]
        values = changed(self._effective, self._effective, switched)
        return any(self._gate(read, route).holds(values) for read in self._specific(route))

    def _deployed(self, route: Route) -> list[Read]:
        return [read for read in self._reads[route] if not read.notes_only]

    def _confirmed(self, routes: list[Route], setting: Setting) -> list[Route]:
        """Those of `routes` that do something with the switches set."""
        bench = self._bench_with(setting)
        if bench.broken:
            return []
        effects = self._try_each(bench, routes, setting)
        return [route for route in routes if _any_read(effects[route])]

    def _bench_with(self, setting: Setting) -> Bench:
        values = self._changed([(switch.route, switch.needed) for switch in setting])
        return self._make_bench(self._bench.request, values)

    def _unconfirmed(self, route: Route, effects: list[Effect]) -> Verdict:
        """Something reads the value, yet no rendering has shown it."""
        reads = self._deployed(route)
        if not reads or any(effect.kind is EffectKind.NOTES for effect in effects):
            return self._verdict(route, VerdictKind.POSSIBLY_DEAD, NOTES, rendered=bool(effects))
        texts = [text for read in reads for gate in read.gates for text in gate.texts()]
        reason = CONDITION + texts[0] if texts else UNSEEN
        return self._verdict(route, VerdictKind.POSSIBLY_DEAD, reason)


def _any_read(effects: list[Effect]) -> bool:
    return any(effect.is_read for effect in effects)
