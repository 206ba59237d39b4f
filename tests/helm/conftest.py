"""What the tests of the Helm room share: small charts on disk, requests, both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm.binary import BinaryEngine
from plate_llm_cli.helm.engine import Capabilities, RenderRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHART_YAML = "apiVersion: v2\nname: demo\nversion: 0.1.0\n"


@pytest.fixture
def make_chart(tmp_path: Path) -> Callable[..., Path]:
    """Writes a chart: texts by path, `Chart.yaml` of a chart called demo unless given."""

    def make(files: dict[str, str], name: str = "chart") -> Path:
        for path, text in {"Chart.yaml": CHART_YAML, **files}.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", newline="")
        return tmp_path / name

    return make


@pytest.fixture
def request_for() -> Callable[..., RenderRequest]:
    """A request with everything that a test does not care about filled in."""

    def make(chart: Path, values: dict[str, Any] | None = None, **fields: Any) -> RenderRequest:
        capabilities = fields.pop("capabilities", Capabilities("1.37.0", ("example.com/v1",)))
        return RenderRequest(
            chart=chart,
            release_name=fields.pop("release_name", "rel"),
            namespace=fields.pop("namespace", "ns"),
            values=values or {},
            capabilities=capabilities,
            **fields,
        )

    return make


@pytest.fixture(scope="session")
def binary(helm_binary: Path) -> Iterator[BinaryEngine]:
    """The engine around the real binary."""
    with BinaryEngine(helm_binary) as engine:
        yield engine
