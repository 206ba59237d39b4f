"""What LangChain is given is its own to store, copy and put together."""

from __future__ import annotations

from langchain_core.load import dumpd
from langchain_core.messages import AIMessage, AIMessageChunk

from service.providers.langchain_wire import Answer, AnswerMessage, AnswerPiece, Event

EVENT = Event(b"{}", {}, "x", waits=False)


def test_whoever_stores_a_message_stores_one_of_langchains_own() -> None:
    message = AnswerMessage(content="x").keep(Answer(b"{}", {}))
    assert dumpd(message) == dumpd(AIMessage(content="x"))
    assert dumpd(AnswerPiece(content="x").keep(EVENT)) == dumpd(AIMessageChunk(content="x"))


def test_pieces_can_be_put_together() -> None:
    whole = AnswerPiece(content="x").keep(EVENT) + AnswerPiece(content="y").keep(EVENT)
    assert whole.content == "xy"
    assert isinstance(whole, AnswerPiece)
    assert whole.take() is None


def test_an_event_is_given_once_so_that_it_is_not_kept_for_the_whole_stream() -> None:
    piece = AnswerPiece(content="x").keep(EVENT)
    assert piece.take() == EVENT
    assert piece.take() is None


def test_a_copy_of_a_message_has_no_answer_of_its_own() -> None:
    message = AnswerMessage(content="x").keep(Answer(b"{}", {}))
    assert message.unchanged
    copy = message.model_copy()
    assert copy.answer is None
    assert not copy.unchanged
