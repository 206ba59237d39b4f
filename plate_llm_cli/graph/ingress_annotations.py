"""The annotations that ingress-nginx reads, and what their values look like.

Keys: docs/user-guide/nginx-configuration/annotations-risk.md of kubernetes/ingress-nginx, and those
of earlier and later releases. Forms: the validators in internal/ingress/annotations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import text

if TYPE_CHECKING:
    from plate_llm_cli.graph.ingresses import Ingress
    from plate_llm_cli.source.nodes import Route

NGINX: Final = "nginx.ingress.kubernetes.io"


@dataclass(frozen=True, slots=True)
class Form:
    """What the values of some annotations look like: a whole match of `pattern`."""

    pattern: re.Pattern[str]
    wanted: str

    def takes(self, value: str) -> bool:
        """Whether ingress-nginx can read `value`; it takes '' as not given."""
        return not value or self.pattern.fullmatch(value.strip()) is not None


def _form(pattern: str, wanted: str) -> Form:
    return Form(re.compile(pattern), wanted)


def _one_of(*options: str, any_case: bool = False) -> Form:
    flag = "(?i)" if any_case else ""
    wanted = " or ".join(filter(None, (", ".join(options[:-1]), options[-1])))
    return _form(f"{flag}({'|'.join(map(re.escape, options))})", wanted)


_BOOLEAN: Final = _form("1|t|T|TRUE|true|True|0|f|F|FALSE|false|False", '"true" or "false"')
_SECONDS: Final = _form(r"[+-]?\d+", "seconds as a whole number without a unit")
_NUMBER: Final = _form(r"[+-]?\d+", "a whole number")
_SIZE: Final = _form(r"(?i)\d+[bkmg]?", "a size that nginx reads, like 8m or 512k")
_COOKIE_AGE: Final = _form(r"0|-?[1-9]\d*", "seconds as a whole number without a unit")
_CODES: Final = _form(r"\d{3}(\s*,\s*\d{3})*", "status codes with commas between them")

_BOOLEANS: Final = """
    auth-always-set-cookie auth-keepalive-share-vars
    auth-tls-pass-certificate-to-upstream canary cors-allow-credentials
    disable-proxy-intercept-errors enable-access-log enable-cors enable-global-auth enable-influxdb
    enable-modsecurity enable-opentelemetry enable-opentracing enable-owasp-core-rules
    enable-rewrite-log force-ssl-redirect from-to-www-redirect http2-push-preload
    opentelemetry-trust-incoming-span opentracing-trust-incoming-span preserve-trailing-slash
    proxy-add-original-uri-header relative-redirects service-upstream
    session-cookie-change-on-failure session-cookie-conditional-samesite-none
    session-cookie-partitioned session-cookie-secure ssl-passthrough ssl-prefer-server-ciphers
    ssl-redirect upstream-hash-by-subset use-port-in-redirects use-regex
"""
_TIMEOUTS: Final = """
    auth-keepalive-timeout proxy-connect-timeout proxy-next-upstream-timeout proxy-read-timeout
    proxy-send-timeout
"""
_NUMBERS: Final = """
    auth-keepalive auth-keepalive-requests auth-tls-verify-depth canary-weight canary-weight-total
    cors-max-age global-rate-limit limit-burst-multiplier limit-connections limit-rate
    limit-rate-after limit-rpm limit-rps permanent-redirect-code proxy-buffers-number
    proxy-next-upstream-tries proxy-ssl-verify-depth temporal-redirect-code
    upstream-hash-by-subset-size
"""
_SIZES: Final = """
    client-body-buffer-size proxy-body-size proxy-buffer-size proxy-busy-buffers-size
    proxy-max-temp-file-size
"""
FORMS: Final[dict[str, Form]] = {
    **dict.fromkeys(_BOOLEANS.split(), _BOOLEAN),
    **dict.fromkeys(_TIMEOUTS.split(), _SECONDS),
    **dict.fromkeys(_NUMBERS.split(), _NUMBER),
    **dict.fromkeys(_SIZES.split(), _SIZE),
    **dict.fromkeys(("session-cookie-expires", "session-cookie-max-age"), _COOKIE_AGE),
    **dict.fromkeys(
        ("proxy-buffering", "proxy-request-buffering", "proxy-ssl-server-name", "proxy-ssl-verify"),
        _one_of("on", "off"),
    ),
    "affinity": _one_of("cookie"),
    "affinity-canary-behavior": _one_of("sticky", "legacy"),
    "affinity-mode": _one_of("balanced", "persistent"),
    "auth-secret-type": _one_of("auth-file", "auth-map"),
    "auth-tls-verify-client": _one_of("on", "off", "optional", "optional_no_ca"),
    "auth-type": _one_of("basic", "digest"),
    "backend-protocol": _one_of(
        "HTTP", "HTTPS", "AUTO_HTTP", "GRPC", "GRPCS", "FCGI", "AJP", any_case=True
    ),
    "custom-http-errors": _CODES,
    "proxy-http-version": _one_of("1.0", "1.1"),
    "satisfy": _one_of("any", "all"),
    "session-cookie-samesite": _one_of("None", "Lax", "Strict", any_case=True),
}
"""By key, without the prefix, the form of the value."""
_OTHERS: Final = """
    allowlist-source-range app-root auth-cache-duration auth-cache-key auth-method
    auth-proxy-set-headers auth-realm auth-request-redirect auth-response-headers auth-secret
    auth-signin auth-signin-redirect-param auth-snippet auth-tls-error-page auth-tls-match-cn
    auth-tls-secret auth-url canary-by-cookie canary-by-header canary-by-header-pattern
    canary-by-header-value configuration-snippet connection-proxy-header cors-allow-headers
    cors-allow-methods cors-allow-origin cors-expose-headers custom-headers default-backend
    denylist-source-range fastcgi-index fastcgi-params-configmap global-rate-limit-ignored-cidrs
    global-rate-limit-key global-rate-limit-window influxdb-host influxdb-measurement influxdb-port
    influxdb-server-name limit-allowlist limit-whitelist load-balance mirror-host
    mirror-request-body mirror-target modsecurity-snippet modsecurity-transaction-id
    opentelemetry-operation-name permanent-redirect proxy-cookie-domain proxy-cookie-path
    proxy-next-upstream proxy-redirect-from proxy-redirect-to proxy-ssl-ciphers proxy-ssl-name
    proxy-ssl-protocols proxy-ssl-secret rewrite-target server-alias server-snippet
    service-match service-weight session-cookie-domain session-cookie-name session-cookie-path
    ssl-ciphers stream-snippet
    temporal-redirect upstream-hash-by upstream-vhost whitelist-source-range x-forwarded-prefix
"""
KEYS: Final = frozenset(FORMS) | frozenset(_OTHERS.split())
"""Every key that a release of the last years reads, without the prefix, Alibaba's two included."""

_OF_CONFIG_MAP: Final = """
    enable-brotli enable-gzip gzip gzip-level gzip-types hide-headers hsts hsts-include-subdomains
    hsts-max-age hsts-preload keep-alive large-client-header-buffers server-tokens ssl-protocols
    use-forwarded-headers use-gzip use-http2 use-proxy-protocol
"""
REPLACED: Final = {
    **{name: f"{name} in the controller's ConfigMap" for name in _OF_CONFIG_MAP.split()},
    "add-base-url": "none: the server's own links have to be right",
    "client-max-body-size": "proxy-body-size",
    "cors-enabled": "enable-cors",
    "enable-websocket": "none: websockets work as they are",
    "grpc-backend": 'backend-protocol: "GRPC"',
    "proxy-buffers": "proxy-buffers-number and proxy-buffer-size",
    "proxy-max-body-size": "proxy-body-size",
    "proxy-timeout": "proxy-read-timeout",
    "rate-limit": "limit-rps or limit-rpm",
    "rate-limit-burst": "limit-burst-multiplier",
    "rate-limit-connections": "limit-connections",
    "rate-limit-rpm": "limit-rpm",
    "rate-limit-rps": "limit-rps",
    "rate-limit-window": "limit-rps (by the second) or limit-rpm (by the minute)",
    "rewrite-to": "rewrite-target",
    "secure-backends": 'backend-protocol: "HTTPS"',
    "session-cookie-hash": "affinity-mode",
    "upstream-fail-timeout": "none",
    "upstream-max-fails": "none",
    "websocket-services": "none: websockets work as they are",
}
"""Keys that are read no more, or never were, and what does their work."""

CERT_MANAGER: Final = "cert-manager.io"
ACME: Final = "acme.cert-manager.io"
EXTERNAL_DNS: Final = "external-dns.alpha.kubernetes.io"
_CERT_MANAGER: Final = """
    allow-direct-injection alt-names certificate-name certificate-revision cluster-issuer
    common-name duration email-sans inject-apiserver-ca inject-ca-from inject-ca-from-secret ip-sans
    issue-temporary-certificate issuer issuer-group issuer-kind issuer-name private-key-algorithm
    private-key-encoding private-key-rotation-policy private-key-secret-name private-key-size
    renew-before renew-before-percentage revision-history-limit secret-template subject-countries
    subject-localities subject-organizationalunits subject-organizations subject-postalcodes
    subject-provinces subject-serialnumber subject-streetaddresses uri-sans usages
"""
_ACME: Final = """
    http01-edit-in-place http01-ingress-class http01-ingress-ingressclassname
    http01-override-ingress-name
"""
_EXTERNAL_DNS: Final = """
    access alias controller endpoints-type exclude gateway-hostname-source hostname ingress
    ingress-hostname-source internal-hostname record-type set-identifier target ttl
"""
KNOWN: Final = {
    NGINX: KEYS,
    CERT_MANAGER: frozenset(_CERT_MANAGER.split()),
    ACME: frozenset(_ACME.split()),
    EXTERNAL_DNS: frozenset(_EXTERNAL_DNS.split()),
}
"""By prefix the keys of those who say which ones they read. The last three read others besides."""
OLD_PREFIXES: Final = {"ingress.kubernetes.io": NGINX, "certmanager.k8s.io": CERT_MANAGER}
"""Prefixes of releases long gone, and what took their place."""
_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})


def annotation_route(key: str) -> Route:
    """The way to an annotation in its object."""
    return ("metadata", "annotations", key)


def nginx_text(ingress: Ingress, name: str) -> str:
    """What an Ingress has in an annotation of ingress-nginx, or ''."""
    return text(ingress.annotations.get(f"{NGINX}/{name}"))


def nginx_switch(ingress: Ingress, name: str) -> bool | None:
    """The same for a switch; None where it is not given."""
    value = nginx_text(ingress, name)
    return value in _TRUE if value else None
