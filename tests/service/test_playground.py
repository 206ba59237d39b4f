"""The playground as a person meets it: in a browser, served by a running service."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from benchmarks.service.upstream import FakeUpstream
from service.endpoints.playground import POLICY, pages
from tests.service.running import Service
from tests.service.visit import ARGUMENTS, CHROMIUM, PATIENCE_MILLISECONDS, Visit, open_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 380, "height": 760}

SLOW = "slow"
REFUSING = "refusing"
BREAKING = "breaking"
MODELS = {
    SLOW: "fake:itl=10,n=400",
    REFUSING: "fake:mode=err,status=400,message=Too-many-cooks",
    BREAKING: "fake:mode=errstream,at=4,itl=20,message=Out-of-breath",
}
"""What a person may choose beside the echo, and what the provider behind it does."""

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[FakeUpstream]:
    """A provider that answers as the name of its model says."""
    provider = FakeUpstream()
    running, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def run() -> None:
        async with provider:
            running.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    running.wait(5)
    yield provider
    loop.call_soon_threadsafe(stop.set)
    thread.join(5)
    loop.close()


@pytest.fixture(scope="module")
def site(upstream: FakeUpstream) -> Iterator[str]:
    """The address of a service that shows the playground."""
    entries = [
        {"name": name, "model": f"openai-compatible:{model}"} for name, model in MODELS.items()
    ]
    running = Service(
        AUTH_MODE="none",
        PLAYGROUND_ENABLED="true",
        LLM_MODEL_NAME="builtin:echo",
        LLM_MODELS=json.dumps(entries),
        LLM_BASE_URL=upstream.url,
        LLM_API_KEY="a-key-of-the-tests",
        LLM_RETRIES="0",
    )
    yield running.url
    running.kill()


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
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """A wide window. Whatever a test does in it, it must not trouble the browser."""
    opened = open_page(browser, site, viewport=WIDE)
    yield opened
    opened.page.close()
    assert opened.troubles == []


def test_an_answer_is_shown_with_what_is_known_of_it(visit: Visit) -> None:
    visit.say("Good morning")
    answer = visit.page.locator(".answer")
    facts = answer.locator(".facts")
    expect(facts).to_contain_text("Request")
    expect(answer.locator(".text")).to_contain_text("Good morning")
    assert facts.locator("dt").all_text_contents() == ["Tokens", "First token", "Total", "Request"]
    tokens, first, total, request = facts.locator("dd").all_text_contents()
    assert re.fullmatch(r"\d+ in, \d+ out", tokens)
    assert re.fullmatch(r"\d+ ms", first)
    assert re.fullmatch(r"\d+ ms", total)
    assert request == visit.request_id


def test_an_answer_that_may_be_cached_says_where_it_is_from(visit: Visit) -> None:
    visit.page.get_by_label("Temperature").fill("0")
    for expected in ("miss", "hit"):
        visit.say("Have I asked this before?")
        expect(visit.page.locator(".facts").last).to_contain_text(f"Cache{expected}")
        visit.page.get_by_role("button", name="New chat").click()


def test_an_answer_in_one_piece_is_shown_too(visit: Visit) -> None:
    visit.page.get_by_label("Stream the answer").uncheck()
    visit.say("All at once")
    expect(visit.page.locator(".answer .text")).to_contain_text("All at once")
    assert "stream" not in visit.asked


def test_text_grows_while_it_comes(visit: Visit) -> None:
    visit.choose(SLOW)
    visit.say("Tell me a story")
    lengths = [visit.shown_length(longer_than) for longer_than in (0, 100, 200)]
    expect(visit.page.locator(".answer")).to_have_attribute("aria-busy", "true")
    assert lengths == sorted(lengths)
    visit.page.get_by_role("button", name="Stop").click()


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_stop_ends_the_work_of_the_provider(visit: Visit, upstream: FakeUpstream, way: str) -> None:
    aborted = upstream.stats.aborted
    visit.choose(SLOW)
    visit.say("Tell me a story")
    visit.shown_length(0)
    if way == "button":
        visit.page.get_by_role("button", name="Stop").click()
    else:
        visit.page.keyboard.press(way)
    expect(visit.page.locator(".facts")).to_contain_text("stopped by you")
    expect(visit.page.get_by_role("button", name="Send")).to_be_visible()
    until(lambda: upstream.stats.aborted == aborted + 1)


def until(holds: Any) -> None:
    """Wait for what another thread does, five seconds at most."""
    tick = threading.Event()
    for _ in range(500):
        if holds():
            return
        tick.wait(0.01)
    raise AssertionError("it did not come to pass")


def test_the_conversation_goes_on_from_what_was_said(visit: Visit) -> None:
    for text in ("One", "Two"):
        visit.say(text)
        expect(visit.page.get_by_role("button", name="Send")).to_be_visible()
    said = [(message["role"], message["content"]) for message in visit.asked["messages"]]
    assert said == [
        ("user", "One"),
        ("assistant", visit.page.locator(".answer .text").first.text_content()),
        ("user", "Two"),
    ]


def test_a_new_chat_remembers_nothing(visit: Visit) -> None:
    visit.say("One")
    visit.page.get_by_role("button", name="New chat").click()
    expect(visit.page.get_by_text("Try this deployment by hand.")).to_be_visible()
    visit.say("Two")
    assert visit.asked["messages"] == [{"role": "user", "content": "Two"}]


def test_what_is_left_blank_is_not_sent(visit: Visit) -> None:
    visit.say("Hello")
    assert sorted(visit.asked) == ["messages", "model", "stream", "stream_options"]


def test_what_is_filled_in_is_sent(visit: Visit) -> None:
    visit.page.get_by_label("System prompt").fill("Be brief.")
    visit.page.get_by_label("Temperature").fill("0.5")
    visit.page.get_by_label("Max tokens").fill("12")
    visit.say("Hello")
    assert visit.asked["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (visit.asked["temperature"], visit.asked["max_completion_tokens"]) == (0.5, 12)


def test_a_number_out_of_its_range_is_not_sent(visit: Visit) -> None:
    visit.page.get_by_label("Temperature").fill("3")
    visit.say("Hello")
    expect(visit.page.get_by_label("Temperature")).to_be_focused()
    assert visit.questions == []


def test_shift_and_enter_start_a_line(visit: Visit) -> None:
    prompt = visit.page.get_by_label("Message", exact=True)
    prompt.press_sequentially("One")
    prompt.press("Shift+Enter")
    prompt.press_sequentially("two")
    prompt.press("Enter")
    assert visit.asked["messages"][-1]["content"] == "One\ntwo"


def test_enter_that_ends_the_composition_of_a_letter_does_not_send(visit: Visit) -> None:
    prompt = visit.page.get_by_label("Message", exact=True)
    prompt.fill("안녕")
    prompt.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(prompt).to_have_value("안녕")
    assert visit.questions == []


def test_an_image_goes_along_as_a_data_url(visit: Visit) -> None:
    visit.page.set_input_files(
        "#file", {"name": "dot.png", "mimeType": "image/png", "buffer": PIXEL}
    )
    expect(visit.page.get_by_role("img", name="dot.png")).to_be_visible()
    visit.say("What is this?")
    url = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    assert visit.asked["messages"][-1]["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]


def test_an_image_can_be_taken_off_again(visit: Visit) -> None:
    visit.page.set_input_files(
        "#file", {"name": "dot.png", "mimeType": "image/png", "buffer": PIXEL}
    )
    visit.page.get_by_role("button", name="Remove dot.png").click()
    visit.say("Hello")
    assert visit.asked["messages"][-1]["content"] == "Hello"


def test_an_error_is_shown_as_openai_writes_it_with_the_name_of_its_request(visit: Visit) -> None:
    visit.choose(REFUSING)
    visit.say("Hello")
    failure = visit.page.get_by_role("alert")
    expect(failure).to_contain_text("400")
    expect(failure).to_contain_text("Too-many-cooks")
    expect(visit.page.locator(".facts")).to_contain_text(visit.request_id)


def test_what_came_before_a_stream_broke_stays(visit: Visit) -> None:
    visit.choose(BREAKING)
    visit.say("Hello")
    expect(visit.page.get_by_role("alert")).to_contain_text("Out-of-breath")
    assert visit.page.locator(".answer .text").text_content() != ""


def test_a_failed_request_can_be_tried_again(visit: Visit) -> None:
    visit.choose(REFUSING)
    visit.say("Hello")
    visit.choose("echo")
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.page.locator(".answer .text")).to_contain_text("Hello")
    assert visit.asked["messages"] == [{"role": "user", "content": "Hello"}]


def test_markup_in_an_answer_is_text(visit: Visit) -> None:
    attack = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>"
    visit.say(attack)
    expect(visit.page.locator(".answer .text")).to_contain_text(attack)
    assert visit.page.locator("#log img, #log script").count() == 0
    assert visit.page.evaluate("window.ran") is None


def test_the_token_is_sent_and_kept_in_this_tab_alone(visit: Visit) -> None:
    visit.page.get_by_label("Token", exact=True).fill("a.secret.token")
    visit.say("Hello")
    assert visit.questions[-1].headers["authorization"] == "Bearer a.secret.token"
    kept = "[sessionStorage.getItem('token'), localStorage.length, document.cookie]"
    assert visit.page.evaluate(kept) == ["a.secret.token", 0, ""]


def test_the_curl_command_does_what_the_page_does(visit: Visit) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl")
    page = visit.page
    page.get_by_label("Token", exact=True).fill("a.secret.token")
    page.get_by_label("Stream the answer").uncheck()
    page.get_by_label("Message", exact=True).fill('It\'s $HOME, "quoted" `once`\nJSON')
    page.get_by_text("This request as curl").click()
    shown = page.get_by_label("The curl command")
    expect(shown).to_contain_text("curl")
    command = shown.text_content() or ""
    assert "a.secret.token" not in command
    assert '-H "Authorization: Bearer $TOKEN"' in command
    run = subprocess.run(  # noqa: S603 - the page's own command, on the loopback address
        ["/bin/sh", "-c", command.replace("curl ", "curl --silent ", 1)],
        env={"PATH": os.environ["PATH"], "TOKEN": "a.secret.token"},
        capture_output=True,
        check=True,
        timeout=10,
    )
    said = json.loads(run.stdout)["choices"][0]["message"]["content"]
    assert 'It\'s $HOME, "quoted" `once`\nJSON' in said


def test_readiness_and_release_are_shown(visit: Visit) -> None:
    expect(visit.page.locator("#readiness")).to_have_text("Ready")
    expect(visit.page.locator("#version")).to_have_text(re.compile(r"\d+\.\d+\.\d+"))


def test_what_keeps_the_service_from_being_ready_is_shown(
    browser: Browser, service: Callable[..., Service]
) -> None:
    keyless = service(
        AUTH_MODE="none", PLAYGROUND_ENABLED="true", LLM_MODEL_NAME="openai:gpt-4o-mini"
    )
    page = open_page(browser, keyless.url).page
    expect(page.locator("#readiness")).to_contain_text(re.compile("^Not ready: .*OPENAI_API_KEY"))
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_of_a_narrow_window(browser: Browser, site: str, scheme: str) -> None:
    visit = open_page(browser, site, viewport=NARROW, color_scheme=scheme)
    page = visit.page
    visit.say("unbroken" * 40 + " and some words that are")
    expect(page.locator(".facts")).to_contain_text("Request")
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    page.get_by_text("Settings").click()
    page.get_by_text("This request as curl").click()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    page.close()


def test_the_page_and_all_that_it_loads_are_served_under_their_addresses() -> None:
    assert {address: kind for address, (_, kind) in pages().items()} == {
        "/": "text/html; charset=utf-8",
        "/playground/answer.js": "text/javascript; charset=utf-8",
        "/playground/app.js": "text/javascript; charset=utf-8",
        "/playground/deployment.js": "text/javascript; charset=utf-8",
        "/playground/request.js": "text/javascript; charset=utf-8",
        "/playground/style.css": "text/css; charset=utf-8",
        "/playground/view.js": "text/javascript; charset=utf-8",
    }


def test_the_policy_lets_nothing_run_or_load_that_is_not_ours() -> None:
    assert POLICY.split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
