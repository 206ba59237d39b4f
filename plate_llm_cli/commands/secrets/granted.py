"""What `secrets policy` and `secrets access` begin with: the environment, and who reads for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.commands.secrets.session import spec_of, whole_spec
from plate_llm_cli.errors import UsageError
from plate_llm_cli.output import say
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.privileges.readers import readers

if TYPE_CHECKING:
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.secrets.privileges.readers import Reader
    from plate_llm_cli.secrets.spec import Spec


class Granted:
    """An environment and its spec; its name is the spec's, however it was called."""

    def __init__(self, workspace: Workspace, env: str) -> None:
        self._workspace = workspace
        self.whole: Spec = whole_spec(workspace)
        self.spec: Spec = spec_of(workspace, self.whole, env)
        self._place = workspace.release(env).place
        names = self.whole.environments
        self._served = {name: workspace.place_of(name) for name in names}
        self.env = next(name for name in names if self._served[name] == self._place)

    def readers(self, *, strict: bool) -> list[Reader]:
        """Who reads for the environment; what is not granted, or not known, is said.

        Raises:
            UsageError: `strict`, and something that may read could not be rendered.
        """
        deployment = deployed(self._workspace)
        _mind_unknown(deployment, strict=strict)
        found = readers(deployment.secrets, self._place, self._served, self.whole)
        for reader in found:
            if len(reader.homes) > 1:
                homes = " and ".join(home or "the whole cluster" for home in reader.homes)
                warn(f"{reader.name} is one role for the stores of {homes}: each reads it all")
            for reason in reader.refused:
                warn(f"{reason}: {reader.name} may not read it")
        if not found:
            warn(f"nothing in the tree reads OpenBao for {self.env}")
        return found


def _mind_unknown(deployment: Deployment, *, strict: bool) -> None:
    """What is written without knowing all readers would take from them what they need."""
    if deployment.failed and strict:
        message = f"what {_listed(deployment.failed)} reads is not known: it cannot be rendered"
        raise UsageError(message, "plate-llm validate says why; nothing was written")
    if deployment.half_known:
        listed = _listed(deployment.half_known)
        warn(f"not all is known that {listed} reads: plate-llm validate says why")


def _listed(releases: list[Release]) -> str:
    return one_line(", ".join(dict.fromkeys(release.name for release in releases)))


def require_apply(*, apply: bool, yes: bool) -> None:
    """Refuse `--yes` alone: who says it believes that something is written.

    Raises:
        UsageError: it is alone.
    """
    if yes and not apply:
        raise UsageError("--yes goes with --apply: without it nothing is written")


def warn(text: str) -> None:
    """Say something that a person should look at; `text` may be the tree's."""
    say(f"warning: {one_line(text)}")
