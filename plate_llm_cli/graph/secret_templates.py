"""What a template of an ExternalSecret reads: the operator fills it in from a flat map of keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plate_llm_cli.helm.templates.parser import TemplateSyntaxError, parse
from plate_llm_cli.helm.templates.syntax import (
    Access,
    Branch,
    Dot,
    Function,
    Invocation,
    Literal,
    Pipeline,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.helm.templates.syntax import Block, Command, Operand, Statement

_LOOKUPS: Final = frozenset({"index", "get", "hasKey"})
"""Functions that take the map and the name of a key in it."""
_ROOT: Final = "$"
_REBIND: Final = frozenset({"with", "range"})


@dataclass(slots=True)
class TemplateReads:
    """The keys that a template names, and whether it takes all of them, as `{{ . | toJson }}`."""

    names: dict[str, None] = field(default_factory=dict)
    everything: bool = False

    def add(self, text: str) -> None:
        """What one more template reads. One that cannot be parsed may read everything."""
        if "{{" not in text:
            return
        try:
            parsed = parse(text)
        except TemplateSyntaxError:
            self.everything = True
            return
        for block in (parsed.body, *parsed.defines.values()):
            self._block(block, at_root=True)

    def _block(self, block: Block, *, at_root: bool) -> None:
        for statement in block:
            self._statement(statement, at_root=at_root)

    def _statement(self, statement: Statement, *, at_root: bool) -> None:
        if isinstance(statement, Branch):
            self._branch(statement, at_root=at_root)
        elif isinstance(statement, Invocation):
            # What is invoked was read as if it had the whole map.
            if statement.argument is not None and not _is_whole(statement.argument, at_root):
                self._pipeline(statement.argument, at_root=at_root)
        else:
            self._pipeline(statement.pipeline, at_root=at_root)

    def _branch(self, branch: Branch, *, at_root: bool) -> None:
        rebinds = branch.keyword in _REBIND
        self._pipeline(branch.pipeline, at_root=at_root)
        inside = at_root and not rebinds
        self._block(branch.body, at_root=inside)
        self._block(branch.alternative, at_root=at_root)

    def _pipeline(self, pipeline: Pipeline, *, at_root: bool) -> None:
        for command in pipeline.commands:
            self._operands(self._without_lookup(command, at_root), at_root=at_root)

    def _without_lookup(self, command: Command, at_root: bool) -> Iterable[Operand]:
        """The operands that are left to look at, once `index . "key"` is understood."""
        first, *rest = command.operands
        if not (isinstance(first, Function) and first.name in _LOOKUPS and len(rest) > 1):
            return command.operands
        key = rest[1]
        if not _is_root(rest[0], at_root):
            return rest
        if not (isinstance(key, Literal) and isinstance(key.value, str)):
            return rest  # which key is known when it runs: any may be
        self.names[key.value] = None
        return rest[2:]

    def _operands(self, operands: Iterable[Operand], *, at_root: bool) -> None:
        for operand in operands:
            if isinstance(operand, Pipeline):
                self._pipeline(operand, at_root=at_root)
            elif isinstance(operand, Access):
                self._access(operand, at_root=at_root)
            elif _is_root(operand, at_root):
                self.everything = True

    def _access(self, access: Access, *, at_root: bool) -> None:
        if _is_root(access.base, at_root):
            self.names[access.names[0]] = None
        elif isinstance(access.base, Pipeline):
            self._pipeline(access.base, at_root=at_root)


def template_reads(texts: Iterable[str]) -> TemplateReads:
    """What `texts` read together."""
    reads = TemplateReads()
    for text in texts:
        reads.add(text)
    return reads


def _is_root(operand: Operand, at_root: bool) -> bool:
    if isinstance(operand, Variable):
        return operand.name == _ROOT
    return isinstance(operand, Dot) and at_root


def _is_whole(pipeline: Pipeline, at_root: bool) -> bool:
    commands = pipeline.commands
    return (
        len(commands) == 1
        and len(commands[0].operands) == 1
        and _is_root(commands[0].operands[0], at_root)
    )
