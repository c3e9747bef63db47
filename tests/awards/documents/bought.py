"""A key as it is bought: of another kind than ours, with a certificate between its own and the root."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509 import load_der_x509_certificate

from awards.documents import authorities
from tests.authority import LONG_AGO

PASSPHRASE = "quiet harbour"


@cache
def for_nothing() -> bytes:
    """A PKCS#12 of a key whose certificate is not made for signing."""
    top = authorities.make_root("Made At Home", now=LONG_AGO)
    return pkcs12.serialize_key_and_certificates(
        b"root",
        authorities.read_key(top.key),
        load_der_x509_certificate(top.certificate),
        None,
        NoEncryption(),
    )


@cache
def bought() -> bytes:
    """A PKCS#12 as one is sold: an RSA key, its certificate, the one between, the root."""
    top = authorities.make_root("Trust Seller", now=LONG_AGO)
    above = authorities.read_key(top.key)
    between, end = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    issuing = authorities.certify(
        "Trust Seller Issuing", top.certificate, above, between, now=LONG_AGO, is_root=True
    )
    leaf = authorities.certify("City League", issuing, between, end, now=LONG_AGO)
    return pkcs12.serialize_key_and_certificates(
        b"bought",
        end,
        load_der_x509_certificate(leaf),
        [load_der_x509_certificate(it) for it in (top.certificate, issuing)],
        BestAvailableEncryption(PASSPHRASE.encode()),
    )
