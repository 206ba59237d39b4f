"""Requests as the tests of the parser send them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from service.chat.parse import parse
from service.chat.request import ChatRequest, Limits
from service.errors import BadRequest

LIMITS = Limits()
HELLO = {"role": "user", "content": "hello"}
CALL = {"type": "function", "id": "a", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f"}}


def body(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"messages": list(messages) or [HELLO], **fields}


def read(document: Any, limits: Limits = LIMITS) -> ChatRequest:
    return parse(json.dumps(document).encode(), limits)


def refused(document: Any) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        read(document)
    return caught.value


def image(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}
