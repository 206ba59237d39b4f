"""What clients build on, where the model can do it: calls of tools, and JSON of a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import mapping, text
from plate_llm_cli.smoke import asking
from plate_llm_cli.smoke.check import EndedError, Outcome, failed, passed, skipped
from plate_llm_cli.smoke.http import from_json
from plate_llm_cli.smoke.refusals import refusal_of

if TYPE_CHECKING:
    from plate_llm_cli.smoke.asking import Body, Model
    from plate_llm_cli.smoke.trial import Trial

_TOKENS: Final = 128
_SCHEMA: Final = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}
_KINDS: Final = {"city": str, "degrees": int}
_TOOL: Final = {
    "type": "function",
    "function": {
        "name": "set_temperature",
        "description": "Sets the temperature of a city's greenhouse, in whole degrees.",
        "parameters": _SCHEMA,
    },
}
_NOT_ITS_OWN: Final = (
    "clients that build on it will fail: is it a model that can do this, and does llm.baseUrl "
    "speak this part of OpenAI's language?"
)


def tool_call(trial: Trial) -> Outcome:
    """The model has to call a tool, and answers once it has the tool's result."""
    asked = asking.model(trial)
    forced = {"type": "function", "function": {"name": "set_temperature"}}
    question = "Set the greenhouse in Seoul to 21 degrees."
    body = asking.body(asked, question, _TOKENS, tools=[_TOOL], tool_choice=forced)
    choice = _answered(trial, body, asked)
    calls = choice["message"].get("tool_calls")
    call = mapping(calls[0] if isinstance(calls, list) and calls else None)
    function = mapping(call.get("function"))
    if function.get("name") != "set_temperature":
        return failed("the model did not call the tool that it had to call", _NOT_ITS_OWN)
    wrong = _mismatch(function.get("arguments"))
    if wrong:
        return failed(f"what the tool is called with is {wrong}", _NOT_ITS_OWN)
    said = {"role": "assistant", "content": None, "tool_calls": [call]}
    result = {"role": "tool", "tool_call_id": call.get("id"), "content": "It is 21 degrees now."}
    body["messages"] = [*body["messages"], said, result]
    del body["tool_choice"]
    _answered(trial, body, asked)
    return passed("called, and its result was taken")


def json_schema(trial: Trial) -> Outcome:
    """The answer is JSON of the schema that was asked for."""
    asked = asking.model(trial)
    wanted = {"name": "weather", "strict": True, "schema": _SCHEMA}
    question = "Weather as JSON: it is 21 degrees in Seoul."
    form = {"type": "json_schema", "json_schema": wanted}
    choice = _answered(trial, asking.body(asked, question, _TOKENS, response_format=form), asked)
    wrong = _mismatch(choice["message"].get("content"))
    if wrong:
        return failed(f"the answer is {wrong}", _NOT_ITS_OWN)
    return passed("the answer fits the schema")


def _answered(trial: Trial, body: Body, asked: Model) -> Body:
    """The first choice of a whole answer.

    Raises:
        EndedError: the model cannot do this, or there is none.
    """
    answer = asking.ask(trial, body)
    refused = refusal_of(answer)
    if answer.status == 400 and refused.from_service:
        raise EndedError(skipped(f"{asked.name} does not take it: {refused.message}"))
    choice = asking.good(trial, answer, asked)
    if choice.get("finish_reason") == "length":
        raise EndedError(skipped(f"{_TOKENS} tokens were too few for {asked.name}"))
    return choice


def _mismatch(said: Any) -> str:
    """How what the model said differs from JSON of the schema; '' where it does not."""
    found = from_json(text(said))
    if found is None:
        return "no JSON"
    if not isinstance(found, dict) or set(found) != set(_KINDS):
        return "an object with other fields than the schema has"
    if any(type(found[name]) is not kind for name, kind in _KINDS.items()):
        return "an object with values of other types than the schema has"
    return ""
