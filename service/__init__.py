"""The LLM gateway: a Starlette application that runs from the tree and from its image."""

__version__ = "0.1.0"
