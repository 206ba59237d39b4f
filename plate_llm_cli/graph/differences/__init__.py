"""What differs between two sets of Kubernetes objects, field by field.

`compare` is the way in; `changes` says what it gives.
"""

from __future__ import annotations

from plate_llm_cli.graph.differences.changes import (
    ABSENT,
    HIDDEN,
    ChangeKind,
    FieldChange,
    Item,
    ObjectChange,
    ObjectIdentity,
    Position,
    path_text,
)
from plate_llm_cli.graph.differences.objects import compare

__all__ = [
    "ABSENT",
    "HIDDEN",
    "ChangeKind",
    "FieldChange",
    "Item",
    "ObjectChange",
    "ObjectIdentity",
    "Position",
    "compare",
    "path_text",
]
