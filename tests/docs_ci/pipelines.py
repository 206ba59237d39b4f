"""The scripts in CI files, and what they call when a shell runs them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from tests.docs_ci.jenkinsfile import shell_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docs" / "ci"
ACTION: Final = ROOT / ".github" / "actions" / "validate" / "action.yml"
COMMIT: Final = "c" * 40
"""The commit that is built."""

_EXPRESSION: Final = re.compile(r"\$\{\{ *(.*?) *\}\}")
_FIELD, _RECORD = "\x1f", "\x1e"
_PLATE_LLM: Final = r"""#!/bin/sh
printf '%s\037' "${0##*/}" "$@" >> "$RECORD"
printf '\036' >> "$RECORD"
for argument; do
    [ "$before" = --output ] && echo report > "$argument"
    before=$argument
done
case "${0##*/} $*" in
    pip* | *"--fail-on never"*) exit 0 ;;
    *) exit "${ENDS_WITH:-0}" ;;
esac
"""
"""Notes how it was called, leaves a report where one is asked for, and ends as it is told."""
_PYTHON: Final = r"""#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec REAL "$@"
for folder; do :; done
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)
cp "$SHIMS/pip" "$SHIMS/plate-llm" "$folder/bin"
echo "PATH=$folder/bin:\$PATH" > "$folder/bin/activate"
"""
"""Makes environments out of the programs here, and is Python in all else."""


@dataclass(frozen=True)
class Script:
    """A script of a job, and the variables that the file gives it."""

    name: str
    text: str
    env: Mapping[str, str] = field(default_factory=dict)
    shell: str = "bash"


@dataclass(frozen=True)
class Called:
    """A program that a script called, its arguments as the shell passed them."""

    job: str
    program: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        """As somebody would type it."""
        return " ".join((self.program, *self.arguments))


class Runner:
    """A machine for one job; `folder` is the checkout. plate-llm only notes how it is called."""

    def __init__(self, base: Path, job: str, **env: str) -> None:
        self.folder, self.temporary, self._shims = base / "work", base / "temp", base / "shims"
        for made in (self.folder, self.temporary, self._shims):
            made.mkdir(parents=True)
        real = f'"{sys.executable}"'
        for name, text in (
            ("plate-llm", _PLATE_LLM),
            ("pip", _PLATE_LLM),
            ("python3", _PYTHON.replace("REAL", real)),
        ):
            (self._shims / name).write_text(text, "utf-8")
            (self._shims / name).chmod(0o755)
        self._job, self._record = job, base / "record"
        self._path = [str(self._shims), "/usr/bin", "/bin"]
        self._env = {"RECORD": str(self._record), "SHIMS": str(self._shims), **env}
        for variable in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"):
            (base / variable).touch()
            self._env[variable] = str(base / variable)

    def run(self, script: Script) -> None:
        """Run one script to its end; it must end well."""
        done = self.attempt(script)
        assert done.returncode == 0, (script.name, done.stdout, done.stderr)

    def attempt(self, script: Script) -> subprocess.CompletedProcess[str]:
        """Run one script, however it ends."""
        program = [sys.executable, "-"] if script.shell == "python" else ["bash", "-eo", "pipefail"]
        return subprocess.run(  # noqa: S603 - our own files
            program,
            input=script.text,
            cwd=self.folder,
            env=self.env | dict(script.env),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def env(self) -> dict[str, str]:
        """The variables now: as at the start, and what steps have added."""
        added = Path(self._env["GITHUB_ENV"]).read_text("utf-8").splitlines()
        paths = Path(self._env["GITHUB_PATH"]).read_text("utf-8").splitlines()
        path = ":".join([*reversed(paths), *self._path])
        return {"PATH": path, **self._env, **dict(line.split("=", 1) for line in added)}

    @property
    def calls(self) -> list[Called]:
        """Every call so far."""
        if not self._record.exists():
            return []
        records = self._record.read_text("utf-8").split(_RECORD)[:-1]
        fields = [record.split(_FIELD)[:-1] for record in records]
        return [Called(self._job, program, tuple(rest)) for program, *rest in fields]


def load(path: Path) -> Any:
    """A YAML file; a key `on` is True, as YAML 1.1 has it."""
    return yaml.safe_load(path.read_text("utf-8"))


def filled(values: Mapping[str, Any] | None, known: Mapping[str, str]) -> dict[str, str]:
    """Variables with their expressions put in; one that is not `known` is a KeyError."""
    return {
        name: _EXPRESSION.sub(lambda found: known[found[1]], str(value))
        for name, value in (values or {}).items()
    }


def step_scripts(steps: list[dict[str, Any]], known: Mapping[str, str]) -> list[Script]:
    """The scripts of GitHub's steps, in a workflow or an action."""
    return [
        Script(step["name"], step["run"], filled(step.get("env"), known), step.get("shell", "bash"))
        for step in steps
        if "run" in step
    ]


def github_jobs(known: Mapping[str, str]) -> Iterator[tuple[str, list[Script], dict[str, str]]]:
    """By job of the workflow: its name, scripts, and variables."""
    workflow = load(FOLDER / "github-actions.yml")
    for name, job in workflow["jobs"].items():
        env = filled(workflow["env"], known) | filled(job.get("env"), known)
        yield f"github-actions.yml: {name}", step_scripts(job["steps"], known), env


def gitlab_jobs() -> Iterator[tuple[str, list[Script], dict[str, str]]]:
    """By job of the pipeline, once for each line of a matrix: its name, scripts, and variables."""
    pipeline = load(FOLDER / "gitlab-ci.yml")
    for name in pipeline:
        if name.startswith(".") or "script" not in (job := _extended(pipeline, name)):
            continue
        env = {**pipeline["variables"], **job.get("variables", {})}
        text = "\n".join([*job["before_script"], *job["script"]])
        for chosen in _matrix(job):
            title = f"gitlab-ci.yml: {' '.join([name, *chosen.values()])}"
            yield title, [Script(name, text)], {k: str(v) for k, v in (env | chosen).items()}


def jenkins_scripts() -> list[Script]:
    """The shell steps of the Jenkinsfile."""
    text = (FOLDER / "Jenkinsfile").read_text("utf-8")
    return [Script(step.blocks[-2], step.script) for step in shell_steps(text)]


def _extended(pipeline: dict[str, Any], name: str) -> dict[str, Any]:
    """A job with what it extends; only variables are merged, as GitLab does with maps."""
    own = pipeline[name]
    if not isinstance(own, dict) or "extends" not in own:
        return own if isinstance(own, dict) else {}
    base = _extended(pipeline, own["extends"])
    return {**base, **own, "variables": {**base.get("variables", {}), **own.get("variables", {})}}


def _matrix(job: dict[str, Any]) -> list[dict[str, str]]:
    """The variables of each job that `parallel: matrix` makes of one."""
    lines = job.get("parallel", {}).get("matrix", [])
    chosen = [(tuple(line), values) for line in lines for values in product(*line.values())]
    return [dict(zip(names, values, strict=True)) for names, values in chosen] or [{}]
