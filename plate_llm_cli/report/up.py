"""What `up` has started: what differs from the cluster, and how to call it."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.report.columns import described
from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.local.differences import Difference
    from plate_llm_cli.local.service import Ports

VERSION: Final = 1
_NOT_SET: Final = "(not set)"
_KEY: Final = 'os.environ["TOKEN"]'
_NO_KEY: Final = '"none"'
"""The client wants one."""


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
    rows = [
        (f"  {one_line(item.variable)}", one_line(item.here or _NOT_SET), one_line(item.why))
        for item in started.differences
    ]
    return f"not as in {one_line(started.env)}'s pods\n{described(rows, width)}"


def calls_text(started: Started, root: str = "") -> str:
    """How to call it while it runs: lines to copy. `root` is what -C was given, if it was."""
    program = f"plate-llm -C {shlex.quote(root)}" if root else "plate-llm"
    asks = started.asks_for_tokens
    question = json.dumps({"messages": [{"role": "user", "content": "hello"}]})
    lines = [
        "How to call it from another terminal, with a token of 15 minutes"
        if asks
        else "How to call it: from anywhere, as it asks for no token",
        "",
        *([f"export TOKEN=$({program} up --token)"] if asks else []),
        f"curl {started.ports.url}/v1/chat/completions \\",
        *(['  -H "Authorization: Bearer $TOKEN" \\'] if asks else []),
        "  -H 'Content-Type: application/json' \\",
        f"  -d '{question}'",
        "",
        *(["import os"] if asks else []),
        "import openai",
        "client = openai.OpenAI(",
        f'    base_url="{started.ports.url}/v1",',
        f"    api_key={_KEY if asks else _NO_KEY},",
        ")",
        "client.chat.completions.create(",
        f"    model={json.dumps(started.model)},",
        '    messages=[{"role": "user", "content": "hello"}],',
        ")",
        "",
        f"metrics  {started.ports.metrics_url}",
        f"again    {program} smoke --local",
    ]
    return "".join(f"{line}\n" for line in lines)


def up_json(started: Started, smoke: str) -> str:
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
        "smoke": json.loads(smoke),
    }
    return json_text(document)
