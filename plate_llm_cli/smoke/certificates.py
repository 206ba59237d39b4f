"""The certificates that a server shows, whether or not they verify. Only handshakes are made."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from plate_llm_cli.smoke.http import CONNECT_SECONDS, NoAnswerError, reason_of, tls_context

if TYPE_CHECKING:
    from datetime import datetime

    from plate_llm_cli.smoke.target import Target

_DER: Final = 2
"""OpenSSL's X509_FILETYPE_ASN1."""
_UNREADABLE: Final = (
    ValueError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What is raised for a certificate that OpenSSL takes and `cryptography` does not."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. `names` are those that it is for; times are in UTC.

    `subject` and `issuer` are the common name, with the organisation in brackets.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Distrust:
    """Why OpenSSL does not take a certificate: `X509_V_ERR_*` and its words."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Handshake:
    """What came of one. `chain` is as it was sent: the server's own certificate, then others."""

    protocol: str
    """Such as `TLS 1.3`."""
    chain: tuple[Certificate, ...]
    distrust: Distrust | None


def shown_by(target: Target) -> Handshake:
    """The certificates that `target` shows for its host.

    Raises:
        NoAnswerError: there is no handshake, or nothing can be read.
    """
    try:
        return _handshake(target, tls_context(target), None)
    except ssl.SSLCertVerificationError as error:
        distrust = Distrust(error.verify_code, error.verify_message)
    return _handshake(target, _taking_any(), distrust)


def _taking_any() -> ssl.SSLContext:
    """To see what was refused: nothing is sent over such a connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _handshake(target: Target, context: ssl.SSLContext, distrust: Distrust | None) -> Handshake:
    try:
        with (
            socket.create_connection(target.end, timeout=CONNECT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=target.host) as secured,
        ):
            protocol = (secured.version() or "TLS").replace("TLSv", "TLS ")
            return Handshake(protocol, tuple(map(_shown, _sent(secured))), distrust)
    except ssl.SSLCertVerificationError:
        raise
    except ssl.SSLError as error:
        raise NoAnswerError(reason_of(error)) from None
    except TimeoutError:
        raise NoAnswerError(f"nothing came within {CONNECT_SECONDS:g} s") from None
    except OSError as error:
        raise NoAnswerError((error.strerror or "the connection was closed").lower()) from None
    except _UNREADABLE:
        raise NoAnswerError("its certificate cannot be read") from None


def _sent(secured: ssl.SSLSocket) -> list[bytes]:
    inner: Any = secured
    chain = inner._sslobj.get_unverified_chain() or ()  # noqa: SLF001 - public from Python 3.13 on
    return [item.public_bytes(_DER) for item in chain]


def _shown(der: bytes) -> Certificate:
    """What stands in a certificate.

    Raises:
        ValueError: it is none.
    """
    certificate = x509.load_der_x509_certificate(der)
    return Certificate(
        _name(certificate.subject),
        _name(certificate.issuer),
        _names(certificate),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def _name(name: x509.Name) -> str:
    """The common name, and the organisation where it says more; else all of it."""
    common = _first(name, NameOID.COMMON_NAME)
    organisation = _first(name, NameOID.ORGANIZATION_NAME)
    if not common:
        return name.rfc4514_string()
    return f"{common} ({organisation})" if organisation and organisation != common else common


def _first(name: x509.Name, part: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(part)
    return str(found[0].value) if found else ""


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = found.get_values_for_type(x509.IPAddress)
    return (*found.get_values_for_type(x509.DNSName), *map(str, addresses))
