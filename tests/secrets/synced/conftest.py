"""A small tree for every test of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.secrets.synced.small_trees import SmallTree

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine


@pytest.fixture
def tree(tmp_path: Path, engine: EmbeddedEngine) -> SmallTree:
    """A namespace that is not written yet."""
    return SmallTree(tmp_path, engine)
