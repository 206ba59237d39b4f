"""What the clients ask: messages, tools and schemas that several of their tests share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg"
    "GAWjR9awAAAABJRU5ErkJggg=="
)

ASK: Any = [{"role": "user", "content": "Say something."}]
ASK_WEATHER: Any = [{"role": "user", "content": "What is the weather in 'Paris'?"}]
ASK_PICTURE: Any = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": PIXEL}},
        ],
    }
]


def function(name: str, **properties: str) -> dict[str, Any]:
    """A tool whose arguments have these types."""
    described = {key: {"type": kind} for key, kind in properties.items()}
    parameters = {
        "type": "object",
        "properties": described,
        "required": list(described),
        "additionalProperties": False,
    }
    definition = {"name": name, "description": name, "parameters": parameters, "strict": True}
    return {"type": "function", "function": definition}


WEATHER: Any = [function("get_weather", city="string"), function("get_time", city="string")]


class Book(BaseModel):
    """A book."""

    title: str
    pages: int


ASK_BOOK: Any = [{"role": "user", "content": "A book called 'Ulysses' with 730 pages."}]
ULYSSES = Book(title="Ulysses", pages=730)
