"""Texts that values hold: what Kubernetes, registries and Go accept, checked without coercion.

Every type carries its constraint into JSON Schema. Sources: Kubernetes' apimachinery
`util/validation` (names, labels), the OCI distribution reference grammar (images), Go's
`time.ParseDuration` (durations).

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from plate_llm_cli.source.strict_types import TextForm

Mapping = dict[str, Any]
"""A part that goes to Kubernetes as it is."""

# Kubernetes names

_LABEL: Final = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(?:\.{_LABEL})*"
_NAME_PART: Final = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DNS_HINT: Final = "Small letters, digits and -, beginning and ending with a letter or digit."

DNS_LABEL: Final = TextForm(
    _LABEL, "a DNS label of at most 63 characters", hint=_DNS_HINT, longest=63
)
DNS_SUBDOMAIN: Final = TextForm(
    _SUBDOMAIN, "a DNS name of at most 253 characters", hint=_DNS_HINT, longest=253
)
_HOST: Final = "a host name, without scheme, port or path"
_WILDCARD: Final = "A wildcard may stand for the first label only: *.example.org."

DnsLabel = Annotated[str, DNS_LABEL]
"""RFC 1123: namespaces, containers, Services."""
OptionalDnsLabel = Annotated[
    str, TextForm(_LABEL, DNS_LABEL.form, hint=_DNS_HINT, longest=63, may_be_empty=True)
]
DnsSubdomain = Annotated[str, DNS_SUBDOMAIN]
"""RFC 1123: names of most objects."""
OptionalDnsSubdomain = Annotated[
    str, TextForm(_SUBDOMAIN, DNS_SUBDOMAIN.form, hint=_DNS_HINT, longest=253, may_be_empty=True)
]
HostName = Annotated[str, TextForm(_SUBDOMAIN, _HOST, longest=253, example="llm.example.org")]
IngressHost = Annotated[
    str,
    TextForm(
        rf"(?:\*\.)?{_SUBDOMAIN}", _HOST, hint=_WILDCARD, longest=253, example="llm.example.org"
    ),
]

LABEL_KEY: Final = TextForm(
    rf"(?:{_SUBDOMAIN}/)?{_NAME_PART}",
    "a key: [prefix/]name, where the name has at most 63 letters, digits, -, _ and .",
    longest=317,
)
LABEL_VALUE: Final = TextForm(
    _NAME_PART,
    "a label value: at most 63 letters, digits, -, _ and .",
    hint="It begins and ends with a letter or digit, or is empty.",
    longest=63,
    may_be_empty=True,
)
Labels = dict[Annotated[str, LABEL_KEY], Annotated[str, LABEL_VALUE]]
Annotations = dict[Annotated[str, LABEL_KEY], str]
"""Kubernetes gives annotation keys the form of label keys; their values are any text."""

EnvVarName = Annotated[
    str,
    TextForm(
        "[-._A-Za-z][-._A-Za-z0-9]*",
        "the name of an environment variable",
        hint="Letters, digits, _, - and ., not beginning with a digit.",
        example="OPENAI_API_KEY",
    ),
]
SecretKey = Annotated[
    str, TextForm("[-._A-Za-z0-9]+", "a key of a Secret: letters, digits, -, _ and .", longest=253)
]

# Images

_PATH_PART: Final = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DOMAIN_PART: Final = "[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?"
_SHA256: Final = "sha256:[a-f0-9]{64}"
_DIGEST: Final = "a digest: sha256: and 64 hexadecimal digits"

ImageRepository = Annotated[
    str,
    TextForm(
        rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*(?::[0-9]+)?/)?{_PATH_PART}(?:/{_PATH_PART})*",
        "an image name without tag",
        hint="The tag has a field of its own; the path is in small letters.",
        longest=255,
        example="harbor.example.org/team/app",
    ),
]
ImageTag = Annotated[
    str,
    TextForm(
        "[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}",
        "an image tag, which is never empty",
        hint="Give a tag, or leave it out (null) for the default.",
        longest=128,
        example="1.2.3",
    ),
]
ImageDigest = Annotated[str, TextForm(_SHA256, _DIGEST)]
OptionalImageDigest = Annotated[str, TextForm(_SHA256, _DIGEST, may_be_empty=True)]

# Durations

GO_DURATION: Final = TextForm(
    r"(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+|0",
    "a duration such as 90s, 5m or 1h30m",
    hint="The longest unit is h: a day is 24h.",
    example="1h30m",
)
GoDuration = Annotated[str, GO_DURATION]
"""Go and Kubernetes (metav1.Duration); without a sign, as nobody waits a negative time."""
PrometheusDuration = Annotated[
    str, TextForm("(?:[0-9]+(?:ms|[ywdhms]))+|0", "a duration such as 30s or 1m30s", example="30s")
]

# Addresses

_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_URL: Final = "https?://[!-.0->@-~][!-~]*"

OptionalHttpUrl = Annotated[
    str, TextForm(_URL, "an address that begins with http:// or https://", may_be_empty=True)
]
HttpUrl = Annotated[str, TextForm(_URL, "an address that begins with http:// or https://")]
OptionalRedisUrl = Annotated[
    str,
    TextForm(
        "rediss?://[!-~]+",
        "an address that begins with redis:// or rediss://",
        may_be_empty=True,
    ),
]
AllowedHost = Annotated[
    str,
    TextForm(
        r"(?:\*\.)?[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]",
        "a host name without scheme and port, or *.<domain>",
        longest=253,
        example="llm.example.org",
    ),
]
"""What the service compares with the header Host."""
WebOrigin = Annotated[
    str,
    TextForm(
        r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::[0-9]{1,5})?",
        "an origin in small letters: scheme, host and perhaps a port, without a path",
        example="https://app.example.org",
    ),
]
"""What a browser sends in the header Origin."""
OptionalBaseUrl = Annotated[
    str,
    TextForm(
        'https?://[!-"$-.0->A-~]+(?:/[!-"$->@-~]*)?',
        "an address that begins with http:// or https:// and ends with its path",
        hint="It holds no user, no password and no ? or #.",
        may_be_empty=True,
    ),
]
"""An address that paths are added to."""
HttpPath = Annotated[str, TextForm("/[!-~]*", "a path that begins with /")]
Cidr4 = Annotated[
    str,
    TextForm(
        rf"{_OCTET}(?:\.{_OCTET}){{3}}/(?:3[0-2]|[12]?[0-9])",
        "an IPv4 block such as 10.0.0.0/8",
        example="10.0.0.0/8",
    ),
]


_UNITS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def duration_seconds(duration: str) -> float:
    """The length of a PrometheusDuration in seconds."""
    parts = re.findall("([0-9]+)(ms|[ywdhms])", duration)
    return sum(int(number) * _UNITS[unit] for number, unit in parts)
