"""The application: what is where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from service.endpoints.chat import ChatCompletions
from service.endpoints.documents import Documents
from service.endpoints.embeddings import Embeddings
from service.endpoints.health import Health
from service.endpoints.models import Models
from service.web.gateway import Gateway

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from service.runtime import Runtime


def build(runtime: Runtime) -> Gateway:
    """The whole application. The runtime must be entered before the first request."""
    routes = routes_of(runtime)
    app = Application(routes=routes)
    app.router.redirect_slashes = False
    return Gateway(app, runtime, [route.path for route in routes])


class Application(Starlette):
    """Starlette without its layers for errors: the gateway answers them, in OpenAI's form."""

    def build_middleware_stack(self) -> ASGIApp:
        """The router alone."""
        return self.router


def routes_of(runtime: Runtime) -> list[Route]:
    """Every path that there is."""
    models, health, documents = Models(runtime), Health(runtime), Documents(runtime)
    routes = [
        Route("/v1/chat/completions", ChatCompletions(runtime), methods=["POST"]),
        Route("/v1/embeddings", Embeddings(runtime), methods=["POST"]),
        Route("/v1/models", models.all),
        Route("/v1/models/{id:path}", models.one),
        Route("/livez", health.live),
        Route("/readyz", health.ready),
        Route("/version", documents.version),
        Route("/openapi.json", documents.openapi),
    ]
    if runtime.settings.playground_enabled:
        routes += [Route("/", documents.page), Route("/playground/{file}", documents.page)]
    return routes
