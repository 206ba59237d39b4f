"""A certificate authority as public ones are: the root is trusted, an intermediate signs."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Signer:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Issued:
    """Files as nginx reads them: the chain, and the server's key."""

    chain: Path
    key: Path


@dataclass
class Authority:
    """`root` is the file that clients trust; all files are in `folder`."""

    folder: Path
    root: Path
    _root: Signer
    _intermediate: Signer
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def issue(
        self,
        *names: str,
        left: datetime.timedelta = 60 * DAY + DAY / 2,
        life: datetime.timedelta = 90 * DAY,
        sends: str = "chain",
        use: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> Issued:
        """A certificate for `names` that ends `left` from now, after a life of `life`.

        `sends`: "chain" with its intermediate, "alone" without, "root" with that and the root.
        """
        ends = now() + left
        own = _made(
            names[0], self._intermediate, names=names, begins=ends - life, ends=ends, use=use
        )
        others = {"alone": [], "chain": [self._intermediate]}.get(
            sends, [self._intermediate, self._root]
        )
        return self._written(own, others)

    def alone(self, name: str, *names: str, organisation: str = "") -> Issued:
        """One that is its own issuer, as ingress-nginx makes it for itself."""
        return self._written(_made(name, None, names=names, organisation=organisation), [])

    def below(self, name: str, *names: str, expired: bool = False) -> Issued:
        """One for `names` by a CA called `name`: nobody's, or, if `expired`, once the root's."""
        begins, ends = (now() - 90 * DAY, now() - DAY) if expired else (None, None)
        issuer = _made(name, self._root if expired else None, begins=begins, ends=ends)
        return self._written(_made(names[0], issuer, names=names), [issuer])

    def _written(self, own: Signer, others: list[Signer]) -> Issued:
        number = next(self._numbers)
        chain, key = self.folder / f"{number}.crt", self.folder / f"{number}.key"
        chain.write_bytes(b"".join(_pem(item) for item in [own, *others]))
        key.write_bytes(
            own.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return Issued(chain, key)


def authority(folder: Path) -> Authority:
    """A new one, whose files are written to `folder`."""
    root = _made("Test Root", None)
    file = folder / "root.crt"
    file.write_bytes(_pem(root))
    return Authority(folder, file, root, _made("T1", root, organisation="Test Trust"))


def now() -> datetime.datetime:
    """The time, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def _pem(signer: Signer) -> bytes:
    return signer.certificate.public_bytes(serialization.Encoding.PEM)


def _made(
    common_name: str,
    issuer: Signer | None,
    *,
    names: tuple[str, ...] = (),
    begins: datetime.datetime | None = None,
    ends: datetime.datetime | None = None,
    organisation: str = "",
    use: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
) -> Signer:
    """A certificate by `issuer`, or by itself; for servers called `names`, else a CA's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(common_name, organisation)
    public = key.public_key()
    above = issuer.key.public_key() if issuer else public
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins or now() - 30 * DAY)
        .not_valid_after(ends or now() + 60 * DAY + DAY / 2)
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
    )
    if names:
        dns = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(dns, critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    else:
        usage = x509.KeyUsage(**{name: name == "key_cert_sign" for name in _USAGES})
        builder = builder.add_extension(usage, critical=True)
    return Signer(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _name(common_name: str, organisation: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)
