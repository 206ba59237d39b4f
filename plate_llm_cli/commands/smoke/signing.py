"""The key that signs tokens, from where the service's own pods get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.commands.openbao_access import Access, openbao
from plate_llm_cli.errors import PlateError
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.smoke.check import EndedError, untried
from plate_llm_cli.smoke.expectations import SIGNING_SECRET
from plate_llm_cli.smoke.tokens import SigningKey

if TYPE_CHECKING:
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.smoke.deployed import DeployedService


def signing_key(
    workspace: Workspace, deployment: Deployment, service: DeployedService
) -> SigningKey:
    """The key, read from OpenBao when a check needs it and with what the operator may read."""

    def read() -> Secret:
        from plate_llm_cli.secrets.synced.operator import Operator  # noqa: PLC0415 - seldom needed
        from plate_llm_cli.secrets.synced.variable import value_of  # noqa: PLC0415 - seldom needed

        try:
            with openbao(workspace, Access()) as (_, bao):
                operator = Operator(bao.read, workspace.engine)
                workload, container = service.workload, service.container
                value = value_of(deployment, workload, container, SIGNING_SECRET, operator)
        except PlateError as error:
            said = "; ".join([error.message, *error.details[:1]])
            hint = f" ({error.hint})" if error.hint else ""
            said = f"no key to make a token with: {said}{hint}; or --token-env brings one"
            raise EndedError(untried(said)) from None
        return value if isinstance(value, Secret) else Secret(value)

    return SigningKey(read)
