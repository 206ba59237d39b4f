"""How much YAML we take from a tree we do not trust."""

from __future__ import annotations

MAX_BYTES = 10 * 1024 * 1024
"""Of one file. The largest CRD bundles in use are half of this."""

MAX_DEPTH = 100
"""Collections inside one another, aliases followed. Python's stack bears it in every pass."""

MAX_NODES = 500_000
"""Keys and values of one stream, with what each alias stands for counted where it stands."""

MAX_ALIAS_SHARE = 0.99
"""Of the nodes of a stream of more than MIN_ALIASED, those that aliases may bring.

go-yaml v2, and so Helm, refuses more ("document contains excessive aliasing").
"""

MIN_ALIASED = 1000
"""Nodes below which any share of aliases is taken."""
