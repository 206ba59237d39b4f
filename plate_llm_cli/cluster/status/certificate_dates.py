"""Until when a certificate is valid, without a library for it.

Source: RFC 5280, 4.1: Certificate > TBSCertificate > version, serialNumber, signature, issuer,
validity; times are UTCTime or GeneralizedTime (4.1.2.5).
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Final

_VERSION: Final = 0xA0
_UTC_TIME: Final = 0x17
_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"


def not_after(pem: str) -> datetime | None:
    """When the first certificate of `pem` ends; None where there is none that can be read."""
    try:
        start = pem.index(_BEGIN)  # before it, some tools write what is in it
        end = pem.index(_END, start) + len(_END)
        return _end_of(ssl.PEM_cert_to_DER_cert(pem[start:end]))
    except (ValueError, IndexError):
        return None


def _end_of(der: bytes) -> datetime:
    fields = _fields(_fields(_fields(der)[0][1])[0][1])
    if fields[0][0] == _VERSION:
        fields = fields[1:]
    # serialNumber, signature, issuer, and then the two ends of the validity
    tag, written = _fields(fields[3][1])[1]
    form = "%y%m%d%H%M%SZ" if tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(written.decode("ascii"), form).replace(tzinfo=UTC)


def _fields(der: bytes) -> list[tuple[int, bytes]]:
    """The values of a sequence, each with its tag."""
    found, at = [], 0
    while at < len(der):
        tag, length, start = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, start = int.from_bytes(der[start : start + size], "big"), start + size
        if start + length > len(der):
            raise ValueError("cut off")
        found.append((tag, der[start : start + length]))
        at = start + length
    return found
