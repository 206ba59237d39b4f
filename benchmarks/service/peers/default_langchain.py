"""The gateway that LangChain's manual leads to: a shared ChatOpenAI, ainvoke and astream."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from langchain_openai import ChatOpenAI
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from langchain_core.messages import AIMessage
    from starlette.requests import Request

model = ChatOpenAI(
    model="fake",
    base_url=os.environ["UPSTREAM_URL"],
    api_key=lambda: "sk-fake",
    max_retries=0,
    stream_usage=True,
)


async def chat(request: Request) -> Response:
    """The model's answer in OpenAI's form."""
    body = await request.json()
    options = {name: body[name] for name in ("temperature", "max_tokens") if name in body}
    if body.get("stream"):
        events = stream(body["messages"], options)
        return StreamingResponse(events, media_type="text/event-stream")
    message = await model.ainvoke(body["messages"], **options)
    return JSONResponse(completion(message))


def completion(message: AIMessage) -> dict[str, Any]:
    """A whole answer."""
    about = message.response_metadata
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": message.content},
        "finish_reason": about["finish_reason"],
    }
    return {
        "id": about["id"],
        "object": "chat.completion",
        "model": about["model_name"],
        "choices": [choice],
        "usage": about["token_usage"],
    }


async def stream(messages: Any, options: dict[str, Any]) -> AsyncIterator[str]:
    """The events of a stream."""
    async for piece in model.astream(messages, **options):
        delta = {"index": 0, "delta": {"content": piece.content}}
        event = {"id": piece.id, "object": "chat.completion.chunk", "choices": [delta]}
        yield f"data: {json.dumps(event)}\n\n"
    yield "data: [DONE]\n\n"


async def ready(_: Request) -> Response:
    """It is up."""
    return Response("ok")


app = Starlette(
    routes=[Route("/v1/chat/completions", chat, methods=["POST"]), Route("/readyz", ready)]
)
