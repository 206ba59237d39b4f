"""Plans a new environment: what the command line says, joined with what the tree shows."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.commands.terminal import has_terminal
from plate_llm_cli.errors import UnknownEnvironmentError, UsageError
from plate_llm_cli.gitops.application_sets.made import require_written
from plate_llm_cli.gitops.scaffolding.namespace_lists import (
    Namespace,
    listing_files,
    with_namespace,
)
from plate_llm_cli.gitops.scaffolding.naming import (
    require_free,
    require_host,
    require_label,
    require_server,
)
from plate_llm_cli.gitops.scaffolding.new_files import add_files
from plate_llm_cli.gitops.scaffolding.renaming import Renaming, renamed_words, word_of
from plate_llm_cli.gitops.scaffolding.sibling import (
    Scaffold,
    Target,
    common_values,
    image_tags,
)
from plate_llm_cli.graph.dependents import reaching_releases
from plate_llm_cli.graph.public_hosts import public_hosts
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.scaffolding import shown_words, with_environment
from plate_llm_cli.source.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.context import Workspace
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.secrets.spec import Spec


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says; '' and nothing where it leaves it to the tree."""

    name: str
    source: str
    namespace: str = ""
    server: str = ""
    tag: str = ""
    hosts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class Planning:
    """One new environment of one tree, planned in memory."""

    def __init__(self, workspace: Workspace, wishes: Wishes) -> None:
        require_server(wishes.server)
        self._workspace = workspace
        self._wishes = wishes
        self._first = workspace.release(wishes.source)
        self._releases = workspace.environment(wishes.source)
        require_written(self._releases)
        self._others = [item for item in workspace.releases if item not in self._releases]
        self._spec = load_spec(workspace.tree, workspace.settings.secrets)

    def scaffold(self) -> Scaffold:
        """Everything that is to change.

        Raises:
            UsageError: something is taken, or is not known and cannot be derived.
            EditError: a file's form does not let it be done.
        """
        deployment = deployed(self._workspace)
        made = self._begun(self._hosts(deployment), deployment)
        add_files(made)
        _serve(made, self._workspace)
        self._specify(made)
        made.spoken = self._spoken(made)
        return made

    def minimal(self) -> Scaffold:
        """An environment with the primary chart alone, named and placed as the others are.

        Raises:
            UsageError: as for `scaffold`.
        """
        from plate_llm_cli.gitops.generation.conventions import conventions_from  # noqa: PLC0415
        from plate_llm_cli.gitops.scaffolding.minimal import add_minimal  # noqa: PLC0415 - pydantic

        deployment = deployed(self._workspace)
        hosts = self._wishes.hosts
        if len(hosts) > 1:
            raise UsageError("one --host is all that a minimal environment takes")
        for host in hosts:
            require_host(host, public_hosts(deployment.manifests))
        self._releases = [self._first]
        made = self._begun({}, deployment)
        made.reaching = []
        settings = self._workspace.settings
        add_minimal(made, "".join(hosts), conventions_from(settings.argocd))
        _serve(made, self._workspace)
        made.spoken = self._spoken(made)
        return made

    def _begun(self, hosts: Mapping[str, str], deployment: Deployment) -> Scaffold:
        words, place = self._words(), self._first.place
        kept = common_values(self._others) | image_tags(self._releases)
        own = {place[1], *words, *hosts, *(release.name for release in self._releases)}
        renaming = Renaming(words, hosts, {}, kept - own)
        namespace = self._wishes.namespace or renaming(place[1])
        require_label(namespace, "a namespace")
        target = Target(self._wishes.name, namespace, self._wishes.server, self._wishes.tag)
        self._refuse_taken(renaming, target)
        if renaming(place[1]) != place[1] and place[1] not in words:
            renaming = replace(renaming, namespaces={place[1]: namespace})
        elsewhere = target.server not in ("", place[0])
        reaching = [] if elsewhere else reaching_releases(deployment, self._releases)
        changes = Changes(self._workspace.tree)
        return Scaffold(changes, self._cloned(renaming), reaching, renaming, target)

    def _spoken(self, made: Scaffold) -> str:
        """The name that was given, where it will be understood; else that of an Application."""
        name, known = self._wishes.name, made.applications.values()
        if name in known or f"{self._workspace.primary}-{name}" in known:
            return name
        return made.applications[self._first.name]

    def _words(self) -> dict[str, str]:
        given = dict(_pair(label, "--label") for label in self._wishes.labels)
        for new in given.values():
            require_label(new, "what stands for a word")
        name, source = self._first.name, self._wishes.source
        beside = [release.name for release in self._releases]
        charts = [part.chart_name for part in self._first.charts]
        word = word_of(name, source, beside, charts)
        if not word and not given:
            message = f"no part of {name} tells its environment"
            raise UsageError(message, f"--label WORD={self._wishes.name} says which word does")
        if not word:
            return given
        new = _new_word(word, name, self._wishes.name)
        words = renamed_words(word, new, {})
        shown = self._shown()
        return {**dict.fromkeys(sorted(shown - set(words)), new), **words, **given}

    def _shown(self) -> set[str]:
        spec = self._spec.spec
        return shown_words(spec, self._spec_names(spec)) if spec else set()

    def _spec_names(self, spec: Spec) -> tuple[str, ...]:
        return self._workspace.names_at(self._first.place, spec.environments)

    def _refuse_taken(self, renaming: Renaming, target: Target) -> None:
        cluster = target.server or self._first.application.cluster
        known = {release.name for release in self._workspace.releases}
        namesakes = len(known) < len(self._workspace.releases)
        names = [] if namesakes else [renaming(release.name) for release in self._releases]
        if (cluster, target.namespace) == self._first.place:
            message = f"namespace {target.namespace} is that of {self._first.name}"
            raise UsageError(message, "--namespace NAME says where the new environment goes")
        require_free(names, (cluster, target.namespace), self._workspace.releases)

    def _hosts(self, deployment: Deployment) -> Mapping[str, str]:
        broken = next((item for item in deployment.failed if item in self._releases), None)
        if broken is not None:
            message = f"{broken.name} does not render: a new environment would not, either"
            raise UsageError(message, f"plate-llm validate {self._wishes.source} says why")
        taken = public_hosts(deployment.manifests)
        own = [host for host, release in taken.items() if release in self._releases]
        given: dict[str, str] = {}
        for text in self._wishes.hosts:
            old, new = _pair(text, "--host") if "=" in text else (_only(own, text), text)
            if old not in own:
                raise UsageError(f"{old} is no host of {self._wishes.source}", _listed(own))
            given[old] = new
        for host in own:
            if host not in given:
                given[host] = _asked(host, own)
        for host in given.values():
            require_host(host, taken)
        return given

    def _cloned(self, renaming: Renaming) -> list[Release]:
        """The releases of the environment, and those that apply their Applications alone."""
        files = {release.application.file.path for release in self._releases}
        above = [
            other
            for other in self._others
            if renaming(other.name) != other.name
            and any(files & set(part.files) for part in other.manifests)
        ]
        return [*self._releases, *above]

    def _specify(self, made: Scaffold) -> None:
        if self._spec.file is None:
            return
        spec = self._spec.required()
        names = {old: made.renaming(old) for old in self._spec_names(spec)}
        for old, new in names.items():
            if old == new:
                message = f"{spec.file.path} calls the environment {old}, which names no word of it"
                raise UsageError(message, "--label WORD=NEW says what stands for what")
        text = made.changes.text(spec.file.path) or ""
        changed = with_environment(spec, text, names, made.renaming)
        made.changes.put(spec.file.path, changed.text)
        made.secret_paths += changed.own


def _serve(made: Scaffold, workspace: Workspace) -> None:
    """Put the namespace into the lists that say what may be deployed to, and what is served."""
    old = Namespace(made.cluster, made.namespace)
    new = Namespace(made.target.server or made.cluster, made.target.namespace)
    for path in listing_files(workspace.discovery, made.releases, made.reaching):
        text = made.changes.text(path)
        if text is not None:
            made.changes.put(path, with_namespace(text, old, new))


def _new_word(word: str, name: str, new: str) -> str:
    """What stands for `word`: `new`, or its part that differs where it is an Application's name."""
    head, found, tail = name.partition(word)
    if found and (head or tail) and new.startswith(head) and new.endswith(tail):
        return new[len(head) : len(new) - len(tail)] or new
    return new


def _pair(text: str, option: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        raise UsageError(f"{option} {text} is no OLD=NEW")
    return old, new


def _only(hosts: list[str], new: str) -> str:
    if len(hosts) == 1:
        return hosts[0]
    if not hosts:
        raise UsageError(f"nothing takes the host {new}: the other environment has none")
    raise UsageError(f"--host {new} does not say which host it replaces", _listed(hosts))


def _listed(hosts: list[str]) -> str:
    return f"--host OLD=NEW, where OLD is one of {', '.join(hosts)}" if hosts else "it has none"


def _asked(host: str, hosts: list[str]) -> str:
    """The new environment's host, which nobody but a person knows."""
    option = "--host HOST" if len(hosts) == 1 else f"--host {host}=HOST"
    if not (has_terminal() and sys.stdin.isatty()):
        message = f"the public host is not known: what is {host} for the new environment?"
        raise UsageError(message, f"name it with {option}")
    sys.stderr.write(f"public host, in place of {host}: ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise KeyboardInterrupt
    if not answer.strip():
        raise UsageError("no host was given", f"name it with {option}")
    return answer.strip()


def model_of(workspace: Workspace) -> str:
    """An Application of the primary chart, for a new environment that resembles none.

    Raises:
        UsageError: there is none that has a value file and a word for its environment.
    """
    for release in workspace.releases:
        charts = [part.chart_name for part in release.charts]
        if charts[:1] == [workspace.primary] and word_of(release.name, "", [], charts):
            return release.name
    hint = "plate-llm env list shows them"
    raise UsageError("--from ENV is needed: nothing says what an environment is here", hint)


def require_new(workspace: Workspace, name: str) -> None:
    """Refuse a name that an environment has.

    Raises:
        UsageError: it has.
    """
    require_label(name, "an environment")
    try:
        found = workspace.release(name)
    except UnknownEnvironmentError:
        return
    message = f"{name} exists already: {found.name} in {found.application.file.path}"
    raise UsageError(message, f"plate-llm env show {name}")
