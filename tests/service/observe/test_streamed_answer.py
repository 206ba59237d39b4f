from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from service.observe.streamed_answer import joined


def events(*chunks: Any) -> bytes:
    return b"".join(b"data: " + orjson.dumps(chunk) + b"\n\n" for chunk in chunks)


def delta(index: int = 0, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": fields, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}


def test_text_that_came_in_pieces_is_whole() -> None:
    stream = events(
        delta(role="assistant", content=""),
        delta(content="Hel"),
        delta(content="lo"),
        delta(finish="stop"),
        {"id": "c1", "choices": [], "usage": {"prompt_tokens": 1}},
    )
    assert joined(stream + b"data: [DONE]\n\n") == {
        "id": "c1",
        "object": "chat.completion",
        "model": "m",
        "usage": {"prompt_tokens": 1},
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello"},
                "finish_reason": "stop",
            }
        ],
    }


def test_calls_of_tools_are_put_together_by_their_index() -> None:
    def call(index: int, arguments: str, **more: Any) -> dict[str, Any]:
        return {
            "index": index,
            "function": {"arguments": arguments, **more.pop("function", {})},
            **more,
        }

    stream = events(
        delta(tool_calls=[call(0, "", id="a", type="function", function={"name": "f"})]),
        delta(tool_calls=[call(1, "", id="b", type="function", function={"name": "g"})]),
        delta(tool_calls=[call(0, '{"x":')]),
        delta(tool_calls=[call(1, "{}"), call(0, "1}")]),
    )
    message = joined(stream)["choices"][0]["message"]
    assert message["tool_calls"] == [
        {
            "index": 0,
            "id": "a",
            "type": "function",
            "function": {"arguments": '{"x":1}', "name": "f"},
        },
        {"index": 1, "id": "b", "type": "function", "function": {"arguments": "{}", "name": "g"}},
    ]


def test_several_choices_are_kept_apart() -> None:
    stream = events(delta(1, content="b"), delta(0, content="a"), delta(1, content="B"))
    contents = [choice["message"]["content"] for choice in joined(stream)["choices"]]
    assert contents == ["a", "bB"]


def test_an_error_event_is_kept() -> None:
    stream = events(delta(content="a"), {"error": {"message": "lost"}})
    answer = joined(stream)
    assert answer["error"] == {"message": "lost"}
    assert answer["choices"][0]["message"] == {"content": "a"}


def test_a_stream_that_was_cut_is_as_long_as_it_was() -> None:
    answer = joined(events(delta(content="a")) + b'data: {"choices": [{"ind')
    assert answer["choices"][0]["message"] == {"content": "a"}


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "index", "delta", "content", "tool_calls", "finish_reason"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.lists(values, max_size=5), st.binary(max_size=30))
def test_whatever_a_provider_sends_is_no_error(chunks: list[Any], end: bytes) -> None:
    assert joined(events(*chunks) + end)["object"] == "chat.completion"


def test_lists_within_objects_need_no_index() -> None:
    stream = events(delta(more={"parts": [{"a": 1}, 2]}), delta(more={"parts": [{"index": 0}]}))
    (choice,) = joined(stream)["choices"]
    assert choice["message"] == {"more": {"parts": [{"a": 1}, 2, {"index": 0}]}}
