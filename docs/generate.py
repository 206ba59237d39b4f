"""Writes what the documents repeat from the code: `python -m docs.generate --check | --write`.

A generated part of a page stands between the lines `<!-- begin NAME -->` and `<!-- end NAME -->`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docs import checks_table, command_line, settings_table
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.report.rules import markdown_page
from plate_llm_cli.rules.registry import RULES
from service.settings.contract import contract

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]

KOREAN = {
    ExitCode.OK: "정상: `--fail-on` 이상으로 보고할 것이 없음",
    ExitCode.FINDINGS: "발견 사항, 실패한 검사, 차이, 또는 시간이 다 된 대기",
    ExitCode.USAGE: "사용법 오류: 루트, ENV, 옵션, 설정, 또는 쓸 수 없는 출력",
    ExitCode.UNREACHABLE: "필요한 시스템에 연결할 수 없거나 거부당함",
    ExitCode.INTERNAL: "plate-llm 자체의 결함. `--verbose`로 다시 실행하면 traceback이 나옴",
    ExitCode.INTERRUPTED: "Ctrl-C로 중단됨",
}


def exit_codes_in_english() -> str:
    """The table of exit codes of README.md."""
    return exit_codes("code", "meaning", {code: code.describe for code in ExitCode})


def exit_codes_in_korean() -> str:
    """The table of exit codes of README.ko.md."""
    return exit_codes("코드", "의미", {code: KOREAN[code] for code in ExitCode})


def exit_codes(code: str, meaning: str, described: dict[ExitCode, str]) -> str:
    """A Markdown table with the headings `code` and `meaning`."""
    rows = [f"| {item.value} | {text} |" for item, text in described.items()]
    return "\n".join([f"| {code} | {meaning} |", "| ---: | --- |", *rows])


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"exit codes": exit_codes_in_english},
    "README.ko.md": {"exit codes": exit_codes_in_korean},
    "docs/service.md": {"settings": settings_table.table},
    "docs/smoke.md": {"checks": checks_table.table},
}
"""By page: the parts that are generated, and by what."""


PAGES: dict[str, Callable[[], str]] = {
    "docs/cli.md": command_line.page,
    "docs/rules.md": lambda: markdown_page(RULES),
    "service/env-contract.json": contract,
}
"""The pages that are generated as a whole."""


def pages() -> dict[str, str]:
    """Every generated page as it should be, by path."""
    whole = {path: write() for path, write in PAGES.items()}
    return whole | {path: with_parts(path) for path in PARTS}


def with_parts(path: str) -> str:
    """A page with its generated parts as they should be."""
    text = (ROOT / path).read_text("utf-8")
    for name, write in PARTS[path].items():
        begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise SystemExit(f"{path} has no place for {name}: {begin.strip()} ... {end.strip()}")
        head, _, rest = text.partition(begin)
        text = head + begin + write() + end + rest.partition(end)[2]
    return text


def stale() -> dict[str, str]:
    """The pages that are not what the code says, as they should be."""
    return {path: text for path, text in pages().items() if current(path) != text}


def current(path: str) -> str | None:
    """A page as it is, or None where it is missing."""
    file = ROOT / path
    return file.read_text("utf-8") if file.exists() else None


def main() -> None:
    """Check the pages, or write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="fail when a page is stale")
    what.add_argument("--write", action="store_true", help="write the pages")
    arguments = parser.parse_args()
    outdated = stale()
    for path, text in outdated.items():
        if arguments.write:
            (ROOT / path).write_text(text, "utf-8")
        sys.stderr.write(f"{path}: {'written' if arguments.write else 'stale'}\n")
    if outdated and arguments.check:
        raise SystemExit("run `nox -s docs -- --write`")


if __name__ == "__main__":
    main()
