"""What the tests of `source` share: Helm's own reader of values files, and its templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import helm_python
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def helm_reads() -> Callable[[str], dict[str, Any] | None]:
    """What Helm makes of a values file, or None where it refuses."""

    def reads(text: str) -> dict[str, Any] | None:
        try:
            values: dict[str, Any] = helm_python.values_from_yaml(text)
        except helm_python.HelmError:
            return None
        return values

    return reads


@pytest.fixture(scope="session")
def helm_prints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[list[Any]], str]]:
    """What `{{ . }}` makes of each of some values, one a line."""
    folder = tmp_path_factory.mktemp("chart")
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (folder / "templates" / "all.txt").write_text("{{ range .Values.all }}{{ . }}\n{{ end }}")
    with helm_python.Chart.load(str(folder)) as chart:
        yield lambda values: next(iter(chart.render({"all": values}, name="a").values()))
