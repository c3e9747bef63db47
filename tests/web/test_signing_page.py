"""How certificates are signed: the page, what is downloaded from it, and that its list keeps to the embargo."""

import hashlib
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import authority
from awards.documents.signing import sign
from awards.documents.verifying import verify
from awards.extensions import db
from awards.models import Certificate, Publication
from awards.web import verification
from tests import authority as test_authority
from tests.awards.builders import operator
from tests.awards.documents import sheets
from tests.web import world

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DOWNLOADS = ("root.pem", "roots.pem", "keys.pem", "revoked.crl", "issued.txt.p7s")


@pytest.fixture
def data(site: Flask) -> Path:
    return Path(site.config["LAURELS_DATA"])


@pytest.fixture
def signing_site(site: Flask, data: Path) -> Flask:
    """The site with an authority, and a file for every certificate of it."""
    with site.app_context():
        test_authority.appoint(db.session(), data / "keys")
        for it in db.session.scalars(select(Certificate)):
            it.sha256 = digest(it.code)
        db.session.commit()
    return site


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


@ON_SQLITE
def test_before_a_key_is_made_the_page_says_so_and_offers_nothing(visitor: FlaskClient) -> None:
    page = visitor.get("/en/signing/")

    assert page.status_code == 200
    assert "No certificate has been signed on this site so far." in page.text
    assert [visitor.get(f"/en/signing/{it}").status_code for it in DOWNLOADS] == [404] * 5
    assert visitor.get("/en/signing/issued.txt").data == b""


@ON_SQLITE
def test_the_page_names_who_signs_and_the_fingerprint_to_compare(signing_site: Flask) -> None:
    visitor = signing_site.test_client()
    root = test_authority.signer().root

    english, korean = visitor.get("/en/signing/"), visitor.get("/ko/signing/")

    assert f"in the name of {test_authority.NAME}." in english.text
    for page in (english, korean):
        assert authority.fingerprint(root) in page.text
        assert page.headers["Cache-Control"] == "no-cache"


@ON_SQLITE
def test_a_file_is_verified_by_what_is_downloaded_alone(signing_site: Flask) -> None:
    visitor = signing_site.test_client()
    file = sign(sheets.drawn(), test_authority.signer(), when=test_authority.LONG_AGO)

    root = visitor.get("/en/signing/root.pem")
    crl = visitor.get("/en/signing/revoked.crl")

    assert root.text == authority.pem_of(test_authority.signer().root)
    assert verify(file, [test_authority.signer().root], [crl.data]).good
    assert visitor.get("/en/signing/keys.pem").text == authority.pem_of(test_authority.signer().certificate)


@ON_SQLITE
def test_the_signed_list_is_checked_by_openssl(signing_site: Flask, tmp_path: Path) -> None:
    visitor = signing_site.test_client()
    for name in ("root.pem", "issued.txt", "issued.txt.p7s"):
        (tmp_path / name).write_bytes(visitor.get(f"/en/signing/{name}").data)

    def openssl() -> str:
        return subprocess.run(
            "openssl cms -verify -binary -inform DER -in issued.txt.p7s -content issued.txt -CAfile root.pem"
            " -purpose any -out verified.txt".split(),
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
        ).stderr

    assert "CMS Verification successful" in openssl()
    (tmp_path / "issued.txt").write_bytes((tmp_path / "issued.txt").read_bytes() + b"0" * 64)
    assert "CMS Verification failure" in openssl()


@ON_SQLITE
def test_the_list_names_no_file_before_its_winner_is_public(signing_site: Flask) -> None:
    visitor = signing_site.test_client()
    before = visitor.get("/en/signing/issued.txt").text.split()
    with signing_site.app_context():
        for it in db.session.scalars(select(Publication)):
            it.visible_from = world.NOW - timedelta(days=400)
        db.session.commit()

    after = visitor.get("/en/signing/issued.txt").text.split()

    assert digest(world.EMBARGOED_CODE) not in before
    assert {digest(it) for it in (world.CODE, world.FINALIST_CODE, world.REVOKED_CODE)} <= set(before)
    assert digest(world.EMBARGOED_CODE) in after
    assert before == sorted(before)


@ON_SQLITE
def test_the_list_and_the_page_of_a_code_know_the_same(signing_site: Flask) -> None:
    """At every moment at which something becomes public or is taken down, and a second before."""
    with signing_site.app_context():
        session = db.session()
        found = session.scalars(select(Publication)).all()
        found[0].taken_down_at = world.NOW + timedelta(days=1)
        session.flush()
        moments = {it for each in found for it in (each.visible_from, each.taken_down_at) if it}
        for moment in sorted(moments | {it - timedelta(seconds=1) for it in moments}):
            listed = {it.code for it in verification.signed_and_public(session, moment)}
            shown = {
                it.code
                for it in session.scalars(select(Certificate))
                if verification.is_public(session, it, moment)
            }
            assert listed == shown


@ON_SQLITE
def test_a_revoked_key_is_named_with_its_reason(signing_site: Flask, data: Path) -> None:
    with signing_site.app_context():
        actor = operator(db.session)
        authority.revoke(
            db.session(),
            test_authority.signer().serial,
            because="The server was broken into.",
            root_key=test_authority.root().key,
            actor=actor,
            now=world.NOW,
        )
        db.session.commit()

    page = signing_site.test_client().get("/en/signing/").text

    assert "Revoked on" in page
    assert "Why: The server was broken into." in page
    assert signing_site.test_client().get("/en/signing/issued.txt.p7s").status_code == 404


@ON_SQLITE
def test_the_list_of_the_newest_root_is_published_whichever_was_signed_last(
    signing_site: Flask, data: Path
) -> None:
    def published() -> bytes:
        return signing_site.test_client().get("/en/signing/revoked.crl").data

    old = published()
    with signing_site.app_context():
        authority.init(
            db.session(), data / "keys", name="League", anew=True, actor=operator(db.session), now=world.NOW
        )
        db.session.commit()
        new = authority.lists(db.session())[0]
        authority.revoke(
            db.session(),
            test_authority.signer().serial,
            because="",
            root_key=test_authority.root().key,
            actor=operator(db.session),
            now=world.NOW,
        )
        db.session.commit()
    assert published() == new != old
