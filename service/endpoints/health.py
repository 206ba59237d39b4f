"""GET /livez and /readyz. Neither asks a provider: that would cost money, and restart pods for
what is no fault of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from service.runtime import Runtime


class Health:
    """What the kubelet asks."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def live(self, request: Request) -> Response:
        """The event loop turns."""
        del request
        return Response(b'{"status":"live"}', media_type="application/json")

    async def ready(self, request: Request) -> Response:
        """Whether requests can be answered, and what is the matter.

        `reasons` keep the pod from its traffic; `concerns` are told only.
        """
        del request
        reasons, concerns = self._runtime.reasons(), self._runtime.concerns()
        status = "not ready" if reasons else "ready"
        document = {"status": status, "reasons": reasons, "concerns": concerns}
        return Response(
            orjson.dumps(document), 503 if reasons else 200, media_type="application/json"
        )
