"""Parses Go templates into the syntax tree of `templates_syntax`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.helm.templates.lexer import TemplateSyntaxError, actions
from plate_llm_cli.helm.templates.pipeline import PipelineParser, string_value
from plate_llm_cli.helm.templates.syntax import Branch, Invocation, Output, Parsed

if TYPE_CHECKING:
    from plate_llm_cli.helm.templates.lexer import Action, Token
    from plate_llm_cli.helm.templates.syntax import Block, Pipeline, Statement

__all__ = ["MAX_BLOCKS", "TemplateSyntaxError", "parse"]

MAX_BLOCKS: Final = 60
_BRANCHES: Final = frozenset({"if", "with", "range"})
_JUMPS: Final = frozenset({"break", "continue"})


def parse(text: str) -> Parsed:
    """The tree of one template file. Raises `TemplateSyntaxError`."""
    return _Parser(text).file()


class _Parser:
    """Walks over the actions of one file; `_index` is the next one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._actions = tuple(actions(text))
        self._index = 0
        self._depth = 0
        self._parsed = Parsed()

    def file(self) -> Parsed:
        self._parsed.body = self._block()
        if self._index < len(self._actions):
            action = self._actions[self._index]
            raise TemplateSyntaxError(f"unexpected {{{{{_keyword(action)}}}}}", action.start)
        return self._parsed

    def _block(self) -> Block:
        """Statements up to `else`, `end` or the end of the file, which stay unread."""
        self._depth += 1
        if self._depth > MAX_BLOCKS:
            raise TemplateSyntaxError("too many blocks inside one another", self._offset())
        statements: list[Statement] = []
        while self._index < len(self._actions):
            action = self._actions[self._index]
            if _keyword(action) in ("else", "end"):
                break
            self._index += 1
            statements.extend(self._statement(action))
        self._depth -= 1
        return tuple(statements)

    def _statement(self, action: Action) -> list[Statement]:
        keyword = _keyword(action)
        if keyword in _BRANCHES:
            return [self._branch(keyword, action.tokens, 1)]
        if keyword in _JUMPS and len(action.tokens) == 1:
            return []
        if keyword == "define":
            self._define(action)
            return []
        if keyword == "block":
            self._define(action)
            return [self._invocation(action)]
        if keyword == "template":
            return [self._invocation(action)]
        if not action.tokens:
            raise TemplateSyntaxError("an action is empty", action.start)
        return [Output(self._pipeline(action.tokens, 0))]

    def _branch(self, keyword: str, tokens: tuple[Token, ...], position: int) -> Branch:
        if position >= len(tokens):
            raise TemplateSyntaxError(f"{keyword} lacks its condition", tokens[0].start)
        pipeline = self._pipeline(tokens, position)
        body = self._block()
        return Branch(keyword, pipeline, body, self._alternative(tokens[0].start))

    def _alternative(self, opened: int) -> Block:
        """What follows `else`; reads the `end` of the branch, which all its `else if` share."""
        action = self._next(opened)
        if _keyword(action) == "end":
            return ()
        if len(action.tokens) == 1:
            block = self._block()
            if _keyword(self._next(opened)) != "end":
                raise TemplateSyntaxError("a second else", self._offset(-1))
            return block
        keyword = action.tokens[1].text
        if keyword not in ("if", "with"):
            raise TemplateSyntaxError(f"unexpected else {keyword}", action.start)
        self._depth += 1
        branch = self._branch(keyword, action.tokens, 2)
        self._depth -= 1
        return (branch,)

    def _define(self, action: Action) -> None:
        name = _name(action)
        body = self._block()
        if _keyword(self._next(action.start)) != "end":
            raise TemplateSyntaxError("unexpected else", self._offset(-1))
        if body or name not in self._parsed.defines:
            self._parsed.defines[name] = body

    def _invocation(self, action: Action) -> Invocation:
        rest = len(action.tokens) > 2
        argument = self._pipeline(action.tokens, 2) if rest else None
        return Invocation(_name(action), argument, action.tokens[1].start)

    def _pipeline(self, tokens: tuple[Token, ...], position: int) -> Pipeline:
        return PipelineParser(tokens, self._text, position).whole()

    def _next(self, opened: int) -> Action:
        if self._index >= len(self._actions):
            raise TemplateSyntaxError("a block has no end", opened)
        self._index += 1
        return self._actions[self._index - 1]

    def _offset(self, ahead: int = 0) -> int:
        index = min(max(self._index + ahead, 0), len(self._actions) - 1)
        return self._actions[index].start if index >= 0 else 0


def _keyword(action: Action) -> str:
    first = action.tokens[0] if action.tokens else None
    return first.text if first is not None and first.kind == "word" else ""


def _name(action: Action) -> str:
    if len(action.tokens) < 2 or action.tokens[1].kind not in ("string", "raw"):
        raise TemplateSyntaxError("a template's name is missing", action.start)
    return string_value(action.tokens[1])
