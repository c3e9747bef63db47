"""The one form in which we write a signature (CMS, detached, with what PAdES asks for): its bytes follow from digest,
certificates and the signature proper, so nothing in it can be another and go unnoticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

SEQUENCE, SET, OCTETS, INTEGER = 0x30, 0x31, 0x04, 0x02
CERTIFICATES, ATTRIBUTES, CONTENT = 0xA0, 0xA0, 0xA0
LONG = 0x80

DATA = bytes.fromhex("06092a864886f70d010701")
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")
SHA256 = bytes.fromhex("300b0609608648016503040201")
ECDSA = bytes.fromhex("300a06082a8648ce3d040302")
RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
VERSION = bytes.fromhex("020101")


class Malformed(ValueError):
    """The bytes are no signature as we write it."""


def signed_part(digest: bytes, leaf: bytes) -> bytes:
    """What is really signed: the SHA-256 of the file, and by which certificate (DER)."""
    certificate = tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, tlv(OCTETS, hashlib.sha256(leaf).digest()))))
    attributes = (
        tlv(SEQUENCE, CONTENT_TYPE, tlv(SET, DATA)),
        tlv(SEQUENCE, MESSAGE_DIGEST, tlv(SET, tlv(OCTETS, digest))),
        tlv(SEQUENCE, SIGNING_CERTIFICATE, tlv(SET, certificate)),
    )
    return tlv(SET, *sorted(attributes))


def whole(digest: bytes, certificates: Sequence[bytes], signature: bytes) -> bytes:
    """A signature as it lies in a file; `certificates` are that of who signs, and those above it but for the root."""
    leaf = x509.load_der_x509_certificate(certificates[0])
    by_curve = isinstance(leaf.public_key(), EllipticCurvePublicKey)
    signer = tlv(
        SEQUENCE,
        VERSION,
        tlv(SEQUENCE, leaf.issuer.public_bytes(), _number(leaf.serial_number)),
        SHA256,
        bytes([ATTRIBUTES]) + signed_part(digest, certificates[0])[1:],
        ECDSA if by_curve else RSA,
        tlv(OCTETS, signature),
    )
    data = tlv(
        SEQUENCE,
        VERSION,
        tlv(SET, SHA256),
        tlv(SEQUENCE, DATA),
        tlv(CERTIFICATES, *certificates),
        tlv(SET, signer),
    )
    return tlv(SEQUENCE, SIGNED_DATA, tlv(CONTENT, data))


def parts(content: bytes) -> tuple[tuple[bytes, ...], bytes, int]:
    """Certificates, signature proper and length of a signature that may be followed by others' bytes.

    Raises Malformed. That the rest is as it must be is for the caller to see, by making it again.
    """
    length = len(next(_each(content))[1])
    outer = _inside(content, SEQUENCE)
    data = _inside(outer[1], CONTENT)
    fields = _inside(data[0], SEQUENCE)
    certificates = tuple(_inside(fields[3], CERTIFICATES))
    signer = _inside(_inside(fields[4], SET)[0], SEQUENCE)
    signature = signer[-1]
    if signature[0] != OCTETS or not certificates:
        raise Malformed
    return certificates, signature[_head(signature) :], length


def tlv(tag: int, *content: bytes) -> bytes:
    """A value in DER."""
    joined = b"".join(content)
    size = len(joined)
    if size < LONG:
        return bytes([tag, size]) + joined
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, LONG | len(digits)]) + digits + joined


def _number(number: int) -> bytes:
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _head(value: bytes) -> int:
    """How many bytes stand before the content."""
    return 2 if value[1] < LONG else 2 + (value[1] & ~LONG)


def _each(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and bytes of each value in turn. Raises Malformed."""
    place = 0
    while place < len(content):
        if place + 2 > len(content):
            raise Malformed
        tag, size, head = content[place], content[place + 1], 2
        if size >= LONG:
            digits = size & ~LONG
            if not 0 < digits <= 4:
                raise Malformed
            size, head = int.from_bytes(content[place + 2 : place + 2 + digits], "big"), 2 + digits
        end = place + head + size
        if end > len(content):
            raise Malformed
        yield tag, content[place:end]
        place = end


def _inside(value: bytes, tag: int) -> list[bytes]:
    """The values within the first value, which must be of this tag. Raises Malformed."""
    found, first = next(_each(value), (0, b""))
    if found != tag:
        raise Malformed
    return [it for _, it in _each(first[_head(first) :])]
