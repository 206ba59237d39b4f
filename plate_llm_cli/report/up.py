"""What `up` has started: what differs from the cluster, and how to call it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.report.columns import table
from plate_llm_cli.report.untrusted import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.local.differences import Difference
    from plate_llm_cli.local.service import Ports

VERSION: Final = 1
_NOT_SET: Final = "(not set)"


@dataclass(frozen=True, slots=True)
class Started:
    """A system that runs, or ran. `model` is as clients call it."""

    env: str
    ports: Ports
    model: str
    asks_for_tokens: bool
    differences: Sequence[Difference]


def differences_text(started: Started, width: int | None) -> str:
    """A line a variable: what it is here, and why."""
    rows = [(item.variable, item.here or _NOT_SET, item.why) for item in started.differences]
    title = f"What is not as in {started.env}'s pods:"
    return f"{title}\n{table(('VARIABLE', 'HERE', 'WHY'), rows, width)}"


def calls_text(started: Started) -> str:
    """How to call it while it runs: lines to copy."""
    url = started.ports.url
    question = json.dumps({"messages": [{"role": "user", "content": "hello"}]})
    token = (
        ["TOKEN=$(plate-llm up --token)  # good for 15 minutes"] if started.asks_for_tokens else []
    )
    header = ['  -H "Authorization: Bearer $TOKEN" \\'] if started.asks_for_tokens else []
    key = 'os.environ["TOKEN"]' if started.asks_for_tokens else '"none"'
    lines = [
        "How to call it, from another terminal",
        "",
        *token,
        f"curl {url}/v1/chat/completions \\",
        *header,
        "  -H 'Content-Type: application/json' \\",
        f"  -d '{question}'",
        "",
        f'client = openai.OpenAI(base_url="{url}/v1", api_key={key})',
        "client.chat.completions.create(",
        f'    model="{started.model}", messages=[{{"role": "user", "content": "hello"}}]',
        ")",
        "",
        f"metrics: {started.ports.metrics_url}",
        "again:   plate-llm smoke --local",
    ]
    return "".join(f"{line}\n" for line in lines)


def up_json(started: Started, smoke: str | None) -> str:
    """The same for programs; `smoke` is the result of the checks as JSON."""
    document: dict[str, Any] = {
        "version": VERSION,
        "environment": started.env,
        "url": started.ports.url,
        "metrics_url": started.ports.metrics_url,
        "model": started.model,
        "asks_for_tokens": started.asks_for_tokens,
        "differences": [
            {
                "variable": item.variable,
                "there": item.there or None,
                "here": item.here or None,
                "why": item.why,
            }
            for item in started.differences
        ],
        "smoke": json.loads(smoke) if smoke is not None else None,
    }
    return json_text(document)
