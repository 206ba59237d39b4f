"""Every task beside `make demo`, which must run where nox is not installed yet."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["lint", "tests", "docs"]

PYTHONS = ["3.11", "3.12", "3.13"]
SIDE_BY_SIDE = ("--numprocesses=auto", "--dist=loadfile")
LOCK_ARGUMENTS = (
    "--quiet",
    "--no-config",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
)


def install(session: nox.Session, lock: str = "dev") -> None:
    """The locked packages, then the project; nothing comes in without a hash."""
    session.install("--require-hashes", "-r", "locks/build.txt", "-r", f"locks/{lock}.txt")
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types and the import contracts."""
    install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests on every Python that is supported."""
    install(session)
    session.run("python", "-m", "pytest", *SIDE_BY_SIDE, *session.posargs)


@nox.session(python=PYTHONS[0])
def minimums(session: nox.Session) -> None:
    """The tests with the oldest direct dependencies that pyproject.toml allows."""
    install(session, "minimums")
    session.run("python", "-m", "pytest", *SIDE_BY_SIDE, *session.posargs)


@nox.session(venv_backend="none")
def helm(session: nox.Session) -> None:
    """Fetch the real helm binary into .cache/helm, for the parity tests and the benchmarks."""
    session.run(sys.executable, "tests/fetch_helm.py")


@nox.session
def charts(session: nox.Session) -> None:
    """Both charts against the real helm binary: strict lint, and objects equal to ours."""
    install(session)
    session.run("python", "tests/fetch_helm.py")
    session.run("python", "-m", "pytest", "tests/charts", "tests/helm", env={"REQUIRE_ALL": "1"})


@nox.session
def oracle(session: nox.Session) -> None:
    """What is generated and rendered against the models of kubernetes-models, from npm."""
    install(session)
    session.run(
        "python", "-m", "pytest", "tests/gitops/test_generation_oracle.py",
        env={"REQUIRE_ALL": "1"},
    )  # fmt: skip


@nox.session
def image(session: nox.Session) -> None:
    """The steps of the image's Dockerfile, without Docker: build it, start it, ask it."""
    install(session)
    session.run("python", "-m", "tests.service.image.run_steps", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Fail when a generated file is not what the code says; `-- --write` writes them."""
    install(session)
    write = "--write" in session.posargs
    session.run("python", "-m", "docs.generate", "--write" if write else "--check")
    session.run("plate-llm", "schema", "values", *([] if write else ["--check"]))
    session.run("plate-llm", "argocd", "generate", "--all", *([] if write else ["--check"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Ratios against the real helm binary; `-- --write` records them in docs/benchmarks.md."""
    install(session)
    session.run("python", "tests/fetch_helm.py")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def bench_service(session: nox.Session) -> None:
    """The service against other gateways; `-- --write` records docs/benchmarks-service.md."""
    install(session)
    session.run("python", "-m", "benchmarks.service", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write locks/ from pyproject.toml; `nox -s lock -- --upgrade` takes newer releases."""
    session.install("--require-hashes", "-r", "locks/dev.txt")
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    # The development lock decides; the others repeat its versions, so that one environment can
    # hold any of them together.
    everything = ("pyproject.toml", "--extra=dev")
    compile_lock(session, "dev", *everything, *session.posargs)
    compile_lock(session, "base", "pyproject.toml", "--constraint=locks/dev.txt")
    local = ("--extra=local", "--constraint=locks/dev.txt")
    compile_lock(session, "local", "pyproject.toml", *local)
    for name, requirements in (
        ("service", project["project"]["optional-dependencies"]["service"]),
        ("build", project["build-system"]["requires"]),
    ):
        listed = Path(session.create_tmp()) / f"{name}.in"
        listed.write_text("\n".join(requirements) + "\n", "utf-8")
        compile_lock(session, name, str(listed), "--constraint=locks/dev.txt", "--no-annotate")
    compile_lock(session, "minimums", *everything, "--resolution=lowest-direct")
    for peer in ("langserve", "litellm"):
        wanted = f"benchmarks/service/peers/{peer}"
        compile_requirements(session, f"{wanted}.in", f"{wanted}.txt")


def compile_lock(session: nox.Session, name: str, *arguments: str) -> None:
    """Write locks/NAME.txt."""
    compile_requirements(session, *arguments, f"locks/{name}.txt")


def compile_requirements(session: nox.Session, *arguments: str) -> None:
    """Write the last argument: pinned for Linux and macOS and every supported Python, hashed."""
    *wanted, output = arguments
    session.run(
        "uv", "pip", "compile", *LOCK_ARGUMENTS, *wanted, f"--output-file={output}",
        env={"UV_CUSTOM_COMPILE_COMMAND": "nox -s lock"},
    )  # fmt: skip
