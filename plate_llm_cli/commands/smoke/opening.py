"""From what the command line says to a trial: the target, what is expected of it, and tokens."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.commands.cluster_access import Where, clusters
from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.commands.smoke.signing import signing_key
from plate_llm_cli.context import Workspace, find_root
from plate_llm_cli.errors import UsageError
from plate_llm_cli.local.running import find
from plate_llm_cli.output import say
from plate_llm_cli.report.smoke import Tested
from plate_llm_cli.secrets.server.connection import credential
from plate_llm_cli.smoke.budget import Budget
from plate_llm_cli.smoke.check import EndedError, untried
from plate_llm_cli.smoke.deployed import ClusterService, DeployedService, deployed_service
from plate_llm_cli.smoke.expectations import Expectations
from plate_llm_cli.smoke.http import Http, tls_context
from plate_llm_cli.smoke.target import Target, Way, parse_target
from plate_llm_cli.smoke.tokens import SigningKey, Tokens, no_key
from plate_llm_cli.smoke.trial import Advice, Latency, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plate_llm_cli import options
    from plate_llm_cli.secrets.values.secret import Secret

_ONE_OF = "name an ENV, or an address with --url, or --local"


@dataclass(frozen=True, slots=True)
class Reach:
    """What is tested, and how it is reached."""

    env: str = ""
    url: str = ""
    local: bool = False
    via: Way | None = None
    connect_to: str = ""
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    reach: Reach
    where: Where
    token_env: str
    model: str
    budget: Budget
    latency: Latency


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What there is to know before anything is asked."""

    target: Target
    expected: Expectations
    key: SigningKey
    why_lost: Callable[[], str] = str
    """Why a connection ended, where more is known than the answer tells; else ''."""
    env: str = ""
    """What runs there, where the command line does not name it."""


@contextmanager
def open_trial(
    asked: Asked, root: Path | None, engine: options.EngineName | None
) -> Iterator[tuple[Trial, Tested]]:
    """The trial, and what a report says of it; all that it needs is closed at the end.

    Raises:
        UsageError: no such environment, no way to it, a token that is not there.
        ClusterError: a port cannot be forwarded.
    """
    reach = asked.reach
    _refuse_contradictions(reach)
    given = _given_token(asked.token_env)
    with ExitStack() as stack:
        if reach.env:
            workspace = stack.enter_context(Workspace(root, engine or ""))
            known = _of_environment(workspace, asked, stack)
        elif reach.local:
            known = _of_this_machine(root)
        else:
            reason = "no key to make one: --token-env names a variable with a token"
            known = _Known(parse_target(reach.url), Expectations(), no_key(reason))
        target = _connected(known.target, reach)
        trial = Trial(
            target,
            known.expected,
            Tokens(known.expected, known.key, given),
            Http(target, known.why_lost),
            asked.model,
            asked.budget,
            asked.latency,
            Advice(reach.env),
        )
        yield trial, Tested(target, known.env or reach.env)


def _refuse_contradictions(reach: Reach) -> None:
    named = [bool(reach.env or reach.url), reach.local]
    if not any(named):
        raise UsageError("nothing says what to test", _ONE_OF)
    if "://" in reach.env:
        raise UsageError("ENV is the name of an environment", "--url takes an address")
    if all(named):
        raise UsageError("--local is a target of its own", _ONE_OF)
    if reach.via and (reach.url or not reach.env):
        raise UsageError("--via is about the ways to ENV", "leave it out, or name an ENV alone")


def _given_token(variable: str) -> Secret | None:
    """The token that somebody brought.

    Raises:
        UsageError: the variable is not set, or holds none.
    """
    if not variable:
        return None
    if variable not in os.environ:
        hint = "export it first; the option takes the variable's name, never a token"
        raise UsageError("--token-env names a variable that is not set", hint)
    return credential(os.environ[variable], "the variable that --token-env names")


def _of_environment(workspace: Workspace, asked: Asked, stack: ExitStack) -> _Known:
    reach = asked.reach
    release = workspace.release(reach.env)
    deployment = deployed(workspace)
    if release in deployment.half_known and release not in deployment.failed:
        env = reach.env
        say(f"warning: not all values of {env} are known: plate-llm validate {env} says why")
    service = deployed_service(reach.env, release, deployment)
    key = signing_key(workspace, deployment, service)
    target, why_lost = _way(workspace, asked, stack, service)
    return _Known(target, service.expected, key, why_lost)


def _way(
    workspace: Workspace, asked: Asked, stack: ExitStack, service: DeployedService
) -> tuple[Target, Callable[[], str]]:
    """The way to the service that was asked for, and what knows why a connection was lost."""
    reach = asked.reach
    if reach.url:
        return parse_target(reach.url), str
    if reach.via in (Way.PORT_FORWARD, Way.IN_CLUSTER):
        if service.service is None:
            raise UsageError(f"{reach.env} has no Service", "name its address with --url")
        if reach.via is Way.PORT_FORWARD:
            return _forwarded(workspace, asked, stack, service.service)
        return Target(service.service.url, Way.IN_CLUSTER), str
    if service.ingress is None:
        hint = "--via port-forward or --via in-cluster reach it past an Ingress, --url elsewhere"
        raise UsageError(f"no Ingress with a host leads to {reach.env}", hint)
    return service.ingress, str


def _forwarded(
    workspace: Workspace, asked: Asked, stack: ExitStack, named: ClusterService
) -> tuple[Target, Callable[[], str]]:
    from plate_llm_cli.cluster.objects import Ref  # noqa: PLC0415 - loads the client: 0.3 s
    from plate_llm_cli.cluster.port_forward import forward  # noqa: PLC0415 - as above

    release = workspace.release(asked.reach.env)
    reached = stack.enter_context(clusters(workspace, release, asked.where, changes=False))
    ref = Ref("v1", "Service", named.namespace, named.name)
    local = stack.enter_context(forward(reached.workloads, ref, named.port))
    target = Target(named.url, Way.PORT_FORWARD, ("127.0.0.1", local.port))
    return target, lambda: local.failure.message if local.failure else ""


def _of_this_machine(root: Path | None) -> _Known:
    """What `up --keep` runs for the tree.

    Raises:
        UsageError: it runs nothing.
    """
    running = find(find_root(root))
    if running is None:
        raise UsageError("nothing of this tree runs here", "plate-llm up --keep starts it")

    def read() -> Secret:
        key = running.key()
        if key is None:
            raise EndedError(untried("the service has no key that signs tokens"))
        return key

    expected = Expectations(running.settings, known=True, replicas=1)
    return _Known(Target(running.url), expected, SigningKey(read), env=running.env)


def _connected(target: Target, reach: Reach) -> Target:
    """`target`, with what the command line says about connections."""
    changed = replace(target, ca=reach.ca_file)
    if reach.ca_file is not None:
        _require_certificates(changed, reach.ca_file)
    if not reach.connect_to:
        return changed
    if target.address is not None:
        raise UsageError("--connect-to is not for a port-forward", "leave one of them out")
    end = parse_target(f"{target.scheme}://{reach.connect_to}", "--connect-to", "host[:port]")
    return replace(changed, address=(end.host, end.port))


def _require_certificates(target: Target, file: Path) -> None:
    if not file.is_file():
        raise UsageError(f"there is no file {file}", "--ca-file takes one with certificates in PEM")
    try:
        tls_context(target)
    except OSError:  # what OpenSSL raises for a file without certificates is one, too
        hint = "it takes a file with certificates in PEM"
        raise UsageError(f"--ca-file {file} holds no certificates", hint) from None
