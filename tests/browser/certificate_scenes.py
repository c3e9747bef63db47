"""Certificates: proofs, the two who issue, the worker, one that is recalled; what verifying them says."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from awards.extensions import db
from awards.models import Issuance, IssuanceState
from tests.awards.play import KEY
from tests.browser.release_scenes import lively
from tests.browser.small_sites import do, site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.web.signing import signed_in
from tests.web.test_certificates import WINNERS, Desk
from tests.web.test_release import ids, signed

HERE = f"/secretariat/{KEY}/certificates"


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "certificates") as (site, own, _clock):
        desk = Desk(signed(site, own).made)
        lively(desk)
        office(stills, desk)
        desk.press()
        desk.sign()
        public(stills, desk)
        holders(stills, desk)


def office(stills: Stills, desk: Desk) -> None:
    olga, omar = desk.made.at("olga"), desk.made.at("omar")
    stills.look("certificates-waiting", olga, f"{HERE}/")
    stills.look("certificates-proofs", olga, f"{HERE}/proofs")
    stills.refuse("certificates-proofs-wrong", olga, f"{HERE}/proofs", {"reason": ""})
    desk.approve_proofs()
    stills.look("certificates-ready", olga, f"{HERE}/")
    do(olga, f"{HERE}/", {"act": "propose", "group": WINNERS, "reason": "The board agrees."})
    stills.look("certificates-proposed", omar, f"{HERE}/")
    do(omar, f"{HERE}/", {"act": "approve", "sha256": desk.hash_of()})
    with desk.app.app_context():
        it = db.session.scalars(select(Issuance)).one()
        it.state, it.answer = IssuanceState.STOPPED, "NoSigningKey"
        db.session.commit()
    stills.look("certificates-stopped", olga, f"{HERE}/")
    with desk.app.app_context():
        db.session.scalars(select(Issuance)).one().state = IssuanceState.ISSUING
        db.session.commit()
    desk.sign()
    stills.look("certificates-issued", olga, f"{HERE}/issued")


def public(stills: Stills, desk: Desk) -> None:
    visitor, olga, omar = desk.app.test_client(), desk.made.at("olga"), desk.made.at("omar")
    (number, code, pdf), *_more = desk.rows()
    stills.look("verify", visitor, "/verify/")
    stills.look("certificate-in-force", visitor, f"/verify/{code}")
    for language in LANGUAGES:
        stills.keep("certificate-file", language, desk.check(pdf, language))
        touched = pdf.replace(b"%%EOF", b"%%EOG")
        stills.keep("certificate-touched", language, desk.check(touched, language))
    stills.look("certificate-one", olga, f"{HERE}/{number}")
    do(olga, f"{HERE}/{number}", {"act": "reissue", "reason": "A misspelt name."})
    stills.look("certificate-recall", omar, f"{HERE}/{number}")
    do(omar, f"{HERE}/{number}", {"act": "approve", "sha256": desk.hash_of(f"/{number}")})
    stills.look("certificate-reissued", visitor, f"/verify/{code}")


def holders(stills: Stills, desk: Desk) -> None:
    nora = signed_in(desk.app, "nora@city.example")
    stills.look("certificates-own", nora, f"/nominations/{ids(desk.app)['N1']}/certificates")
    stills.look("certificates-judge", desk.made.at("chair"), "/account/certificates/")
