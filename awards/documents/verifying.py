"""What a signed PDF says by itself: offline, without the program or the database that made it.

Its bytes are hashed as they lie and no part of it is run or drawn. Only what `signing.sign` writes counts as signed: a
signature over every byte but itself, itself without a bit to spare.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from html import unescape

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from awards.documents import detached

LONGEST_CHAIN = 6
RANGE = re.compile(rb"/ByteRange \[0 (\d{1,10}) (\d{1,10}) (\d{1,10})\] *\n")
KIND = b"/ETSI.CAdES.detached"
MOMENT = re.compile(rb"/M \(D(?::|\\072)(\d{14})Z\)")

TEXTS = {
    "title": re.compile(rb'\n<dc:title><rdf:Alt><rdf:li xml:lang="x-default">([^<]*)<'),
    "author": re.compile(rb"\n<dc:creator><rdf:Seq><rdf:li>([^<]*)<"),
    "subject": re.compile(rb'\n<dc:description><rdf:Alt><rdf:li xml:lang="x-default">([^<]*)<'),
    "code": re.compile(rb"\n<pdf:Keywords>([^<]*)<"),
}


class Fault(StrEnum):
    """What is wrong with a file. UNSIGNED: it holds no signature. CHANGED: it isn't what was signed. ADDED: what was
    signed is there, and something after it. FOREIGN: no root of ours vouches for who signed. OUTDATED: a certificate
    was not valid at the moment of signing. KEY_REVOKED: the key was lost or stolen, and anybody may have signed.
    """

    UNSIGNED = "unsigned"
    CHANGED = "changed"
    ADDED = "added"
    FOREIGN = "foreign"
    OUTDATED = "outdated"
    KEY_REVOKED = "key_revoked"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. `signer`, `issuer`, `serial` and `at` are of its signature, which may be anybody's: see
    `faults`. `root`: SHA-256 of the root's certificate where it vouches. The texts are of the part that is signed.
    """

    sha256: str
    faults: tuple[Fault, ...]
    signer: str = ""
    issuer: str = ""
    serial: str = ""
    at: datetime | None = None
    root: str = ""
    revoked_at: datetime | None = None
    title: str = ""
    author: str = ""
    subject: str = ""
    code: str = ""

    @property
    def good(self) -> bool:
        """Signed by us as a whole and unchanged since."""
        return not self.faults


class _Broken(Exception):
    """The signature is not one that fits the file."""


@dataclass(frozen=True)
class _Signature:
    """A signature that fits the bytes it stands in. `chain` are certificates beside that of who signed."""

    end: int
    leaf: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    at: datetime
    texts: dict[str, str] = field(default_factory=dict)


def verify(pdf: bytes, roots: Sequence[bytes], crls: Sequence[bytes] = ()) -> Reading:
    """What the file says, where these roots (certificates, DER) are trusted; `crls` are lists signed by a root (DER).

    A list that no root signed is left aside.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    if KIND not in pdf:
        return Reading(sha256, (Fault.UNSIGNED,))
    try:
        return _read(pdf, sha256, roots, crls)
    except Exception:  # whatever a file that somebody made up trips over: it isn't what we wrote
        return Reading(sha256, (Fault.CHANGED,), **_texts(pdf))  # type: ignore[arg-type]  # texts only


def _read(pdf: bytes, sha256: str, roots: Sequence[bytes], crls: Sequence[bytes]) -> Reading:
    found = _signature(pdf)
    faults = [Fault.ADDED] if found.end != len(pdf) else []
    path = _path(found, [x509.load_der_x509_certificate(it) for it in roots])
    revoked_at = None
    if path is None:
        faults.append(Fault.FOREIGN)
    else:
        if not _are_good(path, found.at):
            faults.append(Fault.OUTDATED)
        revoked_at = _revoked_at(found.leaf, path[-1], crls)
        if revoked_at:
            faults.append(Fault.KEY_REVOKED)
    return Reading(
        sha256,
        tuple(faults),
        signer=name_of(found.leaf.subject),
        issuer=name_of(found.leaf.issuer),
        serial=f"{found.leaf.serial_number:x}",
        at=found.at,
        root=hashlib.sha256(path[-1].public_bytes(Encoding.DER)).hexdigest() if path else "",
        revoked_at=revoked_at,
        **found.texts,
    )


def accepts(certificate: bytes, chain: Sequence[bytes], at: datetime) -> bool:
    """Whether what a key signs at a moment is taken as signed by us: its certificate may sign, those above it lead to
    the root, which is the last, and all are good then. All DER.
    """
    leaf, *above = (x509.load_der_x509_certificate(it) for it in (certificate, *chain))
    path = _path(_Signature(0, leaf, tuple(above[:-1]), at), [above[-1] if above else leaf])
    return path is not None and _are_good(path, at)


def _are_good(path: Sequence[x509.Certificate], at: datetime) -> bool:
    return all(it.not_valid_before_utc <= at <= it.not_valid_after_utc for it in path)


def name_of(subject: x509.Name) -> str:
    """The common name, or else what else is said."""
    found = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else subject.rfc4514_string()


def _signature(pdf: bytes) -> _Signature:
    """Raises what `verify` catches where it does not fit."""
    ranged = RANGE.search(pdf)
    if ranged is None:
        raise _Broken
    first, second, rest = (int(it) for it in ranged.groups())
    end = second + rest
    if not first < second - 2 < end <= len(pdf) or pdf[first : first + 1] + pdf[second - 1 : second] != b"<>":
        raise _Broken
    moment = MOMENT.search(pdf, second, end)
    if moment is None:
        raise _Broken
    content = pdf[first + 1 : second - 1]
    held = bytes.fromhex(content.decode("ascii"))
    if content != held.hex().upper().encode():
        raise _Broken
    certificates, signature, length = detached.parts(held)
    if len(certificates) > LONGEST_CHAIN:
        raise _Broken
    digest = hashlib.sha256(pdf[:first] + pdf[second:end]).digest()
    if held != detached.whole(digest, certificates, signature) + bytes(len(held) - length):
        raise _Broken
    leaf, *chain = (x509.load_der_x509_certificate(it) for it in certificates)
    _check(leaf, signature, detached.signed_part(digest, certificates[0]))
    at = datetime.strptime(moment[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return _Signature(end, leaf, tuple(chain), at, _texts(pdf[:first]))


def _check(certificate: x509.Certificate, signature: bytes, signed: bytes) -> None:
    key = certificate.public_key()
    if isinstance(key, EllipticCurvePublicKey):
        key.verify(signature, signed, ECDSA(SHA256()))
    elif isinstance(key, RSAPublicKey):
        key.verify(signature, signed, PKCS1v15(), SHA256())
    else:
        raise _Broken


def _path(found: _Signature, roots: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...] | None:
    """From who signed to a root; None where no root vouches, or the file holds a certificate that no one needs."""
    if not _may_sign(found.leaf):
        return None
    path = [found.leaf]
    left = list(found.chain)
    while len(path) < LONGEST_CHAIN:
        root = next((it for it in roots if it == path[-1] or _issued(path[-1], it)), None)
        if root is not None:
            return None if left else tuple(path) if root == path[-1] else (*path, root)
        above = next((it for it in left if _issued(path[-1], it)), None)
        if above is None:
            return None
        left.remove(above)
        path.append(above)
    return None


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        if not by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    return True


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    return usage.digital_signature or usage.content_commitment


def _revoked_at(leaf: x509.Certificate, root: x509.Certificate, crls: Sequence[bytes]) -> datetime | None:
    """When the key was revoked as the newest list says that this root signed."""
    entries = [
        entry.revocation_date_utc
        for it in _lists(root, crls)
        if (entry := it.get_revoked_certificate_by_serial_number(leaf.serial_number))
    ]
    return min(entries, default=None)


def _lists(root: x509.Certificate, crls: Sequence[bytes]) -> Iterator[x509.CertificateRevocationList]:
    for der in crls:
        crl = x509.load_der_x509_crl(der)
        key = root.public_key()
        if isinstance(key, EllipticCurvePublicKey | RSAPublicKey) and crl.is_signature_valid(key):
            yield crl


def _texts(signed: bytes) -> dict[str, str]:
    found = {name: pattern.search(signed) for name, pattern in TEXTS.items()}
    return {name: unescape(it[1].decode("utf-8", "replace")) for name, it in found.items() if it}
