"""Parses the inside of one action: pipelines, commands, operands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from plate_llm_cli.helm.templates.lexer import TemplateSyntaxError, Token
from plate_llm_cli.helm.templates.syntax import (
    Access,
    Command,
    Dot,
    Function,
    Literal,
    Pipeline,
    Variable,
)

if TYPE_CHECKING:
    from plate_llm_cli.helm.templates.syntax import Constant, Operand

MAX_PARENTHESES: Final = 40
_WORDS: Final[dict[str, Constant]] = {"true": True, "false": False, "nil": None}
_END: Final = Token("end", "", -1)


class PipelineParser:
    """Reads one pipeline from the tokens of an action, beginning at `position`."""

    def __init__(self, tokens: tuple[Token, ...], source: str, position: int = 0) -> None:
        self._tokens = tokens
        self._source = source
        self.position = position
        self._depth = 0

    def whole(self) -> Pipeline:
        """A pipeline that takes up the rest of the action."""
        pipeline = self._pipeline()
        if self._peek() is not _END:
            self._fail(f"unexpected {self._peek().text!r}")
        return pipeline

    def _pipeline(self) -> Pipeline:
        variables, declares = self._declaration()
        first = self._peek()
        commands = [self._command()]
        while self._peek().text == "|" and self._peek().kind == "symbol":
            self.position += 1
            commands.append(self._command())
        last = self._tokens[self.position - 1]
        text = self._source[first.start : last.end]
        return Pipeline(tuple(commands), variables, declares, first.start, text)

    def _declaration(self) -> tuple[tuple[str, ...], bool]:
        """The variables before `:=` or `=`; none when the pipeline only begins with a variable."""
        position, names = self.position, []
        while self._at(position).kind == "variable":
            names.append(self._at(position).text)
            follower = self._at(position + 1)
            if follower.text in (":=", "=") and follower.kind in ("declare", "symbol"):
                self.position = position + 2
                return tuple(names), follower.text == ":="
            if follower.text != ",":
                break
            position += 2
        return (), False

    def _command(self) -> Command:
        offset = self._peek().start
        operands = [self._operand()]
        while not (self._peek().kind == "symbol" and self._peek().text in ("|", ")")):
            if self._peek() is _END:
                break
            operands.append(self._operand())
        return Command(tuple(operands), offset)

    def _operand(self) -> Operand:
        token = self._peek()
        operand = self._term(token)
        names: list[str] = []
        end = token.start if token.kind == "field" else self._tokens[self.position - 1].end
        while self._peek().kind == "field" and self._peek().start == end:
            end = self._peek().end
            names.append(self._peek().text[1:])
            self.position += 1
        return Access(operand, tuple(names), token.start) if names else operand

    def _term(self, token: Token) -> Operand:
        if token.kind == "field":
            return Dot(token.start)
        self.position += 1
        if token.kind == "variable":
            return Variable(token.text, token.start)
        if token.kind in ("string", "raw", "char", "number"):
            return Literal(_literal(token), token.start)
        if token.kind == "word":
            return _word(token)
        if token.text == ".":
            return Dot(token.start)
        if token.text == "(":
            return self._parenthesis(token)
        raise TemplateSyntaxError(f"unexpected {token.text!r}", token.start)

    def _parenthesis(self, token: Token) -> Operand:
        self._depth += 1
        if self._depth > MAX_PARENTHESES:
            raise TemplateSyntaxError("too many parentheses inside one another", token.start)
        pipeline = self._pipeline()
        if self._peek().text != ")":
            self._fail("a parenthesis is not closed")
        self.position += 1
        self._depth -= 1
        return pipeline

    def _peek(self) -> Token:
        return self._at(self.position)

    def _at(self, position: int) -> Token:
        return self._tokens[position] if position < len(self._tokens) else _END

    def _fail(self, message: str) -> None:
        token = self._peek() if self._peek() is not _END else self._tokens[-1]
        raise TemplateSyntaxError(message, token.start)


def _word(token: Token) -> Operand:
    if token.text in _WORDS:
        return Literal(_WORDS[token.text], token.start)
    return Function(token.text, token.start)


def _literal(token: Token) -> Constant:
    if token.kind == "number":
        return _number(token.text)
    return string_value(token)


def _number(text: str) -> Constant:
    plain = text.replace("_", "")
    try:
        return int(plain, 0)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return plain


def string_value(token: Token) -> str:
    """What a quoted token stands for. An escape that JSON lacks keeps its backslash."""
    inner = token.text[1:-1]
    if token.kind != "string" or "\\" not in inner:
        return inner
    try:
        return str(json.loads(token.text, strict=False))
    except ValueError:
        return inner
