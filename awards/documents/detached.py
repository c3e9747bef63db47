"""The one form in which we write a signature (CMS, detached, with what PAdES asks for): its bytes follow from digest,
certificates and the signature proper, so nothing in it can be another and go unnoticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from asn1crypto import parser
from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.cms import CMSAttributes, ContentInfo, IssuerAndSerialNumber, SignedData, SignerInfo
from asn1crypto.core import Null
from asn1crypto.tsp import SigningCertificateV2
from asn1crypto.x509 import Certificate

SHA256 = {"algorithm": "sha256"}


class Malformed(ValueError):
    """The bytes are no signature as we write it."""


def signed_part(digest: bytes, leaf: bytes) -> bytes:
    """What is really signed: the SHA-256 of the file, and by which certificate (DER)."""
    signed: bytes = _attributes(digest, leaf).dump()
    return signed


def _attributes(digest: bytes, leaf: bytes) -> Any:
    by = SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(leaf).digest()}]})
    return CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [digest]},
            {"type": "signing_certificate_v2", "values": [by]},
        ]
    )


def whole(digest: bytes, certificates: Sequence[bytes], signature: bytes) -> bytes:
    """A signature as it lies in a file; `certificates` are that of who signs, and those above it but for the root."""
    leaf = Certificate.load(certificates[0])
    signer = SignerInfo(
        {
            "version": "v1",
            "sid": IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number}),
            "digest_algorithm": SHA256,
            "signed_attrs": _attributes(digest, certificates[0]),
            "signature_algorithm": _algorithm(leaf),
            "signature": signature,
        }
    )
    data = SignedData(
        {
            "version": "v1",
            "digest_algorithms": [SHA256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [Certificate.load(it) for it in certificates],
            "signer_infos": [signer],
        }
    )
    held: bytes = ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return held


def _algorithm(leaf: Any) -> Any:
    if leaf.public_key.algorithm == "ec":
        return SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    return SignedDigestAlgorithm({"algorithm": "sha256_rsa", "parameters": Null()})


def parts(content: bytes) -> tuple[tuple[bytes, ...], bytes, int]:
    """Certificates, who signed first; signature proper; length of a signature that may be followed by others' bytes.

    Raises Malformed. That the rest is as it must be is for the caller to see, by making it again.
    """
    try:
        length = parser.peek(content)
        data = ContentInfo.load(content[:length], strict=True)["content"]
        (signer,) = data["signer_infos"]
        wanted = signer["sid"].chosen["serial_number"].native
        held = [it.chosen for it in data["certificates"]]
        (leaf,) = (it for it in held if it.serial_number == wanted)
        certificates = (leaf.dump(), *(it.dump() for it in held if it is not leaf))
        signature: bytes = signer["signature"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed from error
    return certificates, signature, length
