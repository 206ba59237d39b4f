"""Renders one set of values with changes, and says what each change did.

What differs between two renderings of the same values (random texts, times), and what moves with
a value that nobody can know (checksums and dumps of all values), is noise and left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.engine import FailureKind, RenderFailure
from plate_llm_cli.helm.provenance.fields import (
    Field,
    Fields,
    fields_of_text,
    moved_fields,
)

if TYPE_CHECKING:
    from plate_llm_cli.helm.engine import HelmEngine, RenderRequest
    from plate_llm_cli.source.nodes import Route

Values = dict[str, Any]
Answer = dict[str, str] | RenderFailure

SENTINEL: Final = "plateLlmProbe"
_INCONCLUSIVE: Final = (FailureKind.TIMEOUT, FailureKind.CRASH)


class EffectKind(StrEnum):
    """What a changed value did."""

    NONE = "none"
    NOTES = "notes"
    MANIFESTS = "manifests"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(slots=True, eq=False)
class Effect:
    """What came of one variant; `texts` are the templates that were rendered otherwise."""

    kind: EffectKind
    texts: dict[str, str] = field(default_factory=dict)
    moved: dict[str, frozenset[Field]] = field(default_factory=dict)
    """The fields that differ in each template, as far as somebody has asked, with the noise."""

    @property
    def is_read(self) -> bool:
        """Whether it shows that something deployed, or an error, depends on the value."""
        return self.kind in (EffectKind.MANIFESTS, EffectKind.ERROR)


class Bench:
    """One set of values to compare variants with."""

    def __init__(
        self, engine: HelmEngine, request: RenderRequest, prefixes: tuple[Route, ...] = ((),)
    ) -> None:
        self._engine = engine
        self.request = replace(request, skip_schema=True)
        self._prefixes = prefixes
        self._documents: dict[str, list[Fields]] = {}
        self._noise: dict[str, set[Field]] = {}
        self._error: str | None = None
        self._measured = False
        self.dumps_values = False
        """Whether a manifest holds all values as text, and not only a checksum of them."""

    @property
    def broken(self) -> bool:
        """Whether the unchanged values fail to render; then only errors can be compared."""
        if not self._measured:
            self.effects([])
        return self._error is not None

    def effects(self, variants: list[Values]) -> list[Effect]:
        """What each of the variants does; one answer a variant.

        The last control comes behind the variants, so that it shows what the clock has changed.
        """
        if self._measured:
            answers = self._render([*variants, self.request.values])
            self._note_noise(answers[-1])
            return [self._effect(answer) for answer in answers[:-1]]
        answers = self._render([self.request.values, *variants, self._sentinel()])
        self._measure(answers[0], answers[-1])
        return [self._effect(answer) for answer in answers[1:-1]]

    def _render(self, variants: list[Values]) -> list[Answer]:
        return list(self._engine.render_variants(self.request, variants))

    def moved(self, effect: Effect) -> frozenset[Field]:
        """The fields of all manifests that an effect has moved, noise left out."""
        moved: frozenset[Field] = frozenset()
        return moved.union(*(self.moved_in(template, effect) for template in effect.texts))

    def moved_in(self, template: str, effect: Effect) -> frozenset[Field]:
        """The fields of one template that an effect has moved."""
        text = effect.texts.get(template)
        if text is None or _is_notes(template):
            return frozenset()
        if template not in effect.moved:
            effect.moved[template] = frozenset(self._difference(template, text))
        return effect.moved[template] - self._noise.get(template, set())

    def documents(self, template: str) -> list[Fields]:
        """The documents of one template with the unchanged values."""
        if template not in self._documents:
            self._documents[template] = fields_of_text(self._texts.get(template, ""))
        return self._documents[template]

    @cached_property
    def _texts(self) -> dict[str, str]:
        answer = self._engine.texts(self.request)
        return {} if isinstance(answer, RenderFailure) else answer

    def _sentinel(self) -> Values:
        """The values with a key that no chart knows, in the chart and in each subchart."""
        values = self.request.values
        for prefix in self._prefixes:
            values = _with_sentinel(values, prefix)
        return values

    def _measure(self, same: Answer, sentinel: Answer) -> None:
        """Take the controls: the same values once more, and the unknown key."""
        self._measured = True
        if isinstance(same, RenderFailure):
            self._error = same.message
        self._note_noise(same)
        if not isinstance(sentinel, RenderFailure) and not self._error:
            self.dumps_values = any(SENTINEL in text for text in sentinel.values())
            self._note_noise(sentinel)

    def _note_noise(self, answer: Answer) -> None:
        if isinstance(answer, RenderFailure) or self._error:
            return
        for template, text in answer.items():
            noise = self._noise.setdefault(template, set())
            if not _is_notes(template):
                noise |= self._difference(template, text)

    def _difference(self, template: str, text: str) -> set[Field]:
        return moved_fields(template, self.documents(template), fields_of_text(text))

    def _effect(self, answer: Answer) -> Effect:
        if isinstance(answer, RenderFailure):
            if answer.kind in _INCONCLUSIVE:
                return Effect(EffectKind.UNKNOWN)
            return Effect(EffectKind.NONE if answer.message == self._error else EffectKind.ERROR)
        if self._error is not None:
            return Effect(EffectKind.ERROR)
        return Effect(self._kind(answer), answer)

    def _kind(self, texts: dict[str, str]) -> EffectKind:
        manifests = [name for name in texts if not _is_notes(name)]
        quiet = [name for name in manifests if name not in self._noise]
        if quiet or any(self._moves(name, texts[name]) for name in manifests):
            return EffectKind.MANIFESTS
        notes = any(name not in self._noise for name in texts if _is_notes(name))
        return EffectKind.NOTES if notes else EffectKind.NONE

    def _moves(self, template: str, text: str) -> bool:
        return bool(self._difference(template, text) - self._noise.get(template, set()))


def _is_notes(template: str) -> bool:
    return template.endswith("NOTES.txt")


def _with_sentinel(values: Values, prefix: Route) -> Values:
    copied = dict(values)
    if not prefix:
        copied[SENTINEL] = "probe"
        return copied
    inner = copied.get(str(prefix[0]))
    copied[str(prefix[0])] = _with_sentinel(inner if isinstance(inner, dict) else {}, prefix[1:])
    return copied
