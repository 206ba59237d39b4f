"""Walks an object beside its schema and writes down where they part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.advice import type_advice
from plate_llm_cli.schemas.combinations import settle
from plate_llm_cli.schemas.duplicates import duplicates
from plate_llm_cli.schemas.violations import Violation, ViolationKind
from plate_llm_cli.schemas.wording import describe, name_types, show, type_of

if TYPE_CHECKING:
    from plate_llm_cli.schemas.schema import Schema
    from plate_llm_cli.source.nodes import Route

MAX_DEPTH = 100
"""Of lists and mappings inside one another; Python's own stack bears ten times as much."""

MAX_VISITS = 500_000
"""Values looked at, in every alternative: the largest public CRD needs a tenth, in a second."""

_TRIAL = 20
"""What setting out on an alternative costs, in visits."""

MAX_VIOLATIONS = 100


@dataclass(slots=True)
class Budget:
    """What one object may cost, shared by all walks over it."""

    visits: int = MAX_VISITS

    @property
    def spent(self) -> bool:
        """Whether nothing is left: the rest of the object goes unchecked."""
        return self.visits <= 0


@dataclass(slots=True)
class Walk:
    """One pass. `unknown` has the routes of fields that no schema knows: advice comes later."""

    budget: Budget
    secret: bool = False
    violations: list[Violation] = field(default_factory=list)
    unknown: list[Route] = field(default_factory=list)
    _path: list[str | int] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything was found that the API server refuses."""
        refused = any(v.kind is not ViolationKind.SHADOWED_ITEM for v in self.violations)
        return refused or bool(self.unknown)

    def visit(self, schema: Schema, value: Any) -> None:
        """Compare `value`, which stands at the walk's present place, with `schema`."""
        if not self._within_limits():
            return
        if value is None:
            self._null(schema)
            return
        kind = type_of(value)
        if not _accepts(schema, kind):
            self._wrong_type(schema, value)
            return
        for check in schema.checks:
            complaint = check(value)
            if complaint is not None:
                self._bad_value(complaint.expected, value, complaint.help)
                break
        if kind == "object":
            self._mapping(schema, value)
        elif kind == "array":
            self._list(schema, value)
        if schema.logic:
            settle(self, schema, value)

    def report(
        self, kind: ViolationKind, message: str, help_text: str = "", suggestion: str | None = None
    ) -> None:
        """Write down a violation at the present place."""
        if len(self.violations) < MAX_VIOLATIONS:
            found = Violation(tuple(self._path), message, help_text, kind, suggestion)
            self.violations.append(found)

    def trial(self, schema: Schema, value: Any) -> Walk:
        """A walk of its own over `value`, at this place and from this budget."""
        self.budget.visits -= _TRIAL
        walk = Walk(self.budget, self.secret, _path=list(self._path))
        walk.visit(schema, value)
        return walk

    def adopt(self, other: Walk) -> None:
        """Take over what a trial found."""
        room = MAX_VIOLATIONS - len(self.violations)
        self.violations += other.violations[:room]
        self.unknown += other.unknown[:room]

    def _within_limits(self) -> bool:
        if len(self._path) > MAX_DEPTH:
            self.report(ViolationKind.LIMIT, f"nested more than {MAX_DEPTH} levels deep")
            return False
        self.budget.visits -= 1
        return not self.budget.spent and len(self.violations) < MAX_VIOLATIONS

    def _mapping(self, schema: Schema, value: dict[Any, Any]) -> None:
        for key, item in value.items():
            name = key if isinstance(key, str) else str(key)
            child = schema.child(name)
            self._path.append(name)
            if schema.key_names is not None and name not in schema.properties:
                self.visit(schema.key_names, name)
            if child is None:
                if schema.closed and len(self.unknown) < MAX_VIOLATIONS:
                    self.unknown.append(tuple(self._path))
            elif item is not None or child.nullable:
                self.visit(child, item)
            self._path.pop()
        self._required(schema, value)

    def _required(self, schema: Schema, value: dict[Any, Any]) -> None:
        for name in schema.required:
            child = schema.child(name)
            if child is not None and (child.has_default or (child.nullable and name in value)):
                continue
            if name not in value:
                message = f'required field "{name}" is missing'
                self.report(ViolationKind.MISSING_FIELD, message, suggestion=name)
            elif value[name] is None and child is not None:
                self._path.append(name)
                message = f'required field "{name}" is null, which counts as missing'
                self.report(ViolationKind.MISSING_FIELD, message)
                self._path.pop()

    def _list(self, schema: Schema, value: list[Any]) -> None:
        items = schema.items
        if items is not None:
            for index, item in enumerate(value):
                self._path.append(index)
                self.visit(items, item)
                self._path.pop()
        for index, kind, message, help_text in duplicates(schema, value):
            self._path.append(index)
            self.report(kind, message, help_text)
            self._path.pop()

    def _null(self, schema: Schema) -> None:
        if schema.nullable or not schema.types:
            return
        if not schema.zero_nulls:
            self._wrong_type(schema, None)
        elif "object" in schema.types:
            self._mapping(schema, {})

    def _wrong_type(self, schema: Schema, value: Any) -> None:
        got = describe(value) if not self.secret else describe(value).split(" ", 1)[0]
        message = f"expected {name_types(schema.types)}, got {got}"
        advice = type_advice(schema.types, value, secret=self.secret)
        self.report(ViolationKind.WRONG_TYPE, message, advice)

    def _bad_value(self, expected: str, value: Any, help_text: str) -> None:
        shown = "" if self.secret else show(value)
        message = f"expected {expected}" + (f", got {shown}" if shown else "")
        self.report(ViolationKind.BAD_VALUE, message, help_text)


def _accepts(schema: Schema, kind: str) -> bool:
    types = schema.types
    return (
        not types or kind in types or kind == "other" or (kind == "integer" and "number" in types)
    )
