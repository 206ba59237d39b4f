"""GET /v1/models and /v1/models/{id}."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from service.errors import NotFound

if TYPE_CHECKING:
    from starlette.requests import Request

    from service.models.catalogue import Model
    from service.runtime import Runtime


class Models:
    """The models of the catalogue, in OpenAI's form."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def all(self, request: Request) -> Response:
        """Every model; the default one comes first."""
        del request
        models = [self._shown(model) for model in self._runtime.catalogue]
        return _json({"object": "list", "data": models})

    async def one(self, request: Request) -> Response:
        """One model, by any of its names."""
        name = request.path_params["id"]
        if not name:
            # To leave the name out of a request asks for the default; here it asks for nothing.
            raise NotFound("There is nothing at /v1/models/; /v1/models lists the models.")
        model = self._runtime.catalogue.find(name)
        return _json(self._shown(model))

    def _shown(self, model: Model) -> dict[str, Any]:
        return {
            "id": model.name,
            "object": "model",
            "created": self._runtime.started,
            "owned_by": model.provider,
        }


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
