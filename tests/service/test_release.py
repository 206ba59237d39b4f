from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

import service
from service.release import version_document

ROOT = Path(__file__).parents[2]


def test_the_version_is_the_one_that_pyproject_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert service.__version__ == project["version"]


def test_the_version_is_the_one_that_the_chart_deploys() -> None:
    chart = yaml.safe_load((ROOT / "charts/plate-llm/Chart.yaml").read_text("utf-8"))
    assert service.__version__ == chart["appVersion"]


def test_a_checkout_has_a_version_and_no_build(tmp_path: Path) -> None:
    document = version_document(tmp_path / "build.json")
    assert document == {"version": service.__version__, "revision": None, "built": None}


def test_an_image_says_what_it_was_built_from(tmp_path: Path) -> None:
    build = tmp_path / "build.json"
    build.write_text('{"revision": "4f2a9c1", "built": "2026-11-25T09:00:00Z"}', "utf-8")
    assert version_document(build) == {
        "version": service.__version__,
        "revision": "4f2a9c1",
        "built": "2026-11-25T09:00:00Z",
    }


@pytest.mark.parametrize("text", ["[]", '"0.1.0"'])
def test_a_build_file_that_holds_no_object_is_refused(tmp_path: Path, text: str) -> None:
    build = tmp_path / "build.json"
    build.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"^build\.json holds no JSON object$"):
        version_document(build)
