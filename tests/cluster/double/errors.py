"""What the double refuses, in the words of a real API server (read in kubernetes/kubernetes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cluster.double.kinds import Resource

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    413: "RequestEntityTooLarge",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class ApiError(Exception):
    """An answer of kind Status; `reason` is the one that goes with `code` unless given."""

    is_plain = False

    def __init__(
        self, code: int, message: str, reason: str | None = None, **details: object
    ) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.reason = REASONS.get(code, "") if reason is None else reason
        self.details = {name: value for name, value in details.items() if value}

    def status(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}}
        body |= {"status": "Failure", "message": self.message, "code": self.code}
        if self.reason:
            body["reason"] = self.reason
        if self.details:
            body["details"] = self.details
        return body


def not_found(resource: Resource, name: str) -> ApiError:
    """404: there is no such object."""
    message = f'{resource.qualified} "{name}" not found'
    return ApiError(404, message, name=name, group=resource.group, kind=resource.plural)


class NoSuchPathError(ApiError):
    """404, in plain text: there is no such resource."""

    is_plain = True


def no_such_path() -> NoSuchPathError:
    """What a server answers where a resource is not installed."""
    return NoSuchPathError(404, "404 page not found\n")


def already_exists(resource: Resource, name: str) -> ApiError:
    """409: the name is taken."""
    message = f'{resource.qualified} "{name}" already exists'
    about = {"name": name, "group": resource.group, "kind": resource.plural}
    return ApiError(409, message, "AlreadyExists", **about)


def modified_meanwhile(resource: Resource, name: str) -> ApiError:
    """409: the resourceVersion that was sent is not the newest."""
    message = (
        f'Operation cannot be fulfilled on {resource.qualified} "{name}": the object has been '
        "modified; please apply your changes to the latest version and try again"
    )
    return ApiError(409, message, name=name, group=resource.group, kind=resource.plural)


def invalid(resource: Resource, name: str, faults: Sequence[str]) -> ApiError:
    """422; each fault is `path: what is wrong`."""
    listed = faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]"
    kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    causes = [_cause(fault) for fault in faults]
    about: dict[str, Any] = {"name": name, "group": resource.group, "kind": resource.kind}
    return ApiError(422, f'{kind} "{name}" is invalid: {listed}', causes=causes, **about)


def _cause(fault: str) -> dict[str, str]:
    path, _, message = fault.partition(": ")
    reasons = {
        "Required value": "FieldValueRequired",
        "Unsupported value": "FieldValueNotSupported",
        "Forbidden": "FieldValueForbidden",
    }
    start = message.partition(":")[0]
    return {"reason": reasons.get(start, "FieldValueInvalid"), "message": message, "field": path}


def undecodable(resource: Resource, version: str, why: str) -> ApiError:
    """400: the body is not what its kind says."""
    kind = resource.kind
    return ApiError(400, f'{kind} in version "{version}" cannot be handled as a {kind}: {why}')
