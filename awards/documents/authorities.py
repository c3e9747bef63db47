"""Who vouches for who signs: a root, the certificates it makes for keys that sign, its list of those revoked (X.509).

Keys go in and come out as PEM (PKCS#8), certificates and lists as DER. The root lasts longest; a key signs for a few
years and its certificate is good for many more, so that what was signed last still verifies long after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from awards.documents.signing import Signer

ROOT_YEARS, LEAF_YEARS, SIGNING_YEARS = 30, 20, 5
"""For how long a root and a certificate are good, and for how long a key should sign before it is renewed."""
EARLIER = timedelta(hours=1)
"""Clocks differ: a certificate is good from a little before it is made."""
LONGEST_NAME = 59
"""An X.509 name holds 64 characters, and a root's ends in a word of its own."""

Key = EllipticCurvePrivateKey | RSAPrivateKey


class KeyUnreadable(Exception):
    """The file holds no private key that could be read; perhaps the passphrase is wrong."""


class NotTheRoot(Exception):
    """The key is not that of the root."""


@dataclass(frozen=True)
class Made:
    """A key, PEM, and its certificate, DER."""

    key: bytes
    certificate: bytes


def make_root(name: str, *, now: datetime, passphrase: str = "") -> Made:
    """A root in the name of an organisation; its key is under the passphrase, if there is one."""
    key = generate_private_key(SECP256R1())
    subject = _name(f"{name} Root", name)
    builder = _builder(subject, subject, key, now, years(now, ROOT_YEARS))
    certificate = _extended(builder, key, key, is_root=True).sign(key, SHA256())
    return Made(_pem(key, passphrase), certificate.public_bytes(Encoding.DER))


def make_leaf(name: str, root: bytes, root_key: Key, *, now: datetime) -> Made:
    """A key that signs in the name of an organisation, vouched for by the root. Raises NotTheRoot."""
    key = generate_private_key(SECP256R1())
    return Made(_pem(key, ""), certify(name, root, root_key, key, now=now))


def certify(name: str, above: bytes, by: Key, key: Key, *, now: datetime, is_root: bool = False) -> bytes:
    """The certificate of a key, made by the key of the one above. Raises NotTheRoot."""
    issuer = x509.load_der_x509_certificate(above)
    if _public(by) != _public_of(issuer):
        raise NotTheRoot
    until = min(years(now, LEAF_YEARS), issuer.not_valid_after_utc)
    builder = _builder(_name(name, name), issuer.subject, key, now, until)
    certificate = _extended(builder, key, by, is_root=is_root).sign(by, SHA256())
    return certificate.public_bytes(Encoding.DER)


def make_list(
    root: bytes, root_key: Key, *, number: int, revoked: Iterable[tuple[str, datetime]], now: datetime
) -> bytes:
    """The root's list of revoked certificates: serial in hex and when. It stands until there is a newer one.

    Raises NotTheRoot.
    """
    above = x509.load_der_x509_certificate(root)
    if _public(root_key) != _public_of(above):
        raise NotTheRoot
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(above.subject)
        .last_update(now)
        .next_update(above.not_valid_after_utc)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_identifier(root_key), critical=False)
    )
    for serial, at in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(at)
        reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
        builder = builder.add_revoked_certificate(entry.add_extension(reason, critical=False).build())
    return builder.sign(root_key, SHA256()).public_bytes(Encoding.DER)


def read_key(content: bytes, passphrase: str = "") -> Key:
    """A private key from PEM. Raises KeyUnreadable."""
    try:
        key = load_pem_private_key(content, passphrase.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable from error
    if not isinstance(key, Key):
        raise KeyUnreadable
    return key


def read_pkcs12(content: bytes, passphrase: str = "") -> Signer:
    """A bought key with its certificates, the root last. Raises KeyUnreadable, also where no chain leads to a root."""
    try:
        held = pkcs12.load_pkcs12(content, passphrase.encode() or None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable from error
    if held.cert is None or not isinstance(held.key, Key):
        raise KeyUnreadable
    left = [it.certificate for it in held.additional_certs]
    path = [held.cert.certificate]
    while path[-1].issuer != path[-1].subject:
        above = next((it for it in left if it.subject == path[-1].issuer), None)
        if above is None:
            raise KeyUnreadable
        left.remove(above)
        path.append(above)
    ders = [it.public_bytes(Encoding.DER) for it in path]
    return Signer(ders[0], tuple(ders[1:]), der_of(held.key))


def signer_of(key: Key, certificate: bytes, chain: tuple[bytes, ...]) -> Signer:
    return Signer(certificate, chain, der_of(key))


def fits(key: Key, certificate: bytes) -> bool:
    """Whether the certificate is this key's."""
    return _public(key) == _public_of(x509.load_der_x509_certificate(certificate))


def der_of(key: Key) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def years(now: datetime, count: int) -> datetime:
    """So many years later, on the same day; from 29 February to the 28th."""
    try:
        return now.replace(year=now.year + count)
    except ValueError:
        return now.replace(year=now.year + count, day=28)


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(until)
    )


def _extended(
    builder: x509.CertificateBuilder, key: Key, by: Key, *, is_root: bool
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        builder.add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_identifier(by), critical=False)
    )


def _identifier(key: Key) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _pem(key: Key, passphrase: str) -> bytes:
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def _public(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
