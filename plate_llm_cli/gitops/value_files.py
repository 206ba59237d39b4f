"""Finds the value files of a source, in the order in which ArgoCD hands them to Helm.

Sources of the rules: https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ (value files,
globs, precedence) and .../user-guide/multiple_sources/ (`$ref` paths).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import items_of, plain_mapping, text_of
from plate_llm_cli.gitops.releases import LayerKind, ProblemKind, ReleaseProblem, ValuesLayer
from plate_llm_cli.gitops.substitution import build_environment, substitute
from plate_llm_cli.source.nodes import Mapping
from plate_llm_cli.source.tree import OutsideRootError, files_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.applications import Application, ApplicationSource
    from plate_llm_cli.gitops.repository import Home
    from plate_llm_cli.source.nodes import Node, SourceFile, Span
    from plate_llm_cli.source.tree import Tree

_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One item of `valueFiles`: where it stands and the folder and path it comes to."""

    node: Node
    text: str
    base: str
    path: str

    @property
    def is_glob(self) -> bool:
        return not _GLOB.isdisjoint(self.path)


class ValueFiles:
    """Collects the value file layers of one source, and what is wrong with the list."""

    def __init__(
        self, application: Application, source: ApplicationSource, tree: Tree, home: Home
    ) -> None:
        self.layers: list[ValuesLayer] = []
        self.problems: list[ReleaseProblem] = []
        self.files: list[SourceFile] = []
        self.complete = True
        self._application = application
        self._source = source
        self._tree = tree
        self._home = home
        self._lenient = source.helm_flag("ignoreMissingValueFiles")

    def collect(self, source_path: str) -> None:
        """Fill `layers` and `problems`; `source_path` is the chart's folder in the tree."""
        nodes = items_of(self._source.helm_field("valueFiles"))
        self._collect([entry for node in nodes if (entry := self._entry(node, source_path))])

    def collect_refs(self) -> None:
        """The same for a chart that is elsewhere: what it has itself cannot be looked up."""
        nodes = items_of(self._source.helm_field("valueFiles"))
        referring = (node for node in nodes if _names_ref(text_of(node)))
        self._collect([entry for node in referring if (entry := self._entry(node, ""))])

    def _collect(self, entries: list[_Entry]) -> None:
        explicit = {self._join(entry) for entry in entries if not entry.is_glob}
        taken: set[str] = set()
        for entry in entries:
            for path in self._paths(entry, explicit, taken):
                taken.add(path)
                self._add(entry, path)

    def _entry(self, node: Node, source_path: str) -> _Entry | None:
        text = text_of(node)
        if _names_ref(text):
            return self._entry_of_ref(node, text)
        path = substitute(text, build_environment(self._application, self._source))
        if "://" in path:
            self._report(
                ProblemKind.REMOTE_VALUE_FILE, node, f"value file {path} is not in this tree"
            )
            return None
        if not path:
            return None
        return _Entry(node, text, "" if path.startswith("/") else source_path, path.lstrip("/"))

    def _entry_of_ref(self, node: Node, text: str) -> _Entry | None:
        ref, _, path = text[1:].partition("/")
        source = self._application.source_by_ref(ref)
        path = substitute(path, build_environment(self._application, self._source))
        if source is None:
            known = ", ".join(f"${item.ref}" for item in self._application.sources if item.ref)
            hint = f"refs of this Application: {known}" if known else "no source has a ref"
            self._report(ProblemKind.UNKNOWN_REF, node, f"no source has the ref {ref!r}", hint)
            return None
        if not self._home.holds(source) and not self._tree.is_file(path):
            message = f"value file {path} is in another repository, {source.repo_url}"
            self._report(ProblemKind.REMOTE_VALUE_FILE, node, message)
            return None
        return _Entry(node, text, "", path)

    def _join(self, entry: _Entry) -> str:
        try:
            return self._tree.join(entry.base, entry.path)
        except OutsideRootError:
            return ""

    def _paths(self, entry: _Entry, explicit: set[str], taken: set[str]) -> list[str]:
        if not entry.is_glob:
            return [] if (path := self._checked(entry)) in (None, *taken) else [str(path)]
        matches = self._tree.glob(entry.base, entry.path) if ".." not in entry.path else []
        if not matches and not self._lenient:
            self._missing(entry, f"value file pattern {entry.text!r} matches no file")
        # A file that is also named outright takes that place instead.
        matches.sort(key=files_first)  # as ArgoCD walks
        return [path for path in matches if path not in explicit and path not in taken]

    def _checked(self, entry: _Entry) -> str | None:
        try:
            path = self._tree.join(entry.base, entry.path)
        except OutsideRootError:
            message = f"value file {entry.text} lies outside the repository"
            self._report(ProblemKind.OUTSIDE_ROOT, entry.node, message)
            return None
        if self._tree.is_file(path):
            return path
        if not self._lenient:
            self._missing(entry, f"value file {path} does not exist")
        return None

    def _missing(self, entry: _Entry, message: str) -> None:
        help_text = "create it, correct the path, or set helm.ignoreMissingValueFiles: true"
        self._report(ProblemKind.MISSING_VALUE_FILE, entry.node, message, help_text)

    def _add(self, entry: _Entry, path: str) -> None:
        file = self._tree.read(path)
        self.files.append(file)
        values = plain_mapping(file.root)
        if values is None:
            self._report_in(file, entry, f"value file {path} holds no mapping")
        elif len(filled := [item.root for item in file.documents if item.root is not None]) > 1:
            self._report_several(file, filled[1].span)
        if file.broken or values is None:
            self.complete = False
            return
        node = file.root if isinstance(file.root, Mapping) else None
        self.layers.append(ValuesLayer(LayerKind.FILE, path, values, file, node))

    def _report_in(self, file: SourceFile, entry: _Entry, message: str) -> None:
        span = file.root.span if file.root is not None else entry.node.span
        related = ((self._application.file, entry.node.span, "named here"),)
        help_text = "Helm needs `key: value` lines at the top"
        self.problems.append(
            ReleaseProblem(ProblemKind.INVALID_VALUES, message, help_text, file, span, related)
        )

    def _report_several(self, file: SourceFile, span: Span) -> None:
        message = "a second document in a value file: Helm 3 ignores it, Helm 4 merges it"
        help_text = "join the documents, or make two value files of them"
        self.problems.append(
            ReleaseProblem(ProblemKind.SEVERAL_DOCUMENTS, message, help_text, file, span)
        )

    def _report(self, kind: ProblemKind, node: Node, message: str, help_text: str = "") -> None:
        self.complete = False
        file = self._application.file
        self.problems.append(ReleaseProblem(kind, message, help_text, file, node.span))


def value_file_refs(application: Application) -> Iterator[tuple[str, str]]:
    """The `$ref/path` value files of an Application, as (repository URL, path)."""
    for source in application.sources:
        for node in items_of(source.helm_field("valueFiles")):
            ref, _, path = text_of(node).removeprefix("$").partition("/")
            named = application.source_by_ref(ref) if _names_ref(text_of(node)) else None
            if named is not None:
                yield named.repo_url, path


def _names_ref(text: str) -> bool:
    return text.startswith("$") and "/" in text
