"""How a wait for an Application is told: on one line of a terminal."""

from __future__ import annotations

import pytest

from plate_llm_cli.cluster.argocd.application import LiveApplication
from plate_llm_cli.cluster.argocd.verdict import State, Verdict
from plate_llm_cli.report.argocd_wait import progress_line
from plate_llm_cli.report.excerpt import cell_width

APP = LiveApplication({"metadata": {"name": "web"}, "status": {"health": {"status": "Missing"}}})


@pytest.mark.parametrize(
    "message", ["the image is not there, " * 4, "이미지를 찾을 수 없습니다 " * 4]
)
def test_a_line_fits_whatever_is_said(message: str) -> None:
    line = progress_line(APP, Verdict(State.WAITING, message), 3.0, 40)
    assert line.startswith("web 3 s: Missing: ")
    assert line.endswith("…")
    assert 36 <= cell_width(line) < 40
