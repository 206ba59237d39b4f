"""A person's visit to the playground: a page in headless Chromium, and what it did."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MILLISECONDS = 20_000
"""A browser on a busy machine is slow; a test that passes never waits as long."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Visit:
    """A page that was opened, and what it did beside being looked at."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    """Of the browser: uncaught errors, what the policy forbade, everything else on its console."""
    addresses: list[str] = field(default_factory=list)
    questions: list[Request] = field(default_factory=list)

    @property
    def request_id(self) -> str:
        """The name that the service gave the latest chat request."""
        response = self.questions[-1].response()
        assert response is not None
        return response.headers["x-request-id"]

    @property
    def asked(self) -> Any:
        """The body of the latest chat request."""
        return self.questions[-1].post_data_json

    @property
    def troubles(self) -> list[str]:
        """What must not have happened: complaints, and requests to anywhere but the service."""
        elsewhere = [address for address in self.addresses if not address.startswith(self.site)]
        return [line for line in self.complaints if not is_of_the_browser(line)] + elsewhere

    def choose(self, model: str) -> None:
        self.page.get_by_label("Model", exact=True).select_option(model)

    def say(self, text: str) -> None:
        self.page.get_by_label("Message", exact=True).fill(text)
        self.page.get_by_label("Message", exact=True).press("Enter")

    def shown_length(self, longer_than: int) -> int:
        """The length of the answer as soon as it is longer than that."""
        text = self.page.locator(".answer .text")
        expect(text).to_have_text(re.compile(f".{{{longer_than + 1},}}", re.DOTALL))
        return len(text.text_content() or "")

    def noted(self, request: Request) -> None:
        self.addresses.append(request.url)
        if request.url.endswith("/v1/chat/completions"):
            self.questions.append(request)


def open_page(browser: Browser, site: str, **options: Any) -> Visit:
    visit = Visit(browser.new_page(**options), site)
    page = visit.page
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    page.on("request", visit.noted)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("console", lambda line: visit.complaints.append(line.text))
    page.goto(site)
    # The models are listed last.
    expect(page.locator("#chosen")).not_to_be_empty()
    return visit


def is_of_the_browser(line: str) -> bool:
    """Chromium tells of each answer with an error's status, and of passwords outside of forms."""
    return line.startswith(
        ("Failed to load resource: the server responded", "[DOM] Password field")
    )
