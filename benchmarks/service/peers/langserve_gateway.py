"""LangServe as its manual has it: add_routes around ChatOpenAI."""

from __future__ import annotations

import os

from fastapi import FastAPI  # type: ignore[import-not-found]  # in the peer's environment alone
from langchain_openai import ChatOpenAI
from langserve import add_routes  # type: ignore[import-not-found]

app = FastAPI()
model = ChatOpenAI(model="fake", base_url=os.environ["UPSTREAM_URL"], api_key=lambda: "sk-fake")
add_routes(app, model, path="/chat")
