"""What a whole process writes, seen from outside: standard output and standard error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[3]
INSTALL = """
import logging, threading, warnings, asyncio, sys, time
from service.observe.log import Log
log = Log({level!r})
log.redact(["correct-horse-battery-staple"])
log.install()
"""


def run(code: str, level: str = "info") -> tuple[list[dict[str, Any]], str, int]:
    """The lines that a process with a log wrote, its standard error and its exit code."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", INSTALL.format(level=level) + code],
        capture_output=True,
        cwd=ROOT,
        timeout=30,
        check=False,
    )
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    return lines, done.stderr.decode(), done.returncode


def said(lines: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(line["logger"], line["level"], line["message"]) for line in lines]


def test_libraries_and_warnings_are_lines_of_the_same_log() -> None:
    lines, errors, code = run(
        """
uvicorn = logging.getLogger("uvicorn.error")
uvicorn.info("Started server process [%d]", 1)
logging.getLogger("langchain_core.x").warning("careful")
logging.getLogger("asyncio").error("lost task")
warnings.warn("old")
logging.getLogger("service.part").info("ours")
"""
    )
    assert (errors, code) == ("", 0)
    assert said(lines)[:3] == [
        ("uvicorn.error", "info", "Started server process [1]"),
        ("langchain_core.x", "warning", "careful"),
        ("asyncio", "error", "lost task"),
    ]
    assert lines[3]["logger"] == "py.warnings"
    assert "UserWarning: old" in lines[3]["message"]
    assert lines[4]["message"] == "ours"


def test_handlers_that_were_there_before_are_gone_and_access_lines_with_them() -> None:
    lines, errors, _ = run(
        """
for name in ("uvicorn", "uvicorn.access", "aiohttp.client"):
    logging.getLogger(name).addHandler(logging.StreamHandler(sys.stdout))
    logging.getLogger(name).propagate = False
log.install()
logging.getLogger("uvicorn.access").info("GET / 200")
logging.getLogger("aiohttp.client").info("once")
"""
    )
    assert said(lines) == [("aiohttp.client", "info", "once")]
    assert errors == ""


def test_libraries_that_show_what_they_send_are_heard_from_warnings_on() -> None:
    lines, _, _ = run(
        """
for name in ("openai", "httpx2", "anthropic", "other"):
    logging.getLogger(name + ".client").debug("body: canary")
    logging.getLogger(name + ".client").info("request")
    logging.getLogger(name + ".client").warning("careful")
logging.getLogger("service.part").debug("ours")
""",
        level="debug",
    )
    assert said(lines) == [
        ("openai.client", "warning", "careful"),
        ("httpx2.client", "warning", "careful"),
        ("anthropic.client", "warning", "careful"),
        ("other.client", "info", "request"),
        ("other.client", "warning", "careful"),
        ("service.part", "debug", "ours"),
    ]


def test_an_error_that_ends_the_process_is_a_line_without_its_secrets() -> None:
    lines, errors, code = run("raise RuntimeError('correct-horse-battery-staple')")
    assert (errors, code) == ("", 1)
    assert said(lines) == [("service", "critical", "Ended by an error")]
    assert lines[0]["exception"]["message"] == "[redacted]"


def test_an_error_that_ends_a_thread_is_a_line() -> None:
    lines, errors, code = run(
        """
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
"""
    )
    assert (errors, code) == ("", 0)
    assert lines[0]["exception"]["type"] == "builtins.ZeroDivisionError"


def test_an_error_that_a_task_lost_is_a_line() -> None:
    lines, errors, _ = run(
        """
async def main():
    async def lost():
        raise RuntimeError("correct-horse-battery-staple")
    task = asyncio.create_task(lost())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
asyncio.run(main())
"""
    )
    assert errors == ""
    assert lines[0]["logger"] == "asyncio"
    assert lines[0]["exception"]["message"] == "[redacted]"
    assert "staple" not in str(lines)


def test_nothing_is_lost_when_the_process_ends() -> None:
    lines, _, code = run("for n in range(3000): logging.getLogger('service').info('line %d', n)")
    assert code == 0
    assert [line["message"] for line in lines] == [f"line {number}" for number in range(3000)]


def test_a_reader_who_stopped_does_not_keep_the_process_from_ending() -> None:
    code = "for n in range(3000): logging.getLogger('service').info('x' * 1000)"
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", INSTALL.format(level="info") + code],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.wait(timeout=20) == 0
        assert process.stdout is not None
        process.stdout.close()
