"""The pages of certificates: the two who issue, what holders see of it and when, verification by code and by file."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import authority, issued
from awards.extensions import db
from awards.models import Certificate, Issuance, IssuanceState
from awards.web.public import verifying
from tests import authority as test_authority
from tests.awards.builders import operator
from tests.web.office import well
from tests.web.signing import send, signed_in
from tests.web.test_release import Release, ids, signed

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WINNERS = "winner:services"


class Desk(Release):
    """The same, with the pages of certificates."""

    def certificates(self, name: str, path: str = "/", language: str = "en") -> str:
        answer = self.made.at(name).get(f"/{language}/secretariat/{self.key}/certificates{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return well(answer)

    def act(self, name: str, path: str, fields: dict[str, str], page: str | None = None) -> TestResponse:
        here = f"/en/secretariat/{self.key}/certificates"
        return send(self.made.at(name), here + path, fields, page=here + (page or path))

    def hash_of(self, path: str = "/") -> str:
        found = re.search(r'name="sha256" value="([0-9a-f]+)"', self.certificates("omar", path))
        assert found
        return found[1]

    def issue(self, group: str = WINNERS) -> None:
        self.approve_proofs()
        fields = {"act": "propose", "group": group, "reason": "The board agrees."}
        assert self.act("olga", "/", fields).status_code == 303
        assert self.act("omar", "/", {"act": "approve", "sha256": self.hash_of()}).status_code == 303
        self.sign()

    def rows(self) -> list[tuple[str, str, bytes]]:
        """Number, code and file of each certificate."""
        folder = Path(self.app.config["LAURELS_DATA"]) / "files"
        with self.app.app_context():
            found = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
            return [
                (it.number, it.code, issued.locate(folder, it).read_bytes() if it.sha256 else b"")
                for it in found
            ]

    def press(self) -> None:
        assert self.post("omar", f"/armed/{self.arm()}/press", {}).status_code == 303

    def check(self, content: bytes, language: str = "en") -> TestResponse:
        data = {"file": (BytesIO(content), "certificate.pdf")}
        return self.app.test_client().post(f"/{language}/verify/", data=data)


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Desk:
    return Desk(signed(app, tmp_path).made)


def test_two_issue_what_is_approved_and_the_files_are_served_as_they_were_signed(desk: Desk) -> None:
    assert "nothing to certify yet" not in desk.certificates("olga")
    propose = {"act": "propose", "group": "winner:openness", "reason": "The board agrees."}
    assert desk.act("olga", "/", propose).status_code == 422, "no proof is approved"
    page = desk.certificates("olga", "/proofs")
    (proof, *_) = re.findall(r'name="proof" value="([0-9a-f]+)"', page)
    note = {"proof": proof, "reason": "By letter of the mayor."}
    assert desk.act("olga", "/proofs", {"reason": "x"}).status_code == 422
    assert desk.act("olga", "/proofs", note | {"reason": " "}).status_code == 422
    pdf = desk.made.at("olga").get(f"/en/secretariat/{desk.key}/certificates/proofs/{proof}-en.pdf")
    assert pdf.data.startswith(b"%PDF")
    assert desk.act("olga", "/proofs", note).status_code == 303
    assert "noted by" in desk.certificates("auditor", "/proofs?show=all")
    assert desk.act("olga", "/proofs", note).status_code == 303, "a second time changes nothing"

    assert desk.act("olga", "/", propose | {"reason": ""}).status_code == 422
    assert desk.act("olga", "/", propose).status_code == 303
    assert "waits for your word" in well(desk.made.at("omar").get("/en/today"))
    assert desk.act("olga", "/", {"act": "approve", "sha256": desk.hash_of()}).status_code == 409
    assert desk.act("omar", "/", {"act": "approve", "sha256": desk.hash_of()}).status_code == 303

    (number, _code, _none), *_ = desk.rows()
    at = f"/en/secretariat/{desk.key}/certificates"
    assert desk.made.at("olga").get(f"{at}/file/{number}.pdf").status_code == 404
    assert "0 of 1 are signed." in desk.certificates("olga")
    assert "not signed yet" in desk.certificates("olga", "/issued")
    desk.sign()
    ((_number, code, pdf_kept),) = desk.rows()
    assert desk.made.at("olga").get(f"{at}/file/{number}.pdf").data == pdf_kept
    with desk.made.at("auditor").get(f"{at}/all.zip?group=winner:openness") as answer:
        whole = answer.data
    with zipfile.ZipFile(BytesIO(whole)) as bundle:
        assert bundle.read(f"{number}-en.pdf") == pdf_kept
        assert number in bundle.read("index.csv").decode()
    assert number in desk.certificates("olga", f"/issued?q={code[:6].lower()}")
    assert number not in desk.certificates("olga", "/issued?q=nobody")
    for path in ("/", "/proofs", "/issued", f"/{number}"):
        desk.certificates("auditor", path, "ko")
    assert desk.made.at("chair").get(f"{at}/").status_code == 404


def test_a_worker_that_stopped_says_why_and_is_let_go_on(desk: Desk) -> None:
    desk.issue()
    with desk.app.app_context():
        it = db.session.scalars(select(Issuance)).one()
        it.state, it.answer, identifier = IssuanceState.STOPPED, "DiskFull", it.public_id
        db.session.commit()

    assert "the disk is full" in desk.certificates("olga")
    path = f"/issued-together/{identifier}/go-on"
    assert desk.act("olga", path, {}, page="/").status_code == 303
    desk.sign()
    assert "One certificate is signed." in desk.certificates("olga")


def test_a_code_and_a_file_say_nothing_before_the_release_and_the_right_words_after(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.issue()
    ((number, code, pdf),) = desk.rows()
    visitor = desk.app.test_client()
    before = [visitor.get(f"/en/verify/{code}"), visitor.get("/en/verify/0000000000000000")]
    assert [it.status_code for it in before] == [404, 404]
    unknown, ours = desk.check(b"%PDF-1.4 of nobody"), desk.check(pdf)
    assert (unknown.status_code, ours.status_code) == (404, 404)
    assert unknown.text == ours.text, "nothing tells a file that is not public from a stranger's"

    desk.press()

    page = visitor.get(f"/en/verify/{code}")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "This certificate is in force" in well(page)
    assert "it is a copy with a borrowed code" in page.text
    assert "Best prize" in page.text
    good = desk.check(pdf)
    assert "byte for byte the one that was issued and signed" in well(good)
    touched = well(desk.check(pdf.replace(b"%%EOF", b"%%EOG")))
    assert "This file is not the certificate" in touched
    assert "is in force" not in touched
    assert "유효한" in well(desk.check(pdf, "ko"))
    assert desk.check(b"").status_code == 422
    with monkeypatch.context() as small:
        small.setattr(verifying, "LARGEST", 1000)
        assert desk.check(b"0" * 1001).status_code == 422

    one = f"/{number}"
    because = {"reason": "A misspelt name."}
    assert desk.act("olga", one, {"act": "reissue", "reason": ""}).status_code == 422
    assert desk.act("olga", one, {"act": "reissue"} | because).status_code == 303
    assert "a proposal waits" in desk.certificates("omar", "/issued")
    assert desk.act("olga", one, {"act": "approve", "sha256": desk.hash_of(one)}).status_code == 409
    assert desk.act("omar", one, {"act": "approve", "sha256": desk.hash_of(one)}).status_code == 303
    desk.sign()
    _old, (later, new_code, new_pdf), *_more = desk.rows()
    replaced = well(visitor.get(f"/en/verify/{code}"))
    assert "This certificate was replaced by another" in replaced
    assert f'href="/en/verify/{new_code}"' in replaced
    assert "A misspelt name." in replaced
    assert "replaced by another" in well(desk.check(pdf))

    one = f"/{later}"
    assert desk.act("olga", one, {"act": "revoke", "reason": "Given by mistake."}).status_code == 303
    assert desk.act("omar", one, {"act": "approve", "sha256": desk.hash_of(one)}).status_code == 303
    revoked = well(visitor.get(f"/en/verify/{new_code}"))
    assert "This certificate was revoked" in revoked
    assert "Given by mistake." in revoked
    assert "This certificate was revoked" in well(desk.check(new_pdf))
    assert desk.act("olga", one, {"act": "revoke", "reason": "Again."}).status_code == 303
    assert "Something has changed meanwhile" in desk.certificates("olga", one)

    with desk.app.app_context():
        authority.revoke(
            db.session(),
            test_authority.signer().serial,
            because="Stolen.",
            root_key=test_authority.root().key,
            actor=operator(db.session),
            now=datetime.now(UTC),
        )
        db.session.commit()
    kept = well(desk.check(pdf))
    assert "our books vouch for it" in kept, "what was issued before the key was stolen stands"
    assert "replaced by another" in kept


def test_finalists_read_the_same_whether_they_have_won_until_everybody_knows(desk: Desk) -> None:
    nora, nils = (signed_in(desk.app, f"{name}@city.example") for name in ("nora", "nils"))
    pages = {name: f"/en/nominations/{ids(desk.app)[name]}/certificates" for name in ("N1", "N3")}
    assert {nora.get(pages["N1"]).status_code, nils.get(pages["N3"]).status_code} == {404}
    from awards import finalists
    from awards.extensions import begin_writing

    with desk.app.app_context():
        begin_writing()
        play = desk.made._play()
        finalists.announce(play.session, play.edition, actor=play.actor, now=play.now)
        db.session.commit()

    for who, name in ((nora, "N1"), (nils, "N3")):
        page = well(who.get(pages[name]))
        assert "Your certificate as a finalist" in page
        assert who.get(f"{pages[name]}/proof-en.pdf").data.startswith(b"%PDF")
        seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
        assert seen
        assert send(who, pages[name], {"seen": "0"}).status_code == 409
        assert send(who, pages[name], {"seen": seen[1]}).status_code == 303
        assert "The proof is approved." in well(who.get(pages[name]))
    assert nils.get(pages["N1"]).status_code == 404

    desk.press()
    desk.sign()
    assert "finalist" not in well(nora.get(pages["N1"])).split("<main")[1].lower()
    theirs = well(nils.get(pages["N3"]))
    number = re.search(r"/award/certificate/([^.]+)\.pdf", theirs)
    assert number
    file = nils.get(f"/en/nominations/{ids(desk.app)['N3']}/award/certificate/{number[1]}.pdf")
    assert file.data.startswith(b"%PDF")
