"""Both engines give the same documents, byte for byte, and the same failures.

`parity/` holds a chart for each of Helm's ways, `ci/*-values.yaml` in it what it is rendered with
beside its own defaults; the charts of this repository follow, with every value file they have.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.helm.engine import RenderFailure, SetArgument, SetKind
from plate_llm_cli.source.reader import read_file, to_plain
from plate_llm_cli.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.binary import BinaryEngine
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import Rendering, RenderRequest

ROOT = Path(__file__).parents[2]
PARITY = Path(__file__).parent / "parity"


def cases() -> list[tuple[Path, tuple[Path, ...]]]:
    found = []
    for chart in sorted(PARITY.iterdir()):
        files = sorted(chart.glob("ci/*-values.yaml"))
        found += [(chart, ()), *((chart, (file,)) for file in files)]
    for chart in sorted((ROOT / "charts").iterdir()):
        files = sorted(chart.glob("values-*.yaml"))
        found += [(chart, ()), *((chart, (file,)) for file in files), (chart, tuple(files))]
    return found


def case_id(case: tuple[Path, tuple[Path, ...]]) -> str:
    chart, files = case
    return "-".join([chart.name, *(file.stem for file in files)])


def values_of(files: tuple[Path, ...]) -> dict:
    values: dict = {}
    for file in files:
        found = to_plain(read_file(file.parent, file.name).root)
        assert isinstance(found, dict)
        values = merge(values, found)
    return values


def both(
    engine: EmbeddedEngine, binary: BinaryEngine, request: RenderRequest
) -> tuple[Rendering | RenderFailure, Rendering | RenderFailure]:
    (ours,), (theirs,) = engine.render_many([request]), binary.render_many([request])
    if isinstance(ours, RenderFailure):  # the binary does not show what it could not read
        return replace(ours, output=""), theirs
    return replace(ours, notes=()), theirs


@pytest.mark.parametrize("case", cases(), ids=case_id)
def test_documents_are_equal(
    case: tuple[Path, tuple[Path, ...]],
    engine: EmbeddedEngine,
    binary: BinaryEngine,
    request_for: Callable[..., RenderRequest],
) -> None:
    chart, files = case
    ours, theirs = both(engine, binary, request_for(chart, values_of(files)))
    assert ours == theirs
