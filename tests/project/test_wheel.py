from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

import plate_llm_cli

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, root: Path) -> list[str]:
    """The names in the wheel that this tree builds."""
    builders = pytest.importorskip(
        "hatchling.builders.wheel", reason="the build backend is not installed: locks/build.txt"
    )
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = builders.WheelBuilder(str(root)).build(directory=str(folder), versions=["standard"])
    with ZipFile(built) as archive:
        return archive.namelist()


def test_the_wheel_holds_the_command_line_alone(wheel: list[str]) -> None:
    # `service` would collide with other people's packages.
    about = f"plate_llm-{plate_llm_cli.__version__}.dist-info"
    assert {name.split("/")[0] for name in wheel} == {"plate_llm_cli", about}


def test_the_wheel_carries_the_licence(wheel: list[str]) -> None:
    about = f"plate_llm-{plate_llm_cli.__version__}.dist-info"
    assert f"{about}/licenses/LICENSE" in wheel


def test_the_wheel_has_every_tracked_file_of_the_package(
    wheel: list[str], tracked: list[Path], root: Path
) -> None:
    package = [
        path.relative_to(root).as_posix()
        for path in tracked
        if root / "plate_llm_cli" in path.parents
    ]
    assert sorted(set(package) - set(wheel)) == []


def test_the_version_is_the_same_everywhere(project: dict[str, Any]) -> None:
    assert plate_llm_cli.__version__ == project["project"]["version"]
