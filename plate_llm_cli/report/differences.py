"""What differs between two sets of objects, for people and for programs."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.differences import ABSENT, HIDDEN, ChangeKind, path_text
from plate_llm_cli.report.excerpt import cell_width
from plate_llm_cli.report.untrusted import json_text, one_line, visible
from plate_llm_cli.source.emission import Layout, emit_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.differences import FieldChange, ObjectChange, ObjectIdentity
    from plate_llm_cli.report.layout import Line

_HIDDEN = "(hidden)"
_CONTEXT = 2
MOST_LINES = 24
"""Of a value in the text; of more than these the rest is counted."""
_MARKS = {
    ChangeKind.ADDED: ("+", "added"),
    ChangeKind.REMOVED: ("-", "removed"),
    ChangeKind.CHANGED: ("~", "label"),
    ChangeKind.REORDERED: ("~", "label"),
}


@dataclass(frozen=True, slots=True)
class Differences:
    """Two sides as people call them, the releases that were compared, and what differs.

    `releases` are names before and after, '' for none.
    """

    before: str
    after: str
    releases: tuple[tuple[str, str], ...]
    changes: tuple[ObjectChange, ...]

    @property
    def surprising(self) -> list[ObjectChange]:
        """The objects that differ by more than the names of the environments."""
        return [change for change in self.changes if not change.carried]

    @property
    def summary(self) -> str:
        """`2 objects changed, 1 added`, on one line."""
        counted = Counter(change.kind for change in self.surprising)
        parts = [
            f"{counted[kind]} {kind}"
            for kind in (ChangeKind.CHANGED, ChangeKind.ADDED, ChangeKind.REMOVED)
            if counted[kind]
        ]
        if not parts:
            return "no difference but the names of the two" if self.changes else "no difference"
        number, _, rest = parts[0].partition(" ")
        parts[0] = f"{number} {'object' if number == '1' else 'objects'} {rest}"
        return ", ".join(parts)


def differences_lines(found: Differences, width: int, *, everything: bool) -> Iterator[Line]:
    """Who is compared, a block an object, and the summary.

    Values are cut at `width` cells; paths and names stay whole, to be searched for. `everything`
    has also what carries the names of the environments, and every line of long values.
    """
    yield [(one_line(f"{found.before} -> {found.after}"), "path")]
    for before, after in found.releases:
        yield [(f"  {_pair(before, after)}", "faint")]
    shown = found.changes if everything else found.surprising
    for change in shown:
        yield []
        yield from _Block(change, width, everything=everything).lines()
    yield []
    hidden = len(found.changes) - len(shown)
    yield [(found.summary, "label")]
    if hidden:
        objects = "1 object differs" if hidden == 1 else f"{hidden} objects differ"
        yield [(f"{objects} only as the names do (--all shows them)", "faint")]


def field_lines(change: ObjectChange, width: int) -> Iterator[Line]:
    """One object and every field of it that differs."""
    return _Block(change, width, everything=True).lines()


def _pair(before: str, after: str) -> str:
    if before and after:
        return one_line(before if before == after else f"{before} with {after}")
    return one_line(f"{before or after}, which has no counterpart")


@dataclass(frozen=True, slots=True)
class _Block:
    """One object of the text."""

    change: ObjectChange
    width: int
    everything: bool

    def lines(self) -> Iterator[Line]:
        mark, style = _MARKS[self.change.kind]
        yield [(f"{mark} ", style), (one_line(str(self.change.identity)), "path")]
        if self.change.was is not None and self.everything:
            yield [(f"    was {one_line(str(self.change.was))}", "faint")]
        if self.change.kind is not ChangeKind.CHANGED:
            whole = self.change.fields[0]
            added = whole.before is ABSENT
            yield from self._subtree(whole.after if added else whole.before, mark, style)
            return
        carried = [field for field in self.change.fields if field.carried]
        for field in self.change.fields:
            if self.everything or not field.carried:
                yield from self._field(field)
        if carried and not self.everything:
            number = "1 field differs" if len(carried) == 1 else f"{len(carried)} fields differ"
            yield [(f"    {number} only as the names do", "faint")]

    def _field(self, field: FieldChange) -> Iterator[Line]:
        path = visible(path_text(field.route))
        style = "faint" if field.carried else "label"
        if field.kind is ChangeKind.REORDERED:
            order = ", ".join(item.strip("[]") for item in field.after)
            yield from self._after_path(path, f"in another order: {one_line(order)}", style)
        elif field.before is HIDDEN and field.after is HIDDEN:
            yield from self._after_path(path, "changed (hidden)", style)
        elif not _has_parts(field.before, field.after):
            yield from self._scalars(path, field, style)
        else:
            yield [("    ", ""), (f"{path}:", style)]
            yield from self._sides(field)

    def _after_path(self, path: str, text: str, style: str) -> Iterator[Line]:
        if 4 + cell_width(path) + 2 + cell_width(text) <= self.width:
            yield [("    ", ""), (f"{path}: ", style), (text, "")]
        else:
            yield [("    ", ""), (f"{path}:", style)]
            yield [(self._cut(f"      {text}"), "")]

    def _scalars(self, path: str, field: FieldChange, style: str) -> Iterator[Line]:
        """On one line where it holds them: `path: before -> after`, `+ path: after`."""
        old, new = ("faint", "faint") if field.carried else ("removed", "added")
        before, after = _inline(field.before), _inline(field.after)
        line: Line = [(f"{path}: ", style)]
        if field.kind is ChangeKind.CHANGED:
            line += [(before, old), (" -> ", "faint"), (after, new)]
        elif field.kind is ChangeKind.ADDED:
            line = [("+ ", new), *line, (after, new)]
        else:
            line = [("- ", old), *line, (before, old)]
        if 4 + sum(cell_width(text) for text, _ in line) <= self.width:
            yield [("    ", ""), *line]
        else:
            yield [("    ", ""), (f"{path}:", style)]
            yield from self._sides(field)

    def _sides(self, field: FieldChange) -> Iterator[Line]:
        """The two values below each other; of text in lines, those that differ."""
        before, after = field.before, field.after
        if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
            yield from self._text_lines(before, after)
            return
        if before is not ABSENT:
            yield from self._subtree(before, "-", "removed")
        if after is not ABSENT:
            yield from self._subtree(after, "+", "added")

    def _text_lines(self, before: str, after: str) -> Iterator[Line]:
        old, new = before.splitlines(), after.splitlines()
        found = [
            line
            for line in difflib.unified_diff(old, new, n=_CONTEXT, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ]
        if not found:
            found = ["  the line ends differ"]
        styles = {"+": "added", "-": "removed"}
        yield from self._limited([(line[0], line[1:], styles.get(line[0], "")) for line in found])

    def _subtree(self, value: Any, mark: str, style: str) -> Iterator[Line]:
        yield from self._limited([(mark, line, style) for line in _yaml(value)])

    def _limited(self, lines: list[tuple[str, str, str]]) -> Iterator[Line]:
        most = len(lines) if self.everything else MOST_LINES
        for mark, text, style in lines[:most]:
            yield [(self._cut(f"      {mark} {visible(text)}"), style)]
        if len(lines) > most:
            yield [(f"      and {len(lines) - most} more lines (--all shows them)", "faint")]

    def _cut(self, line: str) -> str:
        if cell_width(line) <= self.width:
            return line
        kept = line[: self.width]
        while cell_width(kept) > self.width - 3:
            kept = kept[:-1]
        return f"{kept}..."


def _has_parts(*values: Any) -> bool:
    """Whether one of the values takes lines of its own."""
    return any(
        isinstance(value, dict | list) or (isinstance(value, str) and "\n" in value)
        for value in values
    )


def _inline(value: Any) -> str:
    if value is HIDDEN or value is ABSENT:
        return _HIDDEN if value is HIDDEN else ""
    return visible(value if _is_clear(value) else json.dumps(value, ensure_ascii=False))


def _is_clear(value: Any) -> bool:
    """Whether text needs no quotes to be told from a number, a switch and a blank."""
    if not isinstance(value, str) or not value or value != value.strip():
        return False
    try:
        float(value)
    except ValueError:
        return value.lower() not in ("true", "false", "null", "yes", "no", "on", "off", "~")
    return False


def _yaml(value: Any) -> list[str]:
    """`value` as lines of YAML."""
    if not value or not isinstance(value, dict | list):
        return value.split("\n") if _has_parts(value) and value else [_inline(value)]
    lines = emit_item(_plain(value), Layout(2, 0))
    return [line.removeprefix("- " if index == 0 else "  ") for index, line in enumerate(lines)]


def _plain(value: Any) -> Any:
    """`value` as data, with a word for what is hidden."""
    if value is HIDDEN:
        return _HIDDEN
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def differences_json(found: Differences) -> str:
    """The same for programs.

    `{"version": 1, "before", "after", "releases": [{"before", "after"}], "objects": [{"change",
    "kind", "group", "namespace", "name", "was": {"namespace", "name"} | null, "fields": [{"path",
    "change": "added|removed|changed|reordered", "before", "after", "hidden", "carried"}]}],
    "summary": {"changed", "added", "removed", "carried"}}`. A side that is not there has no key; a
    value that may be secret is `(hidden)`, and `hidden` true where the whole of it is. `carried`
    fields differ only by the names of two environments; objects that do count as `carried`.
    """
    counted = Counter(str(change.kind) for change in found.surprising)
    return json_text(
        {
            "version": 1,
            "before": found.before,
            "after": found.after,
            "releases": [{"before": a or None, "after": b or None} for a, b in found.releases],
            "objects": [object_data(change) for change in found.changes],
            "summary": {
                **{kind: counted[kind] for kind in ("changed", "added", "removed")},
                "carried": len(found.changes) - len(found.surprising),
            },
        }
    )


def object_data(change: ObjectChange) -> dict[str, Any]:
    """An object of the JSON."""
    return {
        "change": change.kind.value,
        "kind": change.identity.kind,
        "group": change.identity.group,
        "namespace": change.identity.namespace,
        "name": change.identity.name,
        "was": _name(change.was) if change.was else None,
        "fields": [_field_data(field) for field in change.fields],
    }


def _name(identity: ObjectIdentity) -> dict[str, str]:
    return {"namespace": identity.namespace, "name": identity.name}


def _field_data(field: FieldChange) -> dict[str, Any]:
    sides = {"before": field.before, "after": field.after}
    return {
        "path": path_text(field.route),
        "change": field.kind.value,
        **{side: _plain(value) for side, value in sides.items() if value is not ABSENT},
        "hidden": HIDDEN in (field.before, field.after),
        "carried": field.carried,
    }
