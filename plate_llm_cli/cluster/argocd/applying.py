"""Brings Applications and projects to the cluster: looked at whole before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.answers import missing_kind
from plate_llm_cli.cluster.objects import Object, Ref
from plate_llm_cli.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    KubeconfigError,
    RefusedError,
)
from plate_llm_cli.graph.differences import compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.errors import PlateError
    from plate_llm_cli.graph.differences import ObjectChange

_FORCE = "--force-conflicts takes these fields over; or let Git say what they are to be"
_AGAIN = "run the command again to finish: what is done already is left as it is"


@dataclass(frozen=True, slots=True)
class Planned:
    """One object: as it is to be, as it is (None where there is none), and as it would become."""

    wanted: Object
    live: Object | None
    result: Object

    @property
    def ref(self) -> Ref:
        """Its name."""
        return Ref.of(self.wanted)

    @property
    def changes(self) -> list[ObjectChange]:
        """What would change, field by field; nothing where it is as it should be."""
        return compare([self.live] if self.live else [], [self.result])


@dataclass(slots=True, eq=False)
class Applying:
    """Applies `objects` in their order. `applied` is what was written so far.

    `force` takes over fields that others manage.
    """

    api: Api
    objects: Sequence[Object]
    force: bool = False
    applied: list[Ref] = field(default_factory=list)

    def check(self) -> None:
        """That the kinds are there, that we may write them, and that their namespaces exist.

        Raises:
            MissingKindError: the cluster lacks a kind.
            ForbiddenError: a right is missing; every one that is gets named.
            ClusterError: a namespace is missing, or the API server refuses, or is gone.
        """
        refs = [Ref.of(obj) for obj in self.objects]
        for ref in refs:
            if not self.api.has(ref.api_version, ref.kind):
                raise missing_kind(ref.api_version, ref.kind)
        lacking = [f"{verb} {ref}" for ref in refs for verb in self._lacking(ref)]
        if lacking:
            message = f"{self.api.connection.context} does not let us do what is needed"
            hint = "ask who runs the cluster for these rights; plate-llm doctor checks them"
            raise ForbiddenError(message, hint, lacking)
        for namespace in dict.fromkeys(ref.namespace for ref in refs):
            self._require_namespace(namespace)

    def plan(self) -> list[Planned]:
        """What the API server would make of every object. Nothing is stored.

        Raises:
            ConflictError: others manage fields that differ; all of them are named.
            RefusedError: objects are not what the API server accepts; all complaints.
            ClusterError: as for `check`.
        """
        planned, refused, conflicts = list[Planned](), list[str](), list[str]()
        for obj in self.objects:
            ref = Ref.of(obj)
            live = self.api.get(ref)
            try:
                result = self.api.apply(obj, force=self.force, dry_run=True)
            except RefusedError as error:
                refused += [f"{ref}: {detail}" for detail in error.details]
            except ConflictError as error:
                conflicts += [f"{ref}: {detail}" for detail in error.details]
            else:
                planned.append(Planned(obj, live, result))
        if refused:
            message = "the API server refuses what is in the tree, nothing was applied"
            raise RefusedError(message, "correct it in the tree; plate-llm validate helps", refused)
        if conflicts:
            message = "others manage fields that differ from the tree, nothing was applied"
            raise ConflictError(message, _FORCE, conflicts)
        return planned

    def carry_out(self, planned: Sequence[Planned]) -> Iterator[Ref]:
        """Write what changes, one after the other; the name of each once it is written.

        Raises:
            ClusterError, KubeconfigError: one was not written, the latter when a login that ran
                out cannot be renewed; `details` say what was and what was not.
        """
        pending = [item for item in planned if item.changes]
        for index, item in enumerate(pending):
            try:
                self.api.apply(item.wanted, force=self.force)
            except (ClusterError, KubeconfigError) as error:
                rest = [other.ref for other in pending[index + 1 :]]
                error.details = (*error.details, *self._standing(item.ref, rest, error))
                error.hint = f"{error.hint}; then {_AGAIN}" if error.hint else _AGAIN
                raise
            self.applied.append(item.ref)
            yield item.ref

    def _standing(self, ref: Ref, rest: Sequence[Ref], error: PlateError) -> Iterator[str]:
        """What is applied and what is not, when `ref` fails."""
        yield from (f"applied: {done}" for done in self.applied)
        # Without an answer, it may have been carried out all the same.
        unknown = isinstance(error, ClusterError) and not error.status
        yield f"{'applied or not, there was no answer' if unknown else 'not applied'}: {ref}"
        yield from (f"not applied: {other}" for other in rest)

    def _lacking(self, ref: Ref) -> Iterator[str]:
        """What is needed and not allowed; `create` only where there is nothing yet."""
        readable = self.api.may("get", ref)
        if not readable:
            yield "get"
        if not self.api.may("patch", ref):
            yield "patch"
        exists = readable and self.api.get(ref) is not None
        if not exists and not self.api.may("create", ref):
            yield "create"

    def _require_namespace(self, name: str) -> None:
        try:
            found = self.api.get(Ref("v1", "Namespace", "", name))
        except ForbiddenError:
            return  # namespaces are often not for everybody to read: the dry run tells
        if found is None:
            raise ClusterError(
                f"there is no namespace {name} in {self.api.connection.context}",
                "is ArgoCD installed there? metadata.namespace of the Application names it",
            )
