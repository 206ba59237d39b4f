"""The image: its Dockerfile, and what its steps make of this checkout."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import service
from tests.service.image.build import DOCKERFILE, ROOT, Image, StepError, freeze
from tests.service.image.container import Container, can_become
from tests.service.image.dockerfile import Ignored, instructions, stages
from tests.service.image.run_steps import OFFLINE, free_port, new_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

HADOLINT = Path(sys.executable).with_name("hadolint")
BUILD = {"VERSION": service.__version__, "REVISION": "4f2a9c1", "CREATED": "2026-11-25T09:00:00Z"}
SYSTEM = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
BASE = str(SYSTEM if SYSTEM.exists() else sys.executable)
"""A Python of the system can be run by every user; one of a version manager often cannot."""

UNCHECKED = 1
"""Flags of a compiled file that is used whatever its source looks like."""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = new_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    made = new_folder()
    built = Image(made, BUILD, python=BASE).build()
    freeze(built)
    yield built
    subprocess.run(["chmod", "-R", "u+w", made], check=True)  # noqa: S603, S607
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    text = (ROOT / "charts/plate-llm/values.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def contents(folder: Path) -> dict[str, int]:
    """Every file below a folder, and when it was changed."""
    return {
        path.relative_to(folder).as_posix(): path.lstat().st_mtime_ns for path in folder.rglob("*")
    }


def fetched(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(  # noqa: S310 - the loopback address
        urllib.request.Request(url, data, {"content-type": "application/json"})  # noqa: S310
    ) as answer:
        return json.load(answer)


def test_hadolint_has_nothing_to_say() -> None:
    run = subprocess.run(  # noqa: S603 - our own arguments
        [HADOLINT, "--failure-threshold", "style", DOCKERFILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "")


def test_the_base_is_pinned_in_one_place() -> None:
    first, *_ = instructions(DOCKERFILE.read_text("utf-8"))

    assert re.fullmatch(
        r"PYTHON=docker\.io/library/python:3\.13-\S+@sha256:[0-9a-f]{64}", first.rest
    )
    assert DOCKERFILE.read_text("utf-8").count("@sha256:") == 1
    bases = [stage[0].rest.split()[0] for stage in stages(DOCKERFILE.read_text("utf-8"))]
    assert bases == ["${PYTHON}", "${PYTHON}"]


def test_nothing_in_the_image_needs_a_shell(image: Image) -> None:
    words = {instruction.word for instruction in stages(DOCKERFILE.read_text("utf-8"))[-1]}

    assert not words & {"RUN", "SHELL", "CMD"}
    assert image.entrypoint == ["python", "-m", "service"]
    assert image.health[:4] == ["python", "-m", "service", "probe"]


def test_it_runs_as_the_user_that_the_chart_names(image: Image, values: dict[str, Any]) -> None:
    pod = values["podSecurityContext"]

    assert image.user == f"{pod['runAsUser']}:{pod['runAsGroup']}"


def test_its_labels_say_what_it_is(image: Image) -> None:
    prefix = "org.opencontainers.image."
    assert image.labels == {
        f"{prefix}title": "plate-llm",
        f"{prefix}description": "An LLM gateway with OpenAI's API over LangChain",
        f"{prefix}licenses": "Apache-2.0",
        f"{prefix}version": service.__version__,
        f"{prefix}revision": "4f2a9c1",
        f"{prefix}created": "2026-11-25T09:00:00Z",
    }


def test_it_holds_the_service_and_nothing_else(image: Image) -> None:
    files = {path for path in contents(image.root / "app") if "__pycache__" not in path}
    wanted = {f"service/{path}" for path in contents(ROOT / "service") if "__pycache__" not in path}

    left_out = {"service/Dockerfile", "service/env-contract.json"}
    assert files == (wanted - left_out) | {"service", "service/build.json"}
    assert {path.name for path in image.root.iterdir()} == {"app", "opt"}


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("service/app.py", False),
        ("service/playground/app.js", False),
        ("locks/service.txt", False),
        ("locks/dev.txt", True),
        ("service/chat/__pycache__/parse.cpython-313.pyc", True),
        ("service/Dockerfile", True),
        (".git/config", True),
        ("README.md", True),
        ("tests/service/running.py", True),
    ],
)
def test_what_is_sent_to_the_builder_is_what_it_needs(path: str, ignored: bool) -> None:
    patterns = Ignored((ROOT / ".dockerignore").read_text("utf-8"))

    assert (PurePosixPath(path) in patterns) is ignored


def test_everything_is_compiled_for_good(image: Image) -> None:
    sources = list((image.root / "app").rglob("*.py"))

    assert len(sources) > 50
    for source in sources:
        (compiled,) = (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")
        flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
        assert flags == UNCHECKED, source


def test_nobody_can_write_to_it(image: Image) -> None:
    if not can_become(image):
        pytest.skip("only root can become another user, if that one may run this Python")
    run = Container(image).run(["python", "-c", "open('new', 'w')"])

    assert run.returncode == 1
    assert run.stderr.endswith("PermissionError: [Errno 13] Permission denied: 'new'\n")


def test_it_serves_from_what_it_holds_alone(image: Image) -> None:
    before = contents(image.root)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    request = {"model": "echo", "messages": [{"role": "user", "content": "hello"}]}

    with Container(image, **OFFLINE, PORT=str(port), METRICS_PORT="0") as container:
        container.become_healthy()
        version = fetched(f"{url}/version")
        answer = fetched(f"{url}/v1/chat/completions", request)
        where = container.run(["python", "-c", "import service; print(service.__file__)"])
        code = container.stop()

    assert version == {
        "version": service.__version__,
        "revision": "4f2a9c1",
        "built": "2026-11-25T09:00:00Z",
    }
    assert answer["choices"][0]["message"]["content"] == "echo: hello"
    assert where.stdout == f"{image.root}/app/service/__init__.py\n"
    assert code == 0
    assert contents(image.root) == before


def test_its_health_check_fails_when_nobody_answers(image: Image) -> None:
    check = Container(image, PORT=str(free_port())).run(image.health)

    assert check.returncode == 1
    assert "no connection (Connection refused)" in check.stderr


def test_a_release_cannot_be_built_from_another_version(folder: Path) -> None:
    with pytest.raises(StepError) as caught:
        Image(folder, {"VERSION": "9.9.9"}).build()

    assert str(caught.value) == (
        f"VERSION is 9.9.9, and service/__init__.py says {service.__version__}\n"
    )


def test_an_image_of_no_release_says_what_it_can(folder: Path) -> None:
    image = Image(folder, {}).build()

    build = json.loads((image.root / "app/service/build.json").read_text("utf-8"))
    assert build == {"version": service.__version__, "revision": None, "built": None}
