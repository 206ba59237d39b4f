"""String formats: those of Kubernetes names, and those of OpenAPI that the API server checks.

Each function takes a string and says what was expected, or None when it is fine. The rules are
those of k8s.io/apimachinery `pkg/util/validation` and `pkg/api/resource`.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_DNS_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DNS_1035 = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_NAME_PART = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_PORT_NAME = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_ENV_NAME = re.compile(r"[ -<>-~]+")
_QUANTITY = re.compile(
    r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?", re.ASCII
)
_PERCENT = re.compile(r"\d+%", re.ASCII)
_GO_DURATION = re.compile(
    r"[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII
)
_PROMETHEUS_DURATION = re.compile(
    r"0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?", re.ASCII
)
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_CRON_MACRO = re.compile(r"@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)")

_LETTERS = "lower-case letters, digits"


def dns_label(text: str) -> str | None:
    """RFC 1123 label: the names of namespaces, containers, volumes."""
    if len(text) <= 63 and _DNS_LABEL.fullmatch(text):
        return None
    return f"a name of at most 63 {_LETTERS} and -, with a letter or digit at both ends"


def dns_1035_label(text: str) -> str | None:
    """RFC 1035 label: the names of services."""
    if len(text) <= 63 and _DNS_1035.fullmatch(text):
        return None
    return f"a name of at most 63 {_LETTERS} and -, a letter first and no - at the end"


def dns_subdomain(text: str) -> str | None:
    """RFC 1123 subdomain: the names of most objects."""
    if len(text) <= 253 and _DNS_SUBDOMAIN.fullmatch(text):
        return None
    return f"a name of at most 253 {_LETTERS}, - and dots, with a letter or digit at both ends"


def path_segment(text: str) -> str | None:
    """The names of RBAC objects: anything that can stand in a URL path."""
    if text and text not in {".", ".."} and "/" not in text and "%" not in text:
        return None
    return "a name without / and %"


def host(text: str) -> str | None:
    """A host of an Ingress: a DNS name, with `*.` in front at most; empty means every host."""
    name = text.removeprefix("*.")
    if not text or (dns_subdomain(name) is None and not _is_address(name)):
        return None
    return "a DNS name such as app.example.com, without scheme, port or upper case"


def qualified_name(text: str) -> str | None:
    """The key of a label or annotation: `[prefix/]name`."""
    prefix, slash, name = text.rpartition("/")
    good_prefix = not slash or dns_subdomain(prefix) is None
    if good_prefix and len(name) <= 63 and _NAME_PART.fullmatch(name):
        return None
    return "a key of the form [prefix/]name, the name at most 63 letters, digits, -, _ or dots"


def annotation_key(text: str) -> str | None:
    """The key of an annotation; the API server compares it in lower case."""
    return qualified_name(text.lower())


def label_value(text: str) -> str | None:
    """The value of a label."""
    if not text or (len(text) <= 63 and _NAME_PART.fullmatch(text)):
        return None
    return "at most 63 letters, digits, -, _ or dots, with a letter or digit at both ends"


def config_key(text: str) -> str | None:
    """A key in the data of a ConfigMap or Secret."""
    if len(text) <= 253 and _CONFIG_KEY.fullmatch(text) and text != "." and text[:2] != "..":
        return None
    return "a key of letters, digits, -, _ or dots"


def service_port_name(text: str) -> str | None:
    """The name of a service's port; empty stands for none."""
    return dns_label(text) if text else None


def port_name(text: str) -> str | None:
    """IANA service name: the name of a port; empty stands for none."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return "a port number without quotes, or a port name with a letter in it"
    good = len(text) <= 15 and _PORT_NAME.fullmatch(text) and any(c.isalpha() for c in text)
    return None if good else f"a port name of at most 15 {_LETTERS} and -, no two - in a row"


def env_name(text: str) -> str | None:
    """The name of an environment variable, as Kubernetes 1.30 and later have it."""
    return None if _ENV_NAME.fullmatch(text) else "a name of printable ASCII characters without ="


def quantity(text: str) -> str | None:
    """An amount of CPU, memory or anything else."""
    return None if _QUANTITY.fullmatch(text) else "a quantity such as 500m, 2 or 1Gi"


def int_or_percent(text: str) -> str | None:
    """What stands beside integers in maxSurge, maxUnavailable and minAvailable."""
    return None if _PERCENT.fullmatch(text) else "an integer without quotes or a percentage"


def go_duration(text: str) -> str | None:
    """`1h30m`, as Go's time.ParseDuration reads it."""
    return None if _GO_DURATION.fullmatch(text) else "a duration such as 30s, 15m or 1h"


def prometheus_duration(text: str) -> str | None:
    """`1d12h`, as Prometheus reads it: from years down to milliseconds."""
    return None if _PROMETHEUS_DURATION.fullmatch(text) else "a duration such as 30s or 5m"


def date_time(text: str) -> str | None:
    """RFC 3339."""
    return None if _TIMESTAMP.fullmatch(text) else "a time such as 2026-01-31T12:00:00Z"


def base64_bytes(text: str) -> str | None:
    """Standard base64 with padding; line ends are skipped, as Go does."""
    compact = text.replace("\n", "").replace("\r", "")
    try:
        base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return "base64"
    return None


def cidr(text: str) -> str | None:
    """`10.0.0.0/8`, IPv4 or IPv6."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return "a range such as 10.0.0.0/8"
    return None if "/" in text else "a range such as 10.0.0.0/8"


def cron(text: str) -> str | None:
    """Five fields, after a time zone perhaps, or a macro. Ranges are not checked."""
    fields = text.split()
    zoned = bool(fields) and fields[0].startswith(("TZ=", "CRON_TZ="))
    if len(fields) == 5 + zoned or _CRON_MACRO.fullmatch(text.strip()):
        return None
    return "a cron schedule of five fields such as 0 3 * * *"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, Callable[[str], str | None]] = {
    "annotation-key": annotation_key,
    "byte": base64_bytes,
    "cidr": cidr,
    "config-key": config_key,
    "cron": cron,
    "date-time": date_time,
    "dns-1035-label": dns_1035_label,
    "dns-label": dns_label,
    "dns-subdomain": dns_subdomain,
    "env-name": env_name,
    "go-duration": go_duration,
    "host": host,
    "int-or-percent": int_or_percent,
    "k8s-long-name": dns_subdomain,
    "k8s-short-name": dns_label,
    "label-value": label_value,
    "path-segment": path_segment,
    "port-name": port_name,
    "prometheus-duration": prometheus_duration,
    "qualified-name": qualified_name,
    "quantity": quantity,
    "service-port-name": service_port_name,
}
"""By the name in `format`. Those that are not here are not checked, as on the API server."""

INTEGER_RANGES: Mapping[str, tuple[int, int]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}
"""The formats of integers, and what they hold."""
