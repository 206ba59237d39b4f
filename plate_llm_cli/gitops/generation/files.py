"""Brings the ArgoCD objects of files into line, and holds what would be written.

Nothing is written here: every text is made, read again and checked against the models first.

Imports pydantic, which takes 100 ms: import this module only where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.errors import EditError
from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.gitops.generation.application import bring_into_line
from plate_llm_cli.gitops.generation.draft import Draft
from plate_llm_cli.gitops.generation.places import places
from plate_llm_cli.gitops.generation.project import extend_project
from plate_llm_cli.gitops.models import check_app_project, check_application
from plate_llm_cli.source.nodes import find, nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.gitops.applications import Application
    from plate_llm_cli.gitops.generation.conventions import Conventions
    from plate_llm_cli.gitops.generation.facts import ApplicationFacts
    from plate_llm_cli.gitops.generation.project import ProjectFacts
    from plate_llm_cli.source.nodes import Mapping, Plain, SourceFile

    Edit = Callable[[Draft], None]


@dataclass(slots=True)
class Generated:
    """A file as it is and as it should be; `objects` are its Applications and projects."""

    path: str
    before: str
    after: str
    objects: list[str] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether there is something to write."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that could not be brought into line: where, why, and what to do."""

    path: str
    line: int
    message: str
    hint: str = ""


class Generation:
    """The files of one run, below `root`."""

    def __init__(self, root: Path, conventions: Conventions) -> None:
        self._root = root
        self._conventions = conventions
        self._files: dict[str, Generated] = {}
        self.refused: list[Refused] = []

    @property
    def files(self) -> list[Generated]:
        """Every file that was looked at, by its path."""
        return [self._files[path] for path in sorted(self._files)]

    def application(self, application: Application, facts: ApplicationFacts, *edits: Edit) -> Plain:
        """Bring an Application into line, then make further `edits`; it as data, None if refused.

        `edits` are for what is done only when it is asked for.
        """

        def change(draft: Draft) -> None:
            bring_into_line(draft, facts, self._conventions)
            for edit in edits:
                edit(draft)

        return self._edit(application.file, application.node, change)

    def project(self, file: SourceFile, node: Mapping, facts: ProjectFacts) -> Plain:
        """The same for the AppProject `node` of `file`."""
        return self._edit(file, node, lambda draft: extend_project(draft, facts))

    def refuse(self, file: SourceFile, line: int, message: str, hint: str = "") -> None:
        """Note that something in `file` cannot be brought into line."""
        refused = Refused(file.path, line, message, hint)
        if refused not in self.refused:
            self.refused.append(refused)

    def _edit(self, file: SourceFile, node: Mapping, change: Edit) -> Plain:
        if file.problems:
            problem = file.problems[0]
            self.refuse(file, problem.span.line, problem.message, problem.help)
            return None
        document, base = next(place for place, found in places(file) if found is node)
        try:
            generated = self._file(file)
            draft = Draft(generated.after, document, base)
            change(draft)
        except EditError as error:
            self.refuse(file, node.span.line, error.message, error.hint)
            return None
        data = draft.value(())
        if not self._is_sound(file, node, data):
            return None
        generated.after = draft.text
        kind, name = text_of(node.get("kind")), text_of(find(node, ("metadata", "name")))
        generated.objects.append(f"{kind} {name}")
        return data

    def _file(self, file: SourceFile) -> Generated:
        if file.path not in self._files:
            try:
                text = (self._root / file.path).read_bytes().decode()
            except (OSError, UnicodeDecodeError) as error:
                raise EditError("it cannot be read as UTF-8", "Save it as UTF-8.") from error
            self._files[file.path] = Generated(file.path, text, text)
        return self._files[file.path]

    def _is_sound(self, file: SourceFile, node: Mapping, data: Plain) -> bool:
        """Whether the models take `data`, which becomes of `node`; what is wrong is noted."""
        project = text_of(node.get("kind")) == "AppProject"
        found = check_app_project(data) if project else check_application(data)
        for violation in found:
            line = nearest(node, violation.route)[0].line
            self.refuse(file, line, violation.message, violation.help)
        return not found
