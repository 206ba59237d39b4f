"""Writes new values as YAML that Helm reads back as they were."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.source.decoding import find_unprintable
from plate_llm_cli.source.scalars import type_scalar

if TYPE_CHECKING:
    from ruamel.yaml import YAML

    from plate_llm_cli.source.nodes import Plain

_SURE: Final = re.compile(r"(?:[^\W\d]|/\w)[\w ./@+-]*(?::[\w/][\w ./@+-]*)*")
"""Strings that no reader of YAML takes for anything else, a few words aside."""

_ALSO_SURE: Final = re.compile(r"[A-Za-z]+=[\w./-]+|\d+[smh]|\.[a-z](?!.*(?:: | #|:$))[!-~ ]*[!-~]")
"""Options, durations and jq paths. Not in flow style: a path may hold brackets."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: blanks per level, and those before the dash of a list in a mapping."""

    step: int = 2
    dash: int = 2


def emit_lines(value: Plain, layout: Layout) -> list[str]:
    """`value` in block style as what follows `key:`; the lines after the first are indented.

    A scalar gives one line that begins with a blank, a collection an empty line first.
    """
    lines = _dump({"k": _dressed(value, flow=False)}, layout)
    return [lines[0][2:], *lines[1:]]


def emit_item(value: Plain, layout: Layout) -> list[str]:
    """`value` as an item of a list: the first line begins with `- `."""
    lines = _dump([_dressed(value, flow=False)], layout)
    return [line[layout.dash :] for line in lines]


def emit_inline(value: Plain, quote: str = "") -> str:
    """`value` on one line, in flow style; a string between quotes of the style `quote`."""
    from ruamel.yaml.comments import CommentedSeq  # noqa: PLC0415 - loaded only for an edit

    if isinstance(value, dict | list):
        return _dump({"k": _dressed(value, flow=True)}, Layout())[0].removeprefix("k: ")
    dressed = _quoted(value, quote) if isinstance(value, str) and quote else None
    # In a list between brackets a string gets quotes for a comma too.
    line = CommentedSeq([_dressed(value, flow=True) if dressed is None else dressed])
    line.fa.set_flow_style()
    return _dump(line, Layout())[0].removeprefix("[").removesuffix("]")


def _dump(data: Any, layout: Layout) -> list[str]:
    stream = io.StringIO()
    _writer(layout).dump(data, stream)
    return stream.getvalue().removesuffix("\n").split("\n")


def _writer(layout: Layout) -> YAML:
    from ruamel.yaml import YAML  # noqa: PLC0415 - loaded only where a file is edited

    writer = YAML()
    writer.width = 1 << 30
    writer.indent(mapping=layout.step, sequence=layout.dash + 2, offset=layout.dash)
    writer.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return writer


def _dressed(value: Plain, *, flow: bool) -> Any:
    """The value with the quotes, blocks and flow style that ruamel.yaml shall use."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq  # noqa: PLC0415 - as above

    if isinstance(value, str):
        return _string(value, flow=flow)
    if isinstance(value, dict):
        items = ((_string(key, flow=True), item) for key, item in value.items())
        mapping = CommentedMap((key, _dressed(item, flow=flow)) for key, item in items)
        (mapping.fa.set_flow_style if flow else mapping.fa.set_block_style)()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq(_dressed(item, flow=flow) for item in value)
        (sequence.fa.set_flow_style if flow else sequence.fa.set_block_style)()
        return sequence
    return value


def _string(text: str, *, flow: bool) -> Any:
    from ruamel.yaml import scalarstring  # noqa: PLC0415 - as above

    if "\n" in text and not flow and _fits_block(text):
        return scalarstring.LiteralScalarString(text)
    plain = (
        (_SURE.fullmatch(text) is not None or (not flow and _ALSO_SURE.fullmatch(text) is not None))
        and not text.endswith(" ")
        and type_scalar(text.lower()) == text.lower()
    )
    return text if plain else scalarstring.DoubleQuotedScalarString(text)


def _fits_block(text: str) -> bool:
    """True for text that reads well as a literal block: lines of printable text."""
    if find_unprintable(text) or set(text) & set("\r\x85\u2028\u2029\ufeff"):
        return False
    if text.endswith("\n\n"):
        return False
    return text[0] not in " \t\n" and not any(
        line.endswith((" ", "\t")) for line in text.split("\n")
    )


def _quoted(text: str, quote: str) -> Any:
    """The string in the quotes that stood there, or None where they cannot hold it."""
    from ruamel.yaml import scalarstring  # noqa: PLC0415 - as above

    if quote == '"':
        return scalarstring.DoubleQuotedScalarString(text)
    if "\n" in text or set(text) & set("\t\x85\u2028\u2029\ufeff") or find_unprintable(text):
        return None
    return scalarstring.SingleQuotedScalarString(text) if quote == "'" else None
