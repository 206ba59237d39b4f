"""What is wrong with a model that was to be plugged in.

A module of its own, so that whoever reports it need not load LangChain.
"""

from __future__ import annotations


class FactoryError(Exception):
    """`langchain:<dotted factory>` in LLM_MODEL_NAME or LLM_MODELS gives no chat model.

    The message names the variables and never shows their values.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(f"LLM_MODEL_NAME or LLM_MODELS: the langchain: model {problem}")
