"""What the service says of itself: errors, models, health and version."""

from __future__ import annotations

from service.endpoints.schemas.vocabulary import Schema, listed, or_null, record, ref, text, word


def service_state() -> dict[str, Schema]:
    """Everything that is not about one request's content."""
    error = {
        "message": text("What happened and what to do, for people."),
        "type": text("OpenAI's word for the kind of error."),
        "param": or_null(text("The field of the request that is meant.")),
        "code": or_null(text("What happened, for programs.")),
    }
    model = {
        "id": text(),
        "object": word("model"),
        "created": {"type": "integer"},
        "owned_by": text("Its provider."),
    }
    told = listed(record({"name": text(), "message": text()}, ("name", "message")))
    readiness = {"status": word("ready", "not ready"), "reasons": told, "concerns": told}
    build = {
        "version": text("The release."),
        "revision": or_null(text("The commit that the image was built from.")),
        "built": or_null(text("When, as RFC 3339 has it.")),
    }
    return {
        "Error": record({"error": record(error, tuple(error))}, ("error",)),
        "Model": record(model, tuple(model)),
        "ModelList": record(
            {"object": word("list"), "data": listed(ref("Model"), minItems=1)}, ("object", "data")
        ),
        "Liveness": record({"status": word("live")}, ("status",)),
        "Readiness": record(
            readiness,
            tuple(readiness),
            description="`reasons` keep this instance from its traffic, `concerns` are told only.",
        ),
        "Version": record(build, tuple(build)),
    }
