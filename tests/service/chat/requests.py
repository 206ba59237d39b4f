"""Requests for chat completions that are right, of every form there is."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

TEXT = st.text(max_size=12)
NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,64}", fullmatch=True)
OBJECTS = st.dictionaries(TEXT, TEXT | st.integers(-9, 9) | st.none(), max_size=3)
FLAGS = st.booleans()
TOKENS = st.integers(1, 100_000)
URLS = st.sampled_from(
    [
        "https://example.com/a.png",
        "http://h/x",
        "data:image/png;base64,aGk=",
        "DATA:image/gif;base64,",
    ]
)


def record(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: as_strategy(value) for name, value in required.items()},
        optional={name: as_strategy(value) | st.none() for name, value in optional.items()},
    )


def as_strategy(value: Any) -> st.SearchStrategy[Any]:
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


PARTS = st.one_of(
    record({"type": "text", "text": TEXT}),
    record({"type": "image_url", "image_url": record({"url": URLS}, detail=TEXT)}),
    record({"type": "input_audio", "input_audio": record({"data": TEXT, "format": "wav"})}),
    record({"type": "file", "file": OBJECTS}),
    record({"type": "refusal", "refusal": TEXT}),
    record({"type": "video_url", "video_url": OBJECTS}),
)
CONTENTS = TEXT | st.lists(PARTS, min_size=1, max_size=3)
CALLED = record({"name": TEXT, "arguments": TEXT})
TOOL_CALLS = st.lists(
    record({"type": "function", "id": TEXT, "function": CALLED})
    | record({"type": "custom", "id": TEXT, "custom": OBJECTS}),
    min_size=1,
    max_size=2,
)
MESSAGES = st.one_of(
    record(
        {"role": st.sampled_from(["system", "developer", "user"]), "content": CONTENTS}, name=TEXT
    ),
    record({"role": "assistant", "content": CONTENTS}, tool_calls=TOOL_CALLS, refusal=TEXT),
    record({"role": "assistant", "tool_calls": TOOL_CALLS}, content=st.none()),
    record({"role": "assistant", "content": None, "function_call": CALLED}),
    record({"role": "assistant", "content": None, "refusal": TEXT}),
    record({"role": "assistant", "content": None, "audio": OBJECTS}),
    record({"role": "tool", "content": CONTENTS, "tool_call_id": TEXT}),
    record({"role": "function", "content": TEXT | st.none(), "name": TEXT}),
)
FUNCTIONS = record({"name": NAMES}, description=TEXT, parameters=OBJECTS, strict=FLAGS)
SCHEMAS = record({"name": NAMES}, description=TEXT, schema=OBJECTS, strict=FLAGS)
TOOLS = record({"type": "function", "function": FUNCTIONS}) | record(
    {"type": "custom"}, custom=OBJECTS
)
PAIRS = st.dictionaries(st.text(max_size=64), st.text(max_size=20), max_size=16)

PLAIN = record(
    {"messages": st.lists(MESSAGES, min_size=1, max_size=4)},
    model=TEXT,
    temperature=st.floats(0, 2) | st.integers(0, 2),
    top_p=st.floats(0, 1),
    n=st.integers(1, 128),
    max_tokens=TOKENS,
    max_completion_tokens=TOKENS,
    presence_penalty=st.floats(-2, 2),
    frequency_penalty=st.floats(-2, 2),
    seed=st.integers(-(2**63), 2**63 - 1),
    stop=TEXT | st.lists(TEXT, min_size=1, max_size=4),
    stream=FLAGS,
    parallel_tool_calls=FLAGS,
    response_format=st.sampled_from([{"type": "text"}, {"type": "json_object"}])
    | record({"type": "json_schema", "json_schema": SCHEMAS}),
    logprobs=FLAGS,
    logit_bias=st.dictionaries(TEXT, st.floats(-100, 100), max_size=2),
    reasoning_effort=TEXT,
    user=TEXT,
    metadata=PAIRS,
    service_tier=TEXT,
    store=FLAGS,
    modalities=st.lists(TEXT, max_size=2),
    audio=OBJECTS,
    prediction=OBJECTS,
    functions=st.lists(FUNCTIONS, max_size=2),
    function_call=st.sampled_from(["none", "auto"]) | record({"name": NAMES}),
    a_field_of_tomorrow=OBJECTS | TEXT,
)


@st.composite
def chat_requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request that is right, also where one field needs another."""
    body = draw(PLAIN)
    if body.get("stream"):
        body["stream_options"] = draw(record({}, include_usage=FLAGS) | st.none())
    if body.get("logprobs"):
        body["top_logprobs"] = draw(st.integers(0, 20) | st.none())
    tools = body["tools"] = draw(st.lists(TOOLS, max_size=3))
    if tools:
        named = [tool["function"]["name"] for tool in tools if tool["type"] == "function"]
        choices = [{"type": "function", "function": {"name": name}} for name in named]
        body["tool_choice"] = draw(
            st.sampled_from(["none", "auto", "required", {"type": "custom"}, None, *choices])
        )
    return body
