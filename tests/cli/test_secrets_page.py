"""The operator's page: its commands, in its order, on a copy of this tree and an empty OpenBao."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.secrets.bao import dev_server

if TYPE_CHECKING:
    import pytest

    from tests.cli.conftest import Call

HERE = Path(__file__).parents[2]
PAGE = (HERE / "docs" / "secrets.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, flags=re.MULTILINE)
DIFFERING = ("plan", "age", "diff")
"""Commands whose exit code 1 is an answer."""
VALUES = f"""\
OPENAI_API_KEY=sk-{"a1" * 30}
ANTHROPIC_API_KEY=sk-ant-{"a1" * 30}
LANGCHAIN_API_KEY=lsv2_{"a1" * 20}
HARBOR_STAGING__USERNAME='robot$plate+staging'
HARBOR_STAGING__PASSWORD={"a1" * 12}
"""


def test_every_command_of_the_page(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "tree"
    for name in ("charts", "environments", "service/env-contract.json", "pyproject.toml"):
        copy = shutil.copytree if (HERE / name).is_dir() else shutil.copy
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        copy(HERE / name, tree / name)
    (tree / "stg.env").write_text(VALUES, "utf-8")
    (tree / "stg.env").chmod(0o600)
    monkeypatch.chdir(tree)
    monkeypatch.setenv("KUBECONFIG", "none")  # what the page says of a cluster is not run
    with dev_server() as server:
        monkeypatch.setenv("BAO_ADDR", server.address)
        monkeypatch.setenv("BAO_TOKEN", server.token)
        server.done("POST", "sys/auth/kubernetes", {"type": "kubernetes"})
        for line in COMMANDS:
            program, *arguments = shlex.split(line)
            if program == "export":
                assert arguments[0].startswith("BAO_")
                continue
            assert program == "plate-llm"
            ended = call(*arguments)
            allowed = (0, 1) if arguments[1] in DIFFERING else (0,)
            assert ended.code in allowed, (line, ended.out, ended.err)
            assert "error:" not in ended.err, line
    named = {shlex.split(line)[2] for line in COMMANDS if line.startswith("plate-llm")}
    assert named >= {"check", "plan", "seed", "rotate", "age", "policy", "access", "token"}
