"""The values that people give: from files, and the key of a real provider."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from plate_llm_cli.commands.secrets.asking import Asking
from plate_llm_cli.commands.secrets.given_files import given_in
from plate_llm_cli.commands.terminal import has_terminal
from plate_llm_cli.errors import UsageError
from plate_llm_cli.local.provider import KEYS
from plate_llm_cli.local.provider_key import key_behind
from plate_llm_cli.secrets.values.given import Given
from plate_llm_cli.secrets.values.inputs import Inputs, resolve
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.secrets.values.sources import variable_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plate_llm_cli.commands.up.choosing import Chosen
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.local.provider import Provider
    from plate_llm_cli.secrets.spec import KeySpec, Spec


def gather(
    files: Sequence[Path], provider: Provider, deployment: Deployment, chosen: Chosen, spec: Spec
) -> Inputs:
    """What the files give, and the provider's key, which must be a real one.

    Raises:
        UsageError: a file cannot be used, or there is no key.
    """
    given = given_in(files)
    inputs = resolve(given, spec)
    if provider not in KEYS:
        return inputs
    variable = KEYS[provider]
    key = key_behind(variable, deployment, chosen.service, spec)
    if inputs.get(key.address) is not None or variable_of(key, inputs, os.environ):
        return inputs
    value, where = _key(variable, key)
    return resolve([*given, Given(key.address.in_full, value, where)], spec)


def _key(variable: str, key: KeySpec) -> tuple[Secret, str]:
    if os.environ.get(variable):
        return Secret(os.environ[variable]), f"environment variable {variable}"
    value = Asking()(key) if has_terminal() else None
    if value is None:
        raise UsageError(
            f"a real provider needs a real key, and there is no {variable}",
            f"set {variable}, or give it with --from-env-file",
        )
    return value, "the terminal"
