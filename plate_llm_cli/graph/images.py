"""Images as containers name them, and the tags that point elsewhere tomorrow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_MOVING: Final = frozenset(
    {
        *("latest", "main", "master", "mainline", "trunk", "head", "develop", "dev", "development"),
        *("stg", "stage", "staging", "test", "testing", "qa", "uat", "preview", "integration"),
        *("prod", "production", "live", "release", "stable", "current", "lts", "rolling", "next"),
        *("nightly", "edge", "canary", "unstable", "snapshot", "alpha", "beta", "rc", "devel"),
    }
)
"""Names of branches, environments and channels: who builds one gives it the same tag again."""
_VARIANT: Final = re.compile(
    r"(?:latest|stable|mainline|nightly|edge|lts)-"
    r"(?:alpine|slim|debian|ubuntu|bookworm|bullseye|trixie|jammy|noble|distroless|amd64|arm64)"
)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._/:-]*(?:@sha256:[0-9a-f]{64})?", re.IGNORECASE)
_HUB: Final = re.compile(r"^(?:index\.)?docker\.io/(?:library/)?")


@dataclass(frozen=True, slots=True)
class Image:
    """The parts of `registry/name:tag@digest`; '' for what is not there."""

    repository: str
    tag: str
    digest: str

    @property
    def moves(self) -> bool:
        """Whether the same reference is another image once somebody pushes."""
        if self.digest:
            return False
        tag = self.tag.lower()
        return not tag or tag in _MOVING or _VARIANT.fullmatch(tag) is not None

    @property
    def is_latest(self) -> bool:
        """Whether Kubernetes takes it for `latest`, whose pull policy is Always unless set."""
        return not self.digest and self.tag in ("", "latest")


def image_of(reference: str) -> Image | None:
    """The image of a container; None for what something fills in later, such as `$(IMAGE)`."""
    if _NAME.fullmatch(reference) is None:
        return None
    named, _, digest = reference.partition("@")
    path, colon, tag = named.rpartition(":")
    if not colon or "/" in tag:
        path, tag = named, ""
    return Image(_HUB.sub("", path), tag, digest)
