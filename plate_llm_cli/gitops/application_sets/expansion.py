"""Expands ApplicationSets: generators, template, patch, and what keeps them from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.application_sets.elements import InvalidSetError, NotExpandedError
from plate_llm_cli.gitops.application_sets.filling import Filler, scalars_of
from plate_llm_cli.gitops.application_sets.generators import (
    MAX_ELEMENTS,
    Generators,
    kinds_of,
)
from plate_llm_cli.gitops.application_sets.go_templates import GoTemplates
from plate_llm_cli.gitops.application_sets.layering import completed, plain_entries, with_patch
from plate_llm_cli.gitops.application_sets.sources import patterns_of
from plate_llm_cli.gitops.application_sets.texts import OldTemplates
from plate_llm_cli.gitops.applications import items_of, read_application, text_of
from plate_llm_cli.gitops.releases import ProblemKind, ReleaseProblem
from plate_llm_cli.source.nodes import Entry, Mapping, Scalar, find
from plate_llm_cli.source.reader import parse_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.gitops.application_sets.elements import Element
    from plate_llm_cli.gitops.application_sets.sources import GitFiles
    from plate_llm_cli.gitops.application_sets.texts import Templates
    from plate_llm_cli.gitops.applications import Application
    from plate_llm_cli.helm.engine import HelmEngine
    from plate_llm_cli.source.nodes import Node, SourceFile, Span

_STRICT = "missingkey=error"
_FILLED_LATER = frozenset(
    (
        *("annotations", "values", "valuesObject", "parameters", "fileParameters", "plugin"),
        *("kustomize", "directory", "info", "ignoreDifferences"),
    )
)
"""Fields in which braces may be meant for somebody else."""
_TAG = re.compile(r"\{\{\s*([\w.\[\]-]+)\s*\}\}")
_PARAMETER = re.compile(r"\{\{-?\s*\.?([\w.-]+?)\s*-?\}\}")
_GO_TEMPLATES = "a name with a dot before it needs goTemplate: true"
_HELP_EMPTY = "correct the pattern: paths are relative to the repository's root"


@dataclass(slots=True)
class Expansion:
    """The Applications that a set makes, as far as that is sure, and what is in the way."""

    applications: list[Application] = field(default_factory=list)
    problems: list[ReleaseProblem] = field(default_factory=list)


def expand(
    file: SourceFile, node: Mapping, git: GitFiles, engine: Callable[[], HelmEngine]
) -> Expansion:
    """The ApplicationSet `node` of `file`, expanded. `engine` is asked for Go templates alone.

    Raises:
        EngineError: there are some, and Helm cannot be had.
    """
    return _Expanding(file, node, git, engine).run()


class _Expanding:
    def __init__(
        self, file: SourceFile, node: Mapping, git: GitFiles, engine: Callable[[], HelmEngine]
    ) -> None:
        self._file = file
        self._node = node
        self._go = _is_true(find(node, ("spec", "goTemplate")))
        options = {text_of(item) for item in items_of(find(node, ("spec", "goTemplateOptions")))}
        templates: Templates = (
            GoTemplates(engine, strict=_STRICT in options) if self._go else OldTemplates()
        )
        self._filler = Filler(file, templates)
        self._generators = Generators(file, git, self._filler, self._report, go=self._go)
        self._done = Expansion()
        self._said: set[tuple[str, object]] = set()

    def run(self) -> Expansion:
        template = find(self._node, ("spec", "template"))
        for item in items_of(find(self._node, ("spec", "generators"))):
            try:
                for kind in kinds_of(item):
                    own = completed(find(item, (kind, "template")), template or self._node)
                    self._make(own, self._generators.elements(item, kind))
            except NotExpandedError as error:
                self._report(error)
        for generator in self._generators.empty:
            self._report_empty(generator)
        return self._done

    def _make(self, template: Node, elements: list[Element]) -> None:
        if len(self._done.applications) + len(elements) > MAX_ELEMENTS:
            raise NotExpandedError(f"it makes more than {MAX_ELEMENTS} Applications", template)
        parameters = [element.parameters for element in elements]
        bodies = self._filler.fill(template, parameters)
        patch = find(self._node, ("spec", "templatePatch"))
        patches = self._filler.fill(patch, parameters) if isinstance(patch, Scalar) else []
        for index, (element, body) in enumerate(zip(elements, bodies, strict=True)):
            try:
                made = self._application(_sound(body), _sound(patches[index]) if patches else None)
                _require_filled(made)
            except NotExpandedError as error:
                self._report(error, element)
            else:
                application = read_application(self._file, made)
                given = _given(template, element)
                self._done.applications.append(
                    replace(application, origins=element.origins, given=given)
                )

    def _application(self, body: Node, patch: Node | None) -> Mapping:
        if not isinstance(body, Mapping):
            raise InvalidSetError("it has no template", body)
        parts = plain_entries(body)
        made = [
            _constant(self._node, "apiVersion", ""),
            _constant(self._node, "kind", "Application"),
        ]
        made.append(self._metadata(parts.get("metadata")))
        made += [parts[name] for name in ("spec",) if name in parts]
        application = Mapping(body.span, [entry for entry in made if entry is not None])
        if not isinstance(patch, Scalar):
            return application
        inner = parse_block(self._file, patch)
        if inner.problems:
            problem = inner.problems[0]
            place = Scalar(problem.span, "", "")
            raise InvalidSetError(f"templatePatch: {problem.message}", place, problem.help)
        return with_patch(application, inner.root, patch)

    def _metadata(self, given: Entry | None) -> Entry | None:
        """The template's, in the namespace of the set: there ArgoCD puts what it makes."""
        namespace = find(self._node, ("metadata", "namespace"))
        if given is None or not isinstance(given.value, Mapping) or namespace is None:
            return given
        entries = plain_entries(given.value)
        key = Scalar(namespace.span, "namespace", "namespace")
        entries["namespace"] = Entry(key, namespace)
        return Entry(given.key, Mapping(given.value.span, list(entries.values())))

    def _report(self, error: NotExpandedError, element: Element | None = None) -> None:
        kind = ProblemKind.UNEXPANDED_SET
        if isinstance(error, InvalidSetError):
            kind = ProblemKind.INVALID_SET
        self._add(kind, error.reason, error.help, error.node, element)

    def _report_empty(self, generator: Mapping) -> None:
        patterns = patterns_of(generator, "directories") or patterns_of(generator, "files")
        wanted = [pattern for pattern, excluded in patterns if not excluded]
        place: Node = wanted[0] if wanted else generator
        names = ", ".join(text_of(pattern) for pattern in wanted) or "the generator"
        message = f"{names} matches nothing: no Application is made"
        self._add(ProblemKind.EMPTY_GENERATOR, message, _HELP_EMPTY, place)

    def _add(
        self,
        kind: ProblemKind,
        message: str,
        help_text: str,
        node: Node,
        element: Element | None = None,
    ) -> None:
        """Report once, with the element where it was seen first."""
        if (message, node.span) in self._said:
            return
        self._said.add((message, node.span))
        origins = element.origins if element else ()
        self._done.problems.append(
            ReleaseProblem(kind, message, help_text, self._file, node.span, origins)
        )


def _given(template: Node, element: Element) -> dict[Span, tuple[SourceFile, Span]]:
    """For the texts of the template that are a parameter and nothing else: where that is."""
    found: dict[Span, tuple[SourceFile, Span]] = {}
    for scalar in scalars_of(template):
        match = _PARAMETER.fullmatch(scalar.text)
        place = element.place_of(match[1]) if match else None
        if place is not None:
            found[scalar.span] = place
    return found


def _require_filled(application: Mapping) -> None:
    """No braces are left, but in fields where somebody else may fill them in.

    Raises:
        InvalidSetError: some are: with the older templates, a name that is unknown stays.
    """
    for scalar in scalars_of(application, _FILLED_LATER):
        if "{{" in scalar.text:
            tag = _TAG.search(scalar.text)
            reason = f"no parameter is called {tag[1]}" if tag else "{{ is left in it"
            hint = _GO_TEMPLATES if tag and tag[1].startswith(".") else ""
            raise InvalidSetError(f"cannot be filled in: {reason}", scalar, hint)


def _sound(filled: Node | NotExpandedError) -> Node:
    if isinstance(filled, NotExpandedError):
        raise filled
    return filled


def _constant(node: Mapping, name: str, value: str) -> Entry | None:
    """An entry of the set's own, with another value if one is given."""
    entry = node.entry(name)
    if entry is None or not value:
        return entry
    return Entry(entry.key, Scalar(entry.value.span, value, value))


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True
