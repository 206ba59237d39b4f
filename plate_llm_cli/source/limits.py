"""How much YAML we take from a tree we do not trust."""

from __future__ import annotations

MAX_BYTES = 10 * 1024 * 1024
"""Of one file. The largest CRD bundles in use are half of this."""

MAX_DEPTH = 100
"""Collections inside one another, aliases followed. Python's stack bears it in every pass."""

MAX_NODES = 500_000
"""Keys and values of one stream, with what each alias stands for counted where it stands."""
