"""What the scripts in the CI files call, found by running them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import bao, bao_server, call, kube, tree
from tests.cli.deployments import ours
from tests.docs_ci.pipelines import (
    COMMIT,
    Called,
    Runner,
    github_jobs,
    gitlab_jobs,
    jenkins_scripts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["bao", "bao_server", "call", "kube", "ours", "tree"]

KUBECONFIG = "apiVersion: v1\nkind: Config\n"
JOB_TOKEN = "header.of-a-job.signature"  # noqa: S105 - nobody takes it
REQUEST_TOKEN = "may-ask-for-tokens"  # noqa: S105 - as above


class _Tokens(BaseHTTPRequestHandler):
    """GitHub's service that signs tokens of jobs, as its documentation describes it."""

    def do_GET(self) -> None:
        """Answer with a token whoever may ask for one, for the audience that is asked for."""
        right = self.headers["Authorization"] == f"Bearer {REQUEST_TOKEN}"
        right = (
            right and self.path == "/token?api-version=2.0&audience=https://openbao.cocdev.co.kr"
        )
        self.send_response(200 if right else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"value": JOB_TOKEN}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
        """Stay silent."""


@contextmanager
def _token_service() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Tokens) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/token?api-version=2.0"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def github(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Runner]:
    """Every job of the workflow after its end, by name."""
    ended = {}
    with _token_service() as url:
        known = {"secrets.PLATE_STG_KUBECONFIG": KUBECONFIG}
        for name, scripts, env in github_jobs(known):
            base = tmp_path_factory.mktemp("github")
            runner = Runner(
                base,
                name,
                **env,
                RUNNER_TEMP=str(base / "temp"),
                GITHUB_SHA=COMMIT,
                ACTIONS_ID_TOKEN_REQUEST_URL=url,
                ACTIONS_ID_TOKEN_REQUEST_TOKEN=REQUEST_TOKEN,
            )
            for script in scripts:
                runner.run(script)
            ended[name.rpartition(" ")[2]] = runner
    return ended


@pytest.fixture(scope="session")
def calls(
    github: dict[str, Runner], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Called, ...]:
    """Every call of every job in all three files."""
    runners = list(github.values())
    for name, scripts, env in gitlab_jobs():
        runners.append(Runner(tmp_path_factory.mktemp("gitlab"), name, CI_COMMIT_SHA=COMMIT, **env))
        for script in scripts:
            runners[-1].run(script)
    runners.append(_jenkins(tmp_path_factory.mktemp("jenkins")))
    return tuple(call for runner in runners for call in runner.calls)


def _jenkins(base: Path) -> Runner:
    """The pipeline of `main` after its end; what stands in `environment` is given by hand."""
    env = {"WORKSPACE_TMP": str(base / "temp"), "PLATE_LLM_VERSION": "0.1.0", "GIT_COMMIT": COMMIT}
    runner = Runner(base, "Jenkinsfile", **env)
    for script in jenkins_scripts():
        runner.run(script)
    return runner
