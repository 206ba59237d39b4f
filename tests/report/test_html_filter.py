"""The filter of the HTML report, as a person uses it in a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.report.base import Report
from tests.report.html_pages import page
from tests.service.visit import ARGUMENTS, CHROMIUM, PATIENCE_MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

ONE = Finding(
    "dead-value",
    Severity.WARNING,
    "No template reads colour.",
    "",
    Location("charts/web/values.yaml", 1, 1, 1, 2),
    ("prod", "stg"),
)
TWO = replace(ONE, rule="missing-service", severity=Severity.ERROR, message="No Service web.")
THREE = replace(TWO, message="No Service api.", environments=("stg",))
REPORT = Report((ONE, TWO, replace(ONE, environments=("prod",)), THREE), 0, ("prod", "stg"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page in a window as narrow as a telephone, which must have nothing to complain about."""
    file = tmp_path / "report.html"
    file.write_text(page(REPORT), "utf-8")
    complaints: list[str] = []
    requests: list[str] = []
    shown = browser.new_page(viewport={"width": 380, "height": 760})
    shown.on("console", lambda line: complaints.append(line.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("request", lambda request: requests.append(request.url))
    shown.goto(file.as_uri())
    yield shown
    shown.close()
    assert (complaints, requests) == ([], [file.as_uri()])


def seen(opened: Page) -> list[str]:
    return opened.locator("h2:visible, .finding:visible h3").all_inner_texts()


def test_everything_is_shown_at_first(opened: Page) -> None:
    expect(opened.get_by_role("status")).to_have_text("4 of 4 findings")
    assert opened.evaluate("document.documentElement.scrollWidth") == 380


def test_findings_are_filtered_and_shown_again(opened: Page) -> None:
    opened.get_by_role("checkbox", name="error").uncheck()
    assert seen(opened) == [
        "All 2 environments 1 of 2 findings",
        "No template reads colour.",
        "prod 1 finding",
        "No template reads colour.",
        "Rules",
    ]
    opened.get_by_label("Environment", exact=True).select_option("stg")
    expect(opened.get_by_role("status")).to_have_text("1 of 4 findings")
    opened.get_by_role("button", name="Show all").click()
    expect(opened.get_by_role("status")).to_have_text("4 of 4 findings")


def test_all_words_of_a_search_have_to_be_in_a_finding(opened: Page) -> None:
    opened.get_by_label("Rule", exact=True).select_option("rule-missing-service")
    opened.get_by_label("Text", exact=True).fill("API  service")
    opened.get_by_label("Text", exact=True).press("Enter")
    assert seen(opened) == ["stg 1 finding", "No Service api.", "Rules"]


def test_without_a_script_all_is_there_but_the_form(browser: Browser) -> None:
    shown = browser.new_page(java_script_enabled=False)
    shown.set_content(page(REPORT))
    assert shown.locator(".finding:visible").count() == 4
    assert not shown.locator("form").is_visible()
    shown.close()
