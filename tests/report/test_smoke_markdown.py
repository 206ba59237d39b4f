"""Smoke checks as a comment of a pull request, and as what Markdown makes of it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from plate_llm_cli.report.smoke import summary
from plate_llm_cli.report.smoke_markdown import MOST_BYTES, smoke_markdown
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.smoke.check import failed, passed, warned
from tests.report.smoke_runs import (
    ANY_URL,
    EVIL,
    HOSTILE,
    HOSTILE_TARGET,
    LONG,
    MIXED,
    STAGING,
    UNREACHABLE,
    WELL,
    result,
    run_of,
)

if TYPE_CHECKING:
    from plate_llm_cli.smoke.runner import Run

WHOLE = """\
## Smoke test of <code>stg</code>: failed

<code>stg: https&#58;//llm.example.org, through its ingress, connected to 10.0.0.12:443</code>

1 passed, 1 to know of, 1 failed, 3 skipped in 3.4 s; 412 tokens spent

| check | verdict | time | what was seen |
| --- | --- | ---: | --- |
| <code>readyz</code> | **fail** | 214 ms | <code>not ready: no key</code> |
| <code>old-token</code> | warn | 1.3 s | <code>taken, but only until noon</code> |

### What to do

- <code>readyz</code>: <code>plate-llm status stg</code>
- <code>old-token</code>: <code>renew it</code>

<details><summary>3 skipped, 1 passed</summary>

| check | verdict | time | what was seen |
| --- | --- | ---: | --- |
| <code>chat</code> | skip |  | <code>not tried, as readyz failed</code> |
| <code>stream</code> | skip |  | <code>not tried, as readyz failed</code> |
| <code>cache</code> | skip |  | <code>nothing is kept</code> |
| <code>livez</code> | pass | 9 ms | <code>in 9 ms</code> |

</details>
"""


TAGS = {"code", "details", "h2", "h3", "li", "p", "strong", "summary", "ul"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


def html(text: str) -> str:
    """What Markdown with GitHub's tables makes of `text`."""
    page: str = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
    return page


def cells(page: str) -> list[list[str]]:
    """The texts of all cells of tables, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]


def test_the_whole_of_a_run() -> None:
    assert smoke_markdown(MIXED, STAGING) == WHOLE


def test_a_good_run_is_folded_away() -> None:
    assert smoke_markdown(WELL, ANY_URL) == (
        "## Smoke test: passed\n"
        "\n"
        "<code>http&#58;//127.0.0.1:8000</code>\n"
        "\n"
        "2 passed in 500 ms\n"
        "\n"
        "<details><summary>2 passed</summary>\n"
        "\n"
        "| check | verdict | time | what was seen |\n"
        "| --- | --- | ---: | --- |\n"
        "| <code>livez</code> | pass | 9 ms | <code>in 9 ms</code> |\n"
        "| <code>version</code> | pass | 10 ms | <code>1.4.2</code> |\n"
        "\n"
        "</details>\n"
    )


@pytest.mark.parametrize(
    ("run", "heading"),
    [
        (UNREACHABLE, "## Smoke test of <code>stg</code>: nothing answered"),
        (run_of(*MIXED.results[3:]), "## Smoke test of <code>stg</code>: nothing was tried"),
        (run_of(MIXED.results[2]), "## Smoke test of <code>stg</code>: passed"),
    ],
)
def test_the_heading_is_the_verdict(run: Run, heading: str) -> None:
    assert smoke_markdown(run, STAGING).splitlines()[0] == heading


def test_a_hostile_text_is_what_its_cell_shows_and_nothing_else() -> None:
    page = html(smoke_markdown(HOSTILE, HOSTILE_TARGET))
    seen = one_line(EVIL)
    shown = [unescape(re.sub("</?code>", "", row[3])) for row in cells(page) if row]
    assert [shown[0], *shown[2:]] == [seen, seen, seen]
    tags = set(re.findall(r"</?([a-z0-9]+)", page))
    assert tags == TAGS


def test_the_source_of_a_hostile_cell() -> None:
    row = smoke_markdown(HOSTILE, ANY_URL).splitlines()[8]
    assert row == (
        r"| <code>livez</code> | **fail** | 100 ms | "
        r"<code>&#92;x1b&#91;31m::error::x ::add-mask::x &#35;&#92;x23&#91;stop-commands&#93;y "
        r"&#93;&#93;&#62; a&#124;b &#96;c&#96; "
        r"&#60;script&#62;&#38;amp; &#64;all &#92;u202e &#91;l&#93;(http&#58;//x) "
        r"!&#91;i&#93;(www&#46;x.org) &#42;b&#42; &#95;e&#95; &#126;&#126;s&#126;&#126; "
        r"&#92;&#124; &#92;x00</code> |"
    )


def test_a_long_text_is_cut() -> None:
    text = smoke_markdown(run_of(result("livez", failed(LONG, ""), 0.1)), ANY_URL)
    assert text.splitlines()[-1] == (
        f"| <code>livez</code> | **fail** | 100 ms | <code>{'x' * 197} … {'x' * 100}</code> |"
    )


def test_a_page_is_never_longer_than_a_comment_may_be() -> None:
    many = [result(f"check-{number}", warned("|" * 10_000, "|" * 10_000)) for number in range(99)]
    many += [result(f"good-{number}", passed("|" * 10_000)) for number in range(99)]
    found = run_of(*many)
    text = smoke_markdown(found, HOSTILE_TARGET)
    assert 40_000 < len(text.encode()) <= MOST_BYTES
    assert summary(found) in text
    assert re.findall(r"(?m)^\d+ more are left out\.$", text) == [
        "78 more are left out.",
        "89 more are left out.",
        "99 more are left out.",
    ]
    assert text.endswith("</details>\n")
