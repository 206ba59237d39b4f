"""What a client is told when something goes wrong, in OpenAI's form.

    ApiError
    ├── BadRequest           400  the request itself is wrong
    ├── Unauthorized         401  no token, or one that does not verify
    ├── Forbidden            403  a token that does not cover this
    ├── NotFound             404  no such model or path
    ├── MethodNotAllowed     405
    ├── RequestTimeout       408  the client did not send its body in time
    ├── TooLarge             413  over a limit of size
    ├── RateLimited          429  over a limit of rate, ours
    ├── Overloaded           503  too many requests at once
    ├── NotReady             503  a setting is missing that this needs
    └── UpstreamError        the provider failed: its status, or 502 and 504 where it gave none

A message is written for the client. It never holds a key, a URL of ours or a value of a setting.
"""

from __future__ import annotations

from typing import ClassVar

import orjson

Headers = tuple[tuple[bytes, bytes], ...]


class ApiError(Exception):
    """An answer that is an error.

    `code` and `param` are OpenAI's: a word for programs, and the field of the request that is
    meant. `headers` are added to the answer.
    """

    status: int = 500
    kind: ClassVar[str] = "server_error"
    code: str | None = None
    headers: Headers = ()

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        if code is not None:
            self.code = code

    def body(self) -> bytes:
        """The answer's body, as OpenAI writes errors."""
        return orjson.dumps(
            {
                "error": {
                    "message": self.message,
                    "type": self.type,
                    "param": self.param,
                    "code": self.code,
                }
            }
        )

    @property
    def type(self) -> str:
        """OpenAI's word for the kind of error."""
        return self.kind


class BadRequest(ApiError):
    """The request itself is wrong."""

    status = 400
    kind = "invalid_request_error"


class Unauthorized(ApiError):
    """No token, or one that does not verify. `reason` is for metrics and the log alone."""

    status = 401
    kind = "authentication_error"
    code = "invalid_api_key"
    headers = ((b"www-authenticate", b"Bearer"),)

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Forbidden(ApiError):
    """A valid token that does not cover this. `reason` is for metrics and the log alone."""

    status = 403
    kind = "permission_error"
    code = "insufficient_scope"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotFound(ApiError):
    """No such model, or no such path."""

    status = 404
    kind = "invalid_request_error"
    code = "not_found"


class MethodNotAllowed(ApiError):
    """Another method than the path has; `allowed` is the value of the header Allow."""

    status = 405
    kind = "invalid_request_error"
    code = "method_not_allowed"

    def __init__(self, message: str, *, allowed: str) -> None:
        super().__init__(message)
        self.headers = ((b"allow", allowed.encode()),)


class RequestTimeout(ApiError):
    """The client did not send its request in time."""

    status = 408
    kind = "invalid_request_error"
    code = "request_timeout"


class TooLarge(ApiError):
    """Over a limit of size."""

    status = 413
    kind = "invalid_request_error"
    code = "request_too_large"


class RateLimited(ApiError):
    """Over a limit of rate. The answer says in how many seconds to try again.

    `limit` is what there were too many of: `requests` or `tokens`.
    """

    status = 429
    kind = "rate_limit_error"
    code = "rate_limit_exceeded"

    def __init__(
        self, message: str, *, retry_after: float, headers: Headers = (), limit: str = "requests"
    ) -> None:
        super().__init__(message)
        self.limit = limit
        self.headers = (retry_after_header(retry_after), *headers)


class Overloaded(ApiError):
    """More requests at once than this process takes. The answer says when to try again."""

    status = 503
    kind = "server_error"
    code = "overloaded"

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.headers = (retry_after_header(retry_after),)


class NotReady(ApiError):
    """A setting is missing that this request needs."""

    status = 503
    kind = "server_error"
    code = "not_ready"


class UpstreamError(ApiError):
    """A provider failed, or could not be reached.

    `status` is the provider's, or 502 (not reachable, nonsense) or 504 (too slow) where it gave
    none. `retryable` says whether another attempt, or another provider, may do better.
    `retry_after` is in seconds, where the provider gave one.
    """

    def __init__(  # noqa: PLR0913 - each is a field of the answer
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "api_error",
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code, param=param)
        self.status = status
        self.error_type = kind
        self.retryable = retryable
        self.retry_after = retry_after
        if retry_after is not None:
            self.headers = (retry_after_header(retry_after),)

    @property
    def type(self) -> str:
        """The provider's own word, else `api_error`."""
        return self.error_type


def retry_after_header(seconds: float) -> tuple[bytes, bytes]:
    """The header Retry-After: whole seconds, at least 1."""
    return b"retry-after", b"%d" % max(1, -int(-seconds // 1))
