"""Runs the generators that need nothing but the tree: list, git, matrix and merge.

Sources: argo-cd `applicationset/generators/{list,matrix,merge,generator_spec_processor}.go`, 3.x.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.gitops.application_sets.combining import merged, merged_by, product
from plate_llm_cli.gitops.application_sets.elements import (
    Element,
    InvalidSetError,
    NotExpandedError,
    head_of,
)
from plate_llm_cli.gitops.application_sets.git_elements import GitElements
from plate_llm_cli.gitops.application_sets.selectors import selected
from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.source.nodes import Mapping, Scalar, find
from plate_llm_cli.source.plain import to_plain
from plate_llm_cli.source.reader import parse_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.gitops.application_sets.filling import Filler
    from plate_llm_cli.gitops.application_sets.sources import GitFiles
    from plate_llm_cli.source.nodes import Node, SourceFile, Span

MAX_ELEMENTS: Final = 500
"""Applications of one set."""
MAX_NESTED: Final = 5
"""Generators inside one another; ArgoCD allows two."""

_BEYOND: Final = (
    *("clusters", "scmProvider", "pullRequest", "clusterDecisionResource", "plugin"),
    *("oci", "clusterProfile"),
)
"""Generators that ask a cluster or a service."""
_KNOWN: Final = frozenset({"list", "git", "matrix", "merge", *_BEYOND})
_BY_HAND: Final = "list and git generators can be expanded here, matrix and merge of them too"


class Generators:
    """The generators of the ApplicationSet in `file`."""

    def __init__(
        self,
        file: SourceFile,
        git: GitFiles,
        filler: Filler,
        report: Callable[[NotExpandedError], None],
        *,
        go: bool,
    ) -> None:
        self._file = file
        self._git = git
        self._filler = filler
        self._report = report
        self._go = go
        self._yield: dict[Span, int] = {}
        self._patterns: dict[Span, Mapping] = {}

    @property
    def empty(self) -> list[Mapping]:
        """The git generators that found nothing, however often they ran."""
        return [self._patterns[span] for span, count in self._yield.items() if not count]

    def elements(
        self, item: Node, kind: str, depth: int = 0, given: dict[str, Any] | None = None
    ) -> list[Element]:
        """What the generator `kind` of one item of `generators` yields.

        `given` are the parameters of the one before it in a matrix.

        Raises:
            NotExpandedError: it cannot be run here.
            InvalidSetError: ArgoCD cannot run it.
        """
        node = find(item, (kind,))
        if kind in _BEYOND or not isinstance(node, Mapping):
            reason = f"the generator {kind} is not run: what it makes is not checked"
            raise NotExpandedError(reason, _key_of(item, kind), _BY_HAND)
        if depth > MAX_NESTED:
            raise NotExpandedError("generators are too deep inside one another", node)
        match kind:
            case "list":
                found = self._list(node)
            case "git":
                found = self._from_git(node, given or {})
            case "matrix":
                found = self._matrix(node, depth)
            case _:
                found = self._merge(node, depth)
        found = selected(found, find(item, ("selector",)))
        if len(found) > MAX_ELEMENTS:
            raise NotExpandedError(f"it makes more than {MAX_ELEMENTS} Applications", node)
        return found

    def _list(self, node: Mapping) -> list[Element]:
        found = [self._list_element(item) for item in items_of(node.get("elements"))]
        text = node.get("elementsYaml")
        if not isinstance(text, Scalar) or not text_of(text):
            return found
        inner = parse_block(self._file, text)
        items = items_of(inner.root)
        if inner.broken or (not items and inner.root is not None and to_plain(inner.root) != []):
            raise InvalidSetError("elementsYaml is no list of objects", text)
        return found + [self._element(item) for item in items]

    def _list_element(self, item: Node) -> Element:
        element = self._element(item)
        return element if self._go else replace(element, parameters=_texts(item))

    def _element(self, item: Node) -> Element:
        values = to_plain(item)
        if not isinstance(values, dict):
            raise InvalidSetError("an element has to be a mapping", item)
        origin = (self._file, head_of(item), "made for this element")
        return Element(values, (origin,), ((self._file, item),))

    def _from_git(self, node: Mapping, given: dict[str, Any]) -> list[Element]:
        if not self._git.is_home(node):
            url = text_of(node.get("repoURL"))
            reason = f"the git generator looks at {url or 'no repository'}, which is not this one"
            raise NotExpandedError(f"{reason}: not expanded", node.get("repoURL") or node)
        found = GitElements(self._file, node, self._git, self._report, go=self._go).elements()
        self._patterns[node.span] = node
        self._yield[node.span] = self._yield.get(node.span, 0) + len(found)
        values = node.get("values")
        if not isinstance(values, Mapping) or len(found) > MAX_ELEMENTS:
            return found
        filled = self._filled(values, [given | element.parameters for element in found])
        return [
            self._with_values(element, to_plain(own))
            for element, own in zip(found, filled, strict=True)
        ]

    def _with_values(self, element: Element, values: Any) -> Element:
        own = {"values": values} if self._go else {f"values.{key}": values[key] for key in values}
        return replace(element, parameters=element.parameters | own)

    def _filled(
        self, node: Node, parameters: list[dict[str, Any]], without: frozenset[str] = frozenset()
    ) -> list[Node]:
        answers = self._filler.fill(node, parameters, without)
        for answer in answers:
            if isinstance(answer, NotExpandedError):
                raise answer
        return [answer for answer in answers if not isinstance(answer, NotExpandedError)]

    def _matrix(self, node: Mapping, depth: int) -> list[Element]:
        first, *others = self._children(node)
        found = self.elements(*first, depth + 1)
        for item, kind in others:
            rows = []
            given = [element.parameters for element in found]
            # Until 3.4, ArgoCD filled these in without the generator's own parameters.
            later = frozenset({"values"}) if kind == "git" else frozenset[str]()
            for before, filled in zip(found, self._filled(item, given, later), strict=True):
                made = self.elements(filled, kind, depth + 1, before.parameters)
                rows += product(before, made, item, go=self._go)
                if len(rows) > MAX_ELEMENTS:
                    raise NotExpandedError(f"it makes more than {MAX_ELEMENTS} Applications", node)
            found = rows
        return found

    def _merge(self, node: Mapping, depth: int) -> list[Element]:
        keys = [text_of(key) for key in items_of(node.get("mergeKeys"))]
        if not keys:
            raise InvalidSetError("merge needs mergeKeys", node)
        children = self._children(node)
        base = self.elements(*children[0], depth + 1)
        merged_by(keys, base, children[0][0])
        for item, kind in children[1:]:
            others = merged_by(keys, self.elements(item, kind, depth + 1), item)
            base = [merged(element, others, keys, go=self._go) for element in base]
        return base

    def _children(self, node: Mapping) -> list[tuple[Node, str]]:
        items = items_of(node.get("generators"))
        if len(items) < 2:
            raise InvalidSetError("it takes two generators or more", node)
        return [(item, _only_kind(item)) for item in items]


def kinds_of(item: Node) -> list[str]:
    """The generators that one item of `generators` names: one, as a rule.

    Raises:
        NotExpandedError: none that is known. What stands beside a known one, ArgoCD drops.
    """
    entries = item.entries if isinstance(item, Mapping) else []
    names = [entry.name for entry in entries if entry.name != "selector"]
    kinds = [name for name in names if name in _KNOWN]
    if kinds:
        return kinds
    if not names:
        raise InvalidSetError("it names no generator", item)
    reason = f"{names[0]} is no generator that is known here: what it makes is not checked"
    raise NotExpandedError(reason, _key_of(item, names[0]), _BY_HAND)


def _only_kind(item: Node) -> str:
    kinds = kinds_of(item)
    if len(kinds) > 1:
        raise InvalidSetError(f"{kinds[0]} and {kinds[1]} have to be items of their own", item)
    return kinds[0]


def _key_of(item: Node, kind: str) -> Node:
    entry = item.entry(kind) if isinstance(item, Mapping) else None
    return entry.key if entry else item


def _texts(item: Node) -> dict[str, Any]:
    """The parameters for the older templates, which take nothing but texts."""
    found: dict[str, Any] = {}
    for entry in item.entries if isinstance(item, Mapping) else ():
        inner = entry.value.entries if isinstance(entry.value, Mapping) else []
        pairs = [(f"values.{it.name}", it.value) for it in inner]
        if entry.name != "values":
            pairs = [(entry.name, entry.value)]
        for name, value in pairs:
            if not isinstance(value, Scalar) or not isinstance(value.value, str):
                hint = "put it into quotes, or set goTemplate: true"
                raise InvalidSetError(f"{name} has to be a text without goTemplate", value, hint)
            found[name] = value.value
    return found
