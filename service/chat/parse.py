"""Reads and checks the body of a chat completion request.

Sizes are refused as 413 (TooLarge): too many messages with the code `too_many_messages`, an image
with `image_too_large`. Everything else that is wrong is a 400 that names the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.chat.document import MISSING, read_object
from service.chat.fields import check_fields
from service.chat.messages import check_messages
from service.chat.request import ChatRequest

if TYPE_CHECKING:
    from service.chat.request import Limits


def parse(raw: bytes, limits: Limits) -> ChatRequest:
    """The request that `raw` holds. Raises BadRequest and TooLarge."""
    body = read_object(raw)
    check_messages(body.get("messages", MISSING), limits)
    check_fields(body)
    stream = body.get("stream") is True
    options = body.get("stream_options") if stream else None
    return ChatRequest(
        raw=raw,
        body=body,
        stream=stream,
        include_usage=options is not None and options.get("include_usage") is True,
    )
