"""From the tree to a service that runs, step by step. Loads hvac."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import typer

from plate_llm_cli import checking
from plate_llm_cli.commands.secrets.session import spec_of, whole_spec
from plate_llm_cli.commands.up import choosing
from plate_llm_cli.commands.up.inputs import gather
from plate_llm_cli.errors import PodStartError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.findings import Severity
from plate_llm_cli.local.differences import Surroundings, localised
from plate_llm_cli.local.ports import require_free
from plate_llm_cli.local.provider import models_for
from plate_llm_cli.local.service import require_code
from plate_llm_cli.local.telling import Known
from plate_llm_cli.report.up import Started
from plate_llm_cli.secrets.privileges.readers import readers
from plate_llm_cli.secrets.synced.operator import Operator
from plate_llm_cli.secrets.synced.pods import Environment, environment_of
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.smoke.expectations import SIGNING_SECRET, Expectations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from plate_llm_cli.commands.up.choosing import Chosen
    from plate_llm_cli.commands.up.steps import Steps
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.local.differences import LocalEnvironment
    from plate_llm_cli.local.provider import Provider
    from plate_llm_cli.local.seeding import Seeded
    from plate_llm_cli.local.system import System
    from plate_llm_cli.secrets.privileges.readers import Reader
    from plate_llm_cli.secrets.server.openbao import OpenBao
    from plate_llm_cli.secrets.spec import Spec

_LACKING: Final = (
    "so it would be in a cluster that was filled as the secrets spec says: let the spec have the "
    "key and require it, or give its value with --from-env-file"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; '' and 0 leave the choice to us."""

    env: str
    provider: Provider
    model: str = ""
    port: int = 0
    env_files: Sequence[Path] = ()
    findings: str = "text"
    """The format in which errors of the tree are printed."""


@dataclass(frozen=True, slots=True, eq=False)
class Up:
    """What runs: for people, and for the checks and other commands."""

    started: Started
    known: Known


@dataclass(slots=True, eq=False)
class Starting:
    """One start of everything; what it starts is the system's to end."""

    workspace: Workspace
    system: System
    steps: Steps
    wanted: Wanted
    heard: Callable[[dict[str, Any]], None]

    def run(self) -> Up:
        """Start everything.

        Raises:
            typer.Exit: the tree has errors, which are printed.
            PodStartError: a pod would not start with what OpenBao holds, or the service does not.
            UsageError: the call cannot be carried out.
            UnreachableError: OpenBao or the cache cannot be started.
        """
        wanted, workspace = self.wanted, self.workspace
        require_code(workspace.root)
        if wanted.port:
            require_free(wanted.port, "--port")
        if wanted.env:
            workspace.release(wanted.env)
        deployment, chosen = self._validated()
        models = models_for(wanted.provider, wanted.model, chosen.service.expected.settings)
        environment, seeded = self._synced(deployment, chosen)
        around = Surroundings(models, wanted.port, made_up=_made_up(environment, seeded))
        local = localised(environment.plain, environment.secret, self._with_cache(around))
        return self._served(chosen, local)

    def _validated(self) -> tuple[Deployment, Chosen]:
        with self.steps.step("validate") as step:
            deployment, report = choosing.examined(self.workspace)
            chosen = choosing.choose(
                self.workspace, deployment, self.wanted.env, self.wanted.provider
            )
            if chosen is not None:
                report = choosing.only_of(report, self.workspace, chosen)
                count = len(deployment.releases)
                releases = "1 release" if count == 1 else f"{count} releases"
                step.said = f"{chosen.env}: {releases}, no errors"
            step.failed = chosen is None or checking.fails(report, Severity.ERROR)
        if chosen is None or step.failed:
            checking.write_report(report, self.wanted.findings, None, quiet=False)
            raise typer.Exit(ExitCode.FINDINGS)
        return deployment, chosen

    def _synced(self, deployment: Deployment, chosen: Chosen) -> tuple[Environment, Seeded]:
        """What the pod would get from OpenBao, read as External Secrets may read it."""
        workspace, name = self.workspace, chosen.release.name
        whole = whole_spec(workspace)
        # An empty one says that nothing comes from OpenBao: then no environment is missing in it.
        spec = spec_of(workspace, whole, name) if whole.paths else whole
        inputs = gather(self.wanted.env_files, self.wanted.provider, deployment, chosen, spec)
        with self.steps.step("OpenBao") as step:
            bao = self.system.start_openbao(spec)
            step.said = "a fresh one, in memory"
        with self.steps.step("secrets") as step:
            seeded = self.system.seed(bao, spec, inputs)
            step.said = _seeded(seeded)
        with self.steps.step("sync") as step:
            reader = self.system.reader(bao, self._readers(deployment, chosen, whole))
            environment = self._environment(deployment, chosen, reader)
            total = len(environment.plain) + len(environment.secret)
            read = f"{len(environment.secret)} of them read as External Secrets may"
            step.said = f"{total} variables as in the pod, {read}"
        return environment, seeded

    def _environment(self, deployment: Deployment, chosen: Chosen, reader: OpenBao) -> Environment:
        service, operator = chosen.service, Operator(reader.read, self.workspace.engine)
        try:
            return environment_of(deployment, service.workload, service.container, operator)
        except PodStartError as error:
            raise PodStartError(error.message, _LACKING, error.details) from None

    def _readers(self, deployment: Deployment, chosen: Chosen, whole: Spec) -> list[Reader]:
        served = {name: self.workspace.place_of(name) for name in whole.environments}
        return readers(deployment.secrets, chosen.release.place, served, whole)

    def _with_cache(self, around: Surroundings) -> Surroundings:
        with self.steps.step("cache") as step:
            cache = self.system.start_cache()
            if cache is None:
                step.said = "in the service, as there is no redis-server or valkey-server"
                return around
            step.said = f"{cache.name}, in memory"
        return replace(around, cache_url=cache.url, cache_name=cache.name)

    def _served(self, chosen: Chosen, local: LocalEnvironment) -> Up:
        with self.steps.step("service") as step:
            ports = self.system.start_service(local, self.heard)
            step.said = f"{ports.url}, {local.plain['LLM_MODEL_NAME']} answers"
        local.plain |= {"PORT": str(ports.api), "METRICS_PORT": str(ports.metrics)}
        expected = Expectations(local.plain, known=True, replicas=1)
        known = Known(chosen.env, ports, expected, _signing_secret(local))
        return Up(_started(known, local), known)


def _started(known: Known, local: LocalEnvironment) -> Started:
    expected = known.expected
    found = [replace(item, here=local.plain.get(item.variable, "")) for item in local.differences]
    return Started(known.env, known.ports, expected.model, expected.asks_for_tokens, found)


def _signing_secret(local: LocalEnvironment) -> Secret | None:
    plain = local.plain.get(SIGNING_SECRET)
    return local.secret.get(SIGNING_SECRET) or (Secret(plain) if plain else None)


def _made_up(environment: Environment, seeded: Seeded) -> frozenset[str]:
    found = environment.secret.items()
    return frozenset(name for name, value in found if seeded.is_made_up(value))


def _seeded(seeded: Seeded) -> str:
    made = len(seeded.made_up)
    said = f"{seeded.keys} keys at {seeded.paths} paths"
    return f"{said}, {made} of them made up" if made else said
