"""Executes one template over abstract values and notes what it reads."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from plate_llm_cli.helm.references.conditions import Fixed, every, some
from plate_llm_cli.helm.references.functions import call_function
from plate_llm_cli.helm.references.reads import RawRead, ReadKind
from plate_llm_cli.helm.references.values import (
    Computed,
    Context,
    Decided,
    Entries,
    Guarded,
    Items,
    Known,
    OneOf,
    Path,
    Serialized,
    Value,
    guarded,
    one_of,
    shallow,
)
from plate_llm_cli.helm.templates.syntax import (
    Access,
    Branch,
    Dot,
    Function,
    Invocation,
    Literal,
    Output,
    Pipeline,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.helm.references.conditions import Condition
    from plate_llm_cli.helm.references.interfaces import Runner
    from plate_llm_cli.helm.references.reads import Site
    from plate_llm_cli.helm.references.values import Origin
    from plate_llm_cli.helm.templates.syntax import Block, Command, Operand, Statement

_MAX_DEPTH: Final = 7
_LOGIC: Final = frozenset({"and", "or"})


class Slot(NamedTuple):
    """A variable: its value, and how many gates stood around its declaration."""

    value: Value
    gates: int


ReadKey = tuple[object, ...]


class Frame:
    """One execution of a template with a dot; `reads` and `sites` are what came of it."""

    def __init__(self, run: Runner, file: str, dot: Value) -> None:
        self.run = run
        self.file = file
        self.dot = dot
        self.reads: dict[ReadKey, RawRead] = {}
        self.sites: dict[object, Site] = {}
        self.gates: tuple[Condition, ...] = ()
        self._scopes: list[dict[str, Slot]] = [{"$": Slot(dot, 0)}]
        self._reassigned = False

    @contextmanager
    def gate(self, condition: Condition) -> Iterator[None]:
        """Everything noted inside happens only under `condition`."""
        before = self.gates
        if condition != Fixed(value=True):
            self.gates = (*before, condition)
        yield
        self.gates = before

    def note(self, read: RawRead) -> None:
        """Keep a read, under the gates around it; of equal reads the first."""
        gates = (*self.gates, *read.gates)
        key = (read.pattern, read.kind, gates)
        if key not in self.reads:
            self.run.spend()
            self.reads[key] = RawRead(read.pattern, read.kind, gates, read.origin)

    def note_site(self, site: Site) -> None:
        """Keep a place where text of values is rendered."""
        gates = (*self.gates, *site.gates)
        key = (site.sources, site.dot.fingerprint(), gates)
        self.sites.setdefault(key, site._replace(gates=gates))

    def consume(self, value: Value, kind: ReadKind, depth: int = 0) -> None:
        """Note that everything in `value` is read."""
        if isinstance(value, Path):
            self.note(RawRead(value.pattern, kind, (), value.origin))
        elif isinstance(value, Guarded):
            with self.gate(value.test):
                self.consume(value.value, kind, depth + 1)
        elif isinstance(value, (OneOf, Decided)):
            for part in value.parts():
                self.consume(part, kind, depth)
        elif isinstance(value, Serialized):
            whole = ReadKind.DIGEST if kind is ReadKind.DIGEST else ReadKind.WHOLE
            self.consume(value.value, whole, depth + 1)
        elif kind is not ReadKind.PRESENCE and depth < _MAX_DEPTH:
            self._consume_inside(value, kind, depth)

    def _consume_inside(self, value: Value, kind: ReadKind, depth: int) -> None:
        if isinstance(value, Context):
            self.note(RawRead(value.chart.prefix, kind, (), None))
        elif isinstance(value, (Items, Entries)):
            for part in value.parts():
                self.consume(part, kind, depth + 1)

    def run_block(self, block: Block) -> None:
        """Execute statements in a scope of their own."""
        self._scopes.append({})
        with self.run.deeper():
            for statement in block:
                self._statement(statement)
        self._scopes.pop()

    def _statement(self, statement: Statement) -> None:
        self.run.spend()
        if isinstance(statement, Output):
            value = self.pipeline(statement.pipeline)
            if not statement.pipeline.variables:
                self.consume(value, ReadKind.VALUE)
        elif isinstance(statement, Invocation):
            argument = statement.argument
            dot = Known(None) if argument is None else self.pipeline(argument)
            self.run.include(self, Known(statement.name), dot)
        elif statement.keyword == "range":
            self._range(statement)
        else:
            self._condition(statement)

    def _condition(self, branch: Branch) -> None:
        """`if` and `with`."""
        self._scopes.append({})
        value = self.pipeline(branch.pipeline)
        self.consume(value, ReadKind.PRESENCE)
        condition = value.condition(branch.pipeline.text)
        with self.gate(condition):
            self._run_with(branch.body, value if branch.keyword == "with" else self.dot)
        with self.gate(condition.negated()):
            self.run_block(branch.alternative)
        self._scopes.pop()

    def _range(self, branch: Branch) -> None:
        self._scopes.append({})
        value = self._commands(branch.pipeline)
        self.consume(value, ReadKind.PRESENCE)
        condition = value.condition(branch.pipeline.text)
        with self.gate(condition):
            element = value.element()
            self.consume(element, ReadKind.PRESENCE)
            self._range_variables(branch.pipeline, value.key(), element)
            before, self._reassigned = self._reassigned, False
            self._run_with(branch.body, element)
            if self._reassigned:  # what one turn leaves behind, the next one sees
                self._run_with(branch.body, element)
            self._reassigned = before or self._reassigned
        with self.gate(condition.negated()):
            self.run_block(branch.alternative)
        self._scopes.pop()

    def _range_variables(self, pipeline: Pipeline, key: Value, element: Value) -> None:
        values = (element,) if len(pipeline.variables) == 1 else (key, element)
        for name, value in zip(pipeline.variables, values, strict=False):
            self._bind(name, value, declares=pipeline.declares)

    def _run_with(self, block: Block, dot: Value) -> None:
        before, self.dot = self.dot, dot
        self.run_block(block)
        self.dot = before

    def pipeline(self, pipeline: Pipeline) -> Value:
        """The value of a pipeline, its variables set."""
        with self.run.deeper():
            value = self._commands(pipeline)
        for name in pipeline.variables:
            self._bind(name, value, declares=pipeline.declares)
        return value

    def _commands(self, pipeline: Pipeline) -> Value:
        value: Value | None = None
        for command in pipeline.commands:
            value = self._command(command, value)
        return Known(None) if value is None else value

    def _bind(self, name: str, value: Value, *, declares: bool) -> None:
        if declares:
            self._scopes[-1][name] = Slot(value, len(self.gates))
            return
        for scope in reversed(self._scopes):
            slot = scope.get(name)
            if slot is not None:
                changed = self._assigned(slot, value)
                same = changed.fingerprint() == slot.value.fingerprint()
                self._reassigned = self._reassigned or not same
                scope[name] = slot._replace(value=changed)
                return

    def _assigned(self, slot: Slot, value: Value) -> Value:
        """What a variable holds behind an assignment that stands under conditions."""
        condition = every(self.gates[slot.gates :])
        if condition == Fixed(value=True):
            return value
        old = guarded(condition.negated(), shallow(slot.value))
        return one_of((old, guarded(condition, shallow(value))))

    def _command(self, command: Command, final: Value | None) -> Value:
        first, *others = command.operands
        if isinstance(first, Function):
            if first.name in _LOGIC:
                return self._logic(first.name, others, final)
            arguments = [self._operand(each) for each in others]
            arguments += [] if final is None else [final]
            return call_function(self, first.name, arguments, (self.file, first.offset))
        value = self._operand(first)
        arguments = [self._operand(each) for each in others]
        arguments += [] if final is None else [final]
        return self._method(value, arguments) if arguments else value

    def _method(self, value: Value, arguments: list[Value]) -> Value:
        """`.Files.Get x`, `.Capabilities.APIVersions.Has x` and the like."""
        sources = value.sources()
        for argument in arguments:
            self.consume(argument, ReadKind.VALUE)
            sources |= argument.sources()
        return Computed(sources)

    def _logic(self, name: str, operands: list[Operand], final: Value | None) -> Value:
        """`and`, `or`: a part is looked at only if those before it have not settled it."""
        goes_on: list[Condition] = []
        conditions: list[Condition] = []
        values: list[Value] = []
        for operand in (*operands, *(() if final is None else (final,))):
            with self.gate(every(goes_on)):
                value = operand if isinstance(operand, Value) else self._operand(operand)
                self.consume(value, ReadKind.PRESENCE)
            condition = value.condition()
            values.append(guarded(every(goes_on), value))
            conditions.append(condition)
            goes_on.append(condition if name == "and" else condition.negated())
        if name == "and":
            return Decided(every(conditions), values[-1]) if values else Known(None)
        return Decided(some(conditions), one_of(values))

    def _operand(self, operand: Operand) -> Value:
        if isinstance(operand, Access):
            return self._access(operand)
        if isinstance(operand, Literal):
            return Known(operand.value)
        if isinstance(operand, Dot):
            return self.dot
        if isinstance(operand, Variable):
            return self._variable(operand.name)
        if isinstance(operand, Pipeline):
            return self.pipeline(operand)
        return call_function(self, operand.name, [], (self.file, operand.offset))

    def _access(self, access: Access) -> Value:
        value = self._operand(access.base)
        origin: Origin = (self.file, access.offset)
        for name in access.names:
            value = self.run.store.field(value, name, origin)
        return value

    def _variable(self, name: str) -> Value:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name].value
        return Computed()
