"""The HTTP side: the one ASGI layer around every request, bodies, answers."""
