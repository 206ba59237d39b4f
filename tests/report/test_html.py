from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.report.html.page import MOST_FINDINGS
from plate_llm_cli.report.html.reporter import HtmlReporter
from tests.report.html_pages import Parsed, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from plate_llm_cli.report.base import Report

VERSION = """\
<article class="finding error" data-severity="error" data-rule="rule-version-is-number">
<p class="meta"><span class="severity">error</span> \
<a href="#rule-version-is-number">version-is-number</a></p>
<h3>Helm reads this tag as the number 1.1.</h3>
<p class="place">charts/web/values-stg.yaml:2:8</p>
<pre class="source main"><code>\
<span class="row around"><span class="number">1</span> <span class="text">image:</span>
</span><span class="row"><span class="number">2</span> \
<span class="text">  tag: <mark>1.10</mark></span>
</span></code></pre>
<p class="help"><strong>Help:</strong> Put it in quotes: &#34;1.10&#34;.</p>
<div class="elsewhere">
<p>overrides: <span class="place">charts/web/values.yaml:2:8</span></p>
<pre class="source other"><code>\
<span class="row around"><span class="number">1</span> <span class="text">image:</span>
</span><span class="row"><span class="number">2</span> \
<span class="text">  tag: <mark>&#34;&#34;</mark></span>
</span></code></pre>
</div>
<dl class="facts">
<div><dt>value</dt><dd>image.tag</dd></div>
<div><dt>object</dt><dd>Deployment stg/web, spec.template.spec.containers[0].image</dd></div>
</dl>
</article>
"""

RULE = """\
<article class="rule" id="rule-dead-value">
<h3>dead-value</h3>
<p class="meta"><span class="severity warning">warning</span> 1 finding</p>
<h4>What it does</h4>
<p>Finds values that nothing reads.</p>
</article>
"""

FOUND = Finding("a-rule", Severity.ERROR, "message", "", Location("a.yaml", 1, 1, 1, 2))


def digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_a_finding_has_its_sources_with_their_ranges_marked(small: Report) -> None:
    assert VERSION in page(small)


def test_a_rule_that_found_something_is_documented(small: Report) -> None:
    assert RULE in page(small)
    assert Parsed(page(small)).lines("h3") == [
        "No template reads 설명.",
        "Helm reads this tag as the number 1.1.",
        "dead-value",
        "version-is-number",
    ]


def test_the_head_has_the_counts_the_environments_and_the_time(small: Report) -> None:
    parsed = Parsed(page(small))
    assert parsed.lines("li") == [
        "1 error", "1 warning", "0 info", "3 suppressed", "2 environments", "0.42 s",
    ]  # fmt: skip
    assert parsed.lines("title") == [
        "1 error, 1 warning in 2 releases (3 suppressed, 0.42 s) - plate-llm"
    ]


def test_an_environment_counts_what_it_shares_with_others(small: Report) -> None:
    parsed = Parsed(page(small))
    assert parsed.lines("tr")[1:] == ["web-prod010", "web-stg110"]
    assert 'href="#only-1">web-stg</a>' in page(small)
    assert parsed.all("section", "group")[1].attributes["id"] == "only-1"


def test_findings_stand_with_those_of_the_same_environments(of: Callable[..., Report]) -> None:
    names = ("a", "b", "c", "d", "e", "f")
    about = [("b",), (), names, ("a",), ("a", "b"), names[:5], ("b", "a")]
    found = [
        replace(FOUND, message=str(number), environments=about[number])
        for number in range(len(about))
    ]
    parsed = Parsed(page(of(*found, environments=names)))
    assert parsed.lines("h2") == [
        "All 6 environments 1 finding",
        "5 of 6 environments: a, b, c and others 1 finding",
        "a, b 2 findings",
        "a 1 finding",
        "b 1 finding",
        "No environment: the tree itself 1 finding",
        "Rules",
    ]
    assert parsed.lines("p", "names") == ["a, b, c, d, e, f", "a, b, c, d, e"]
    assert [
        section.attributes["data-environments"] for section in parsed.all("section", "group")
    ] == ["0 1 2 3 4 5", "0 1 2 3 4", "0 1", "0", "1", ""]


def test_a_clean_page_says_so_and_has_no_script(clean: Report) -> None:
    parsed = Parsed(page(clean))
    assert parsed.lines("h1") == ["No findings"]
    assert parsed.lines("main") == ["Every environment was checked, and nothing was found."]
    assert (parsed.all("script"), parsed.all("form")) == ([], [])


def test_a_page_without_environments_does_not_praise_them(of: Callable[..., Report]) -> None:
    assert Parsed(page(of())).lines("main") == [
        "Nothing was found, and no environment was checked."
    ]


def test_the_policy_lets_only_this_style_and_this_script_run(small: Report) -> None:
    parsed = Parsed(page(small))
    (style,), (script,) = parsed.all("style"), parsed.all("script")
    (policy,) = (
        meta.attributes["content"]
        for meta in parsed.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == (
        f"default-src 'none'; style-src '{digest(style.text)}'; "
        f"script-src '{digest(script.text)}'; base-uri 'none'; form-action 'none'"
    )


def test_the_page_asks_for_nothing_outside_of_itself(small: Report) -> None:
    parsed = Parsed(page(small))
    loading = {"src", "srcset", "action", "data", "poster", "style"}
    assert [item for item in parsed.elements if loading & set(item.attributes)] == []
    links = {item.attributes["href"] for item in parsed.elements if "href" in item.attributes}
    ids = {item.attributes.get("id") for item in parsed.elements}
    assert {link.removeprefix("#") for link in links} <= ids
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp", page(small))


def test_every_field_of_the_form_has_a_label(small: Report) -> None:
    text = page(small)
    around = re.findall(
        r'<label><input type="checkbox" name="severity" value="(\w+)" checked> ', text
    )
    assert around == ["error", "warning"]
    assert re.findall(
        r'<label for="([\w-]+)">\w+</label>\n<(?:select|input) [^>]*id="\1"', text
    ) == ["of-rule", "of-environment", "with-text"]
    assert len(re.findall("<(?:select|input) ", text)) == 5


def test_markup_in_the_tree_is_text(of: Callable[..., Report]) -> None:
    hostile = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 * 7 }}"
    found = replace(
        FOUND,
        rule=hostile,
        message=hostile,
        help=f"`{hostile}`",
        location=Location(f"{hostile}.yaml", 1, 1, 1, 9),
        environments=(hostile,),
        value=hostile,
    )
    text = page(of(found, environments=(hostile,), lines=lambda _path: [hostile]))
    parsed = Parsed(text)
    assert (len(parsed.all("script")), parsed.all("img")) == (1, [])
    assert parsed.lines("article", "finding")[0].count(hostile) == 6


def test_what_cannot_be_seen_is_written_out(of: Callable[..., Report]) -> None:
    found = replace(FOUND, message="a\x1b[31m\u202eb", environments=("e\u200bf",))
    parsed = Parsed(page(of(found, lines=lambda _path: ["\tk\u2067: 1"])))
    assert parsed.lines("h3")[0] == r"a\x1b[31m\u202eb"
    assert parsed.lines("h2")[0] == r"e\u200bf 1 finding"
    assert parsed.lines("span", "text") == [r"k\u2067: 1"]


def test_a_message_keeps_its_lines_and_is_cut_short(of: Callable[..., Report]) -> None:
    parsed = Parsed(page(of(replace(FOUND, message="\n".join(f"line {n}" for n in range(25))))))
    assert parsed.lines("h3")[0] == "line 0"
    details = parsed.lines("p", "detail")
    assert (details[0], details[-1]) == ("line 1", "and 5 more lines (--format json has them)")


def test_of_more_findings_than_a_browser_likes_the_worst_are_shown(
    of: Callable[..., Report],
) -> None:
    many = [
        Finding(
            "a-rule",
            Severity.INFO if number < 7 else Severity.WARNING,
            "message",
            "",
            Location("a.yaml", number + 1, 1, number + 1, 2),
        )
        for number in range(MOST_FINDINGS + 5)
    ]
    text = page(of(*many))
    shown = Counter(re.findall(r'data-severity="(\w+)"', text))
    assert shown == {"warning": MOST_FINDINGS - 2, "info": 2}
    assert "5 findings more than this page shows: it has the worst 2,000." in text
    assert "<strong>7</strong> info" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp949", "utf-8"])
def test_any_stream_gets_a_page_that_a_browser_reads_as_utf8(
    encoding: str, small: Report, written: Callable[..., str]
) -> None:
    data = written(HtmlReporter(), small, encoding).encode(encoding)
    assert "No template reads 설명." in Parsed(data.decode("utf-8")).lines("h3")


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_report_is_a_page_of_visible_text(
    data: st.DataObject, any_report: SearchStrategy[Report]
) -> None:
    text = page(data.draw(any_report))
    parsed = Parsed(text)
    ids = [item.attributes["id"] for item in parsed.elements if "id" in item.attributes]
    assert len(ids) == len(set(ids))
    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
