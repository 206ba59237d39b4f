"""GET /version, /openapi.json and the playground: documents that do not change while we run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response

from service.endpoints import openapi, playground
from service.errors import NotFound
from service.release import version_document

if TYPE_CHECKING:
    from starlette.requests import Request

    from service.runtime import Runtime


class Documents:
    """Read once, sent as they are."""

    def __init__(self, runtime: Runtime) -> None:
        self._version = orjson.dumps(version_document())
        self._openapi = openapi.document(tokens=runtime.settings.auth_mode == "jwt")
        self._pages = playground.pages() if runtime.settings.playground_enabled else {}

    async def version(self, request: Request) -> Response:
        """Which release and image this is."""
        del request
        return Response(self._version, media_type="application/json")

    async def openapi(self, request: Request) -> Response:
        """The description of this API."""
        del request
        return Response(self._openapi, media_type="application/json")

    async def page(self, request: Request) -> Response:
        """A file of the playground."""
        page = self._pages.get(request.url.path)
        if page is None:
            raise NotFound("There is no such page.")
        body, kind = page
        headers = {"content-security-policy": playground.POLICY, "cache-control": "no-cache"}
        return Response(body, media_type=kind, headers=headers)
