"""Who sends a request."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller whose token has been verified."""

    subject: str
    """Whose limits count."""
    tenant: str
    """Whose cache this is."""
    expires: float
    """The token's own end, in seconds since 1970."""


ANONYMOUS = Identity(subject="anonymous", tenant="anonymous", expires=math.inf)
"""Everyone, where no tokens are asked for."""
