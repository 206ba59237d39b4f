"""`$(NAME)` in the value of a variable, as the kubelet replaces it.

From Kubernetes' `third_party/forked/golang/expansion/expand.go`: `$$` is a dollar sign, and what is
no reference, or one to a variable that is not known, stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

_REFERENCE: Final = re.compile(r"\$(?:\$|\(([^)]*)\))")


def expanded(value: str, known: Callable[[str], str | Secret | None]) -> str | Secret:
    """`value` with its references replaced; a Secret where one of them is."""
    secret = False

    def replaced(match: re.Match[str]) -> str:
        nonlocal secret
        if match[1] is None:
            return "$"
        found = known(match[1])
        if isinstance(found, Secret):
            secret = True
            return found.reveal()
        return match[0] if found is None else found

    text = _REFERENCE.sub(replaced, value)
    return Secret(text) if secret else text
