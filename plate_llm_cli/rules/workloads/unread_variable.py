"""A variable that the service does not read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import texts
from plate_llm_cli.graph.variables import expanded, variables_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name, slip_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.env_contracts import EnvContract
    from plate_llm_cli.graph.workloads import Container

_RUNTIME: Final = re.compile(
    r"TZ|LANG|LC_.*|LANGUAGE|HOME|PATH|USER|HOSTNAME|TMPDIR|TERM|NO_COLOR|PS1"
    r"|(HTTP|HTTPS|NO|ALL|FTP)_PROXY|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE"
    r"|PYTHON.*|OTEL_.*|JAVA_.*|JDK_.*|NODE_(OPTIONS|ENV|EXTRA_CA_CERTS)|GO(MAXPROCS|MEMLIMIT|GC|DEBUG)"
    r"|MALLOC_.*|LD_.*|OMP_.*|OPENBLAS_.*|MKL_.*|NVIDIA_.*|CUDA_.*"
    r"|UVICORN_.*|GUNICORN_.*|WEB_CONCURRENCY|PROMETHEUS_MULTIPROC_DIR"
    r"|(POD|NODE|HOST|CONTAINER|K8S|KUBERNETES|AWS|AZURE|GOOGLE|GCP|DD|SENTRY)_.*|NAMESPACE",
    re.IGNORECASE,
)
"""What runtimes, libraries and clouds read, whatever the service."""


class UnreadVariable(Rule):
    """A service gets a variable that its env contract does not name.

    ## What it does
    Where a chart names an env contract (annotation `plate-llm.cocdev.co.kr/env-contract`), looks
    for variables of `env` that are not in it. What runtimes read (`TZ`, `HTTP_PROXY`, `PYTHON*`,
    `OTEL_*`, `POD_NAME` and the like) is left out, and what other variables or arguments are made
    of with `$(NAME)`.

    ## Why is this bad?
    The setting has no effect; often it is a slip of one that would. A key that nobody reads can
    only leak.

    ## Example
    ```yaml
    # the contract has LLM_TEMPERATURE
    env:
      - {name: LLM_TEMPRATURE, value: "0.2"}
    ```

    ## Use instead
    ```yaml
    env:
      - {name: LLM_TEMPERATURE, value: "0.2"}
    ```
    """

    id = "unread-variable"
    severity = Severity.WARNING
    summary = "A service gets a variable that its env contract does not name"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every variable that the service does not read."""
        for container, contract in deployment.env_contracts.containers:
            if contract.variables:
                yield from _unread(container, contract)


def _unread(container: Container, contract: EnvContract) -> Iterator[Defect]:
    variables = variables_of(container)
    given = {item.name for item in variables}
    parts = {name for item in variables for name in expanded(item.value or "")}
    for field in ("command", "args"):
        parts |= {name for item in texts(container.spec.get(field)) for name in expanded(item)}
    required = {item.name for item in contract.variables.values() if item.required} - given
    missed = {slip_of(name, given - contract.variables.keys()) for name in required}
    for item in variables:
        if item.name in contract.variables or item.name in parts or _RUNTIME.fullmatch(item.name):
            continue
        if item.name in missed:
            continue  # `missing-variable` says which one it should be
        near = near_name(item.name, contract.variables.keys() - given)
        secret = "" if item.value is not None else ", and a key that nobody reads can only leak"
        manifest = container.workload.manifest
        value = ((ManifestPlace(manifest, (*item.route, "value")), "its value"),)
        yield Defect(
            ManifestPlace(manifest, (*item.route, "name")),
            f"the service does not read {item.name}",
            f"did you mean {near}?" if near else f"{contract.path} has no such variable{secret}",
            related=value if item.value else (),
        )
