"""Archived and signed: what other people's programs say of it, and what one byte more or less does to it."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from awards.authority import pem_of
from awards.documents import authorities
from awards.documents.authorities import KeyUnreadable
from awards.documents.signing import Signer, sign
from awards.documents.verifying import Fault, Reading, verify
from tests.authority import LONG_AGO, NAME, root, signer
from tests.awards.documents import sheets
from tests.awards.documents.bought import PASSPHRASE, bought
from tests.validators import Roots, info, preflight, qpdf, tags

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def signed(by: Signer | None = None, *, at: datetime = NOW) -> bytes:
    return sign(sheets.drawn(), by or signer(), when=at, name=NAME, reason="Issued", label="Signature")


def read(pdf: bytes) -> Reading:
    return verify(pdf, [signer().root])


@pytest.fixture(scope="module")
def sheet() -> bytes:
    return signed()


def test_the_sheet_is_the_same_bytes_each_time() -> None:
    first = sheets.drawn()
    sheets.drawn.cache_clear()

    assert sheets.drawn() == first


def test_a_signed_sheet_satisfies_preflight_qpdf_and_poppler(tmp_path: Path, sheet: bytes) -> None:
    page, file = tmp_path / "page.pdf", tmp_path / "signed.pdf"
    page.write_bytes(sheets.drawn())
    file.write_bytes(sheet)

    said = Roots(tmp_path / "roots", pem_of(signer().root)).read(file)

    assert preflight([page, file]) == {page: "", file: ""}
    assert (qpdf(page), qpdf(file)) == ("", "")
    assert said is not None
    assert said.good
    assert (said.kind, said.name) == ("ETSI.CAdES.detached", NAME)
    assert len(sheet) < 60_000


def test_it_says_what_it_is_and_is_read_out_in_order(tmp_path: Path, sheet: bytes) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(sheet)

    said, read_out = info(file), tags(file)

    assert said["Title"] == "Grand Prize & thanks: 서울특별시 <Seoul>"
    assert (said["Tagged"], said["PDF version"], said["Keywords"]) == ("yes", "1.4", sheets.CODE)
    assert [
        it.split()[0] for it in read_out.splitlines() if it.startswith("  ") and it.split()[0][0] != '"'
    ] == [
        "H1",
        "P",
        "Figure",
    ]


def test_the_file_alone_says_who_signed_what_and_when(sheet: bytes) -> None:
    found = read(sheet)

    assert found.good
    assert (found.signer, found.issuer, found.at) == (NAME, f"{NAME} Root", NOW)
    assert (found.code, found.author) == (sheets.CODE, NAME)
    assert found.title == "Grand Prize & thanks: 서울특별시 <Seoul>"


def test_pyhanko_finds_the_whole_file_certified_and_the_form_right(sheet: bytes) -> None:
    """Its own validator, which takes a signature apart in general, has to come to what we find by making it again."""
    embedded = PdfFileReader(BytesIO(sheet)).embedded_signatures[0]
    trusted = ValidationContext(
        trust_roots=[Certificate.load(signer().root)], moment=NOW, allow_fetching=False
    )

    said = validate_pdf_signature(embedded, trusted)

    assert said.bottom_line
    assert (said.coverage, said.docmdp_ok) == (SignatureCoverageLevel.ENTIRE_FILE, True)
    assert embedded.docmdp_level is MDPPerm.NO_CHANGES
    assert embedded.signer_cert.dump() == signer().certificate


def test_no_byte_can_be_another(sheet: bytes) -> None:
    at = sheet.rfind(b"/Contents <")
    chance = random.Random(8)
    places = [*range(at, at + 1800, 7), *chance.sample(range(len(sheet)), 150), len(sheet) - 1]

    passed = [place for place in places if read(flipped(sheet, place, 1 << chance.randrange(8))).good]

    assert passed == []


@pytest.mark.audit
def test_no_byte_at_all_can_be_another(sheet: bytes) -> None:
    at = sheet.rfind(b"/Contents <")
    places = {*range(at, at + 3000), *range(0, len(sheet), 11), *range(len(sheet) - 900, len(sheet))}

    passed = [(it, bit) for it in places for bit in (1, 4, 32, 128) if read(flipped(sheet, it, bit)).good]

    assert passed == []


def flipped(pdf: bytes, place: int, bit: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ bit]) + pdf[place + 1 :]


def test_poppler_sees_the_flipped_byte_too(tmp_path: Path, sheet: bytes) -> None:
    file = tmp_path / "flipped.pdf"
    place = sheet.index(b"Grand Prize &amp;")
    file.write_bytes(flipped(sheet, place, 1))

    said = Roots(tmp_path / "roots", pem_of(signer().root)).read(file)

    assert said is not None
    assert said.validity == "Digest Mismatch."
    assert read(file.read_bytes()).faults == (Fault.CHANGED,)


def test_each_thing_that_can_be_wrong_has_its_name(sheet: bytes) -> None:
    stranger = authorities.make_root("Somebody Else", now=LONG_AGO)

    assert read(b"").faults == (Fault.UNSIGNED,)
    assert read(sheets.drawn()).faults == (Fault.UNSIGNED,)
    assert read(sheet + b"\n%%EOF\n").faults == (Fault.ADDED,)
    assert read(sheet[:-30]).faults == (Fault.CHANGED,)
    assert verify(sheet, [stranger.certificate]).faults == (Fault.FOREIGN,)
    assert read(signed(at=datetime(2015, 6, 1, tzinfo=UTC))).faults == (Fault.OUTDATED,)
    assert read(signed(at=datetime(2037, 6, 1, tzinfo=UTC))).faults == (Fault.OUTDATED,)


def test_a_file_with_more_certificates_than_a_chain_has_is_not_gone_into() -> None:
    by = signer()

    assert read(signed(replace(by, chain=(by.certificate,) * 6 + by.chain))).faults == (Fault.CHANGED,)


def test_a_name_that_is_written_like_a_code_is_not_taken_for_one() -> None:
    title = "<pdf:Keywords>0000000000000000</pdf:Keywords>"

    found = read(sign(sheets.drawn(title=title), signer(), when=NOW))

    assert (found.title, found.code) == (title, sheets.CODE)


def test_a_root_of_the_same_name_is_a_stranger(sheet: bytes) -> None:
    double = authorities.make_root(NAME, now=LONG_AGO)

    assert verify(sheet, [double.certificate]).faults == (Fault.FOREIGN,)


def test_a_key_that_was_stolen_is_named_and_from_when(sheet: bytes) -> None:
    made, at = root(), datetime(2027, 1, 2, tzinfo=UTC)
    key = authorities.read_key(made.key)
    crl = authorities.make_list(made.certificate, key, number=2, revoked=[(signer().serial, at)], now=at)
    other = authorities.make_root(NAME, now=LONG_AGO)
    forged = authorities.make_list(
        other.certificate,
        authorities.read_key(other.key),
        number=3,
        revoked=[(signer().serial, at)],
        now=at,
    )

    found = verify(sheet, [signer().root], [crl])

    assert (found.faults, found.revoked_at) == ((Fault.KEY_REVOKED,), at)
    assert verify(sheet, [signer().root], [forged]).good


def test_a_bought_key_signs_as_well(tmp_path: Path) -> None:
    """A key of another kind (RSA), under a root and a certificate between."""
    by = authorities.read_pkcs12(bought(), PASSPHRASE)
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed(by))

    said = Roots(tmp_path / "roots", pem_of(by.root)).read(file)
    assert verify(file.read_bytes(), [by.root]).good
    assert said is not None
    assert said.good
    assert preflight([file]) == {file: ""}
    with pytest.raises(KeyUnreadable):
        authorities.read_pkcs12(bought(), "wrong")


def test_what_was_signed_ten_years_ago_is_valid_today(tmp_path: Path) -> None:
    """The key and its certificate are made ten years before this machine's clock; Poppler asks the clock."""
    then = datetime.now(UTC).replace(month=1, day=15)
    then = then.replace(year=then.year - 10)
    file = tmp_path / "old.pdf"
    by = signer(then)
    file.write_bytes(signed(by, at=authorities.years(then, 4)))

    said = Roots(tmp_path / "roots", pem_of(by.root)).read(file)

    assert said is not None
    assert said.good
    assert verify(file.read_bytes(), [by.root]).good
