"""Signing a PDF for good (PAdES baseline B by pyHanko), once, as a whole, with a seal that is seen on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO

from asn1crypto.cms import ContentInfo
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import BaseStamp, BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from awards.documents import detached

Box = tuple[float, float, float, float]
"""Left, foot, right, top in points."""

FIELD = "Signature"
SEAL = 26.0
EDGE = 52.0
"""The seal's side, and how far it is from the edges of the page, where no box is given: in the upper right corner."""
ROOM = 2048
"""Bytes of a signature beside its certificates."""

LEAF = "0.118 0.357 0.271"
"""The seal's ink, as PDF writes a colour."""
CURVE = 0.5523
"""How far the handles of a quarter of a circle reach, for one of radius 1."""


@dataclass(frozen=True)
class Signer:
    """A key and the certificates that say whose it is: `certificate` its own, `chain` those above, the root last.

    All of them DER.
    """

    certificate: bytes
    chain: tuple[bytes, ...]
    key: bytes

    @cached_property
    def serial(self) -> str:
        """The certificate's number, in hex."""
        return f"{x509.load_der_x509_certificate(self.certificate).serial_number:x}"

    @property
    def root(self) -> bytes:
        """The root's certificate, DER."""
        return self.chain[-1] if self.chain else self.certificate

    @cached_property
    def key_pem(self) -> bytes:
        key = load_der_private_key(self.key, None)
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @cached_property
    def hand(self) -> Hand:
        """What signs. The root isn't put into the file: who checks it has to have it from elsewhere."""
        return Hand(self)

    @property
    def room(self) -> int:
        """Hexadecimal digits to leave for a signature."""
        return 2 * (ROOM + len(self.certificate) + sum(len(it) for it in self.chain[:-1]))


class Hand(SimpleSigner):
    """Signs in the one form that we write, so that whoever verifies can make it again."""

    def __init__(self, signer: Signer) -> None:
        super().__init__(
            signing_cert=Certificate.load(signer.certificate),
            signing_key=PrivateKeyInfo.load(signer.key),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        )
        self.certificates = (signer.certificate, *signer.chain[:-1])
        self.key = load_der_private_key(signer.key, None)

    async def async_sign(
        self, data_digest: bytes, digest_algorithm: str, *_: object, **__: object
    ) -> ContentInfo:
        if digest_algorithm != "sha256":
            raise ValueError(digest_algorithm)
        signed = detached.signed_part(data_digest, self.certificates[0])
        return ContentInfo.load(detached.whole(data_digest, self.certificates, self.proper(signed)))

    def proper(self, signed: bytes) -> bytes:
        if isinstance(self.key, EllipticCurvePrivateKey):
            return self.key.sign(signed, ECDSA(SHA256()))
        assert isinstance(self.key, RSAPrivateKey)
        return self.key.sign(signed, PKCS1v15(), SHA256())


class Untouched(IncrementalPdfFileWriter):
    """Adds to a file and leaves what it says of itself alone: its version, no clock, no name of a program."""

    def _update_meta(self) -> None:
        return

    def ensure_output_version(self, version: tuple[int, int]) -> None:  # noqa: ARG002  # as it is called
        return


class AtMoment(PdfSigner):
    """Signs as of a given moment."""

    def __init__(
        self, metadata: PdfSignatureMetadata, signer: Signer, field: SigFieldSpec, when: datetime
    ) -> None:
        super().__init__(metadata, signer.hand, stamp_style=SealStyle(), new_field_spec=field)
        self.when = when

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.when
        return session


class SealStyle(BaseStampStyle):
    """A ring with a tick in it."""

    def create_stamp(
        self,
        writer: BasePdfFileWriter,
        box: BoxConstraints,
        text_params: dict[str, object],  # noqa: ARG002  # pyHanko names it
    ) -> SealStamp:
        return SealStamp(writer, self, box)


class SealStamp(BaseStamp):
    def render(self) -> bytes:
        width, height = float(self.box.width), float(self.box.height)
        side = min(width, height)
        scale = side / 2
        commands = [
            f"q {scale:.4f} 0 0 {scale:.4f} {width / 2:.4f} {height / 2:.4f} cm {LEAF} RG 1 J 1 j",
            f"0.07 w {_ring(0.93)} S",
            f"0.03 w {_ring(0.78)} S",
            "0.14 w -0.36 0 m -0.1 -0.27 l 0.4 0.29 l S Q",
        ]
        return "\n".join(commands).encode()


def _ring(radius: float) -> str:
    r, k = radius, radius * CURVE
    quarters = (
        (r, k, k, r, 0.0, r),
        (-k, r, -r, k, -r, 0.0),
        (-r, -k, -k, -r, 0.0, -r),
        (k, -r, r, -k, r, 0.0),
    )
    curves = " ".join(" ".join(f"{number:.4f}" for number in it) + " c" for it in quarters)
    return f"{r:.4f} 0 m {curves} h"


def sign(
    pdf: bytes,
    signer: Signer,
    *,
    when: datetime,
    name: str = "",
    reason: str = "",
    label: str = "",
    box: Box | None = None,
) -> bytes:
    """The file signed as it stands, as a certification after which nothing may change.

    `name` signs, for `reason`; `label` is what programs that read aloud say of the seal, which stands in `box`.
    Where none is given that is the upper right corner. A file that is signed already is a SigningError of pyHanko.
    """
    writer = Untouched(BytesIO(pdf), strict=True)
    field = SigFieldSpec(FIELD, box=_whole(box or _corner(writer)), readable_field_name=label or None)
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        name=name or None,
        reason=reason or None,
    )
    hand = AtMoment(metadata, signer, field, when.astimezone(UTC))
    return bytes(hand.sign_pdf(writer, bytes_reserved=signer.room).getvalue())


def _corner(writer: IncrementalPdfFileWriter) -> Box:
    page = writer.prev.root["/Pages"]["/Kids"][0]
    _, _, width, height = (float(it) for it in page["/MediaBox"])
    return width - EDGE - SEAL, height - EDGE - SEAL, width - EDGE, height - EDGE


def _whole(box: Box) -> tuple[int, int, int, int]:
    left, foot, right, top = (round(it) for it in box)
    return left, foot, right, top
