"""What winners are told in confidence: read after a word given, answered, names confirmed, the proof approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import acceptances, badges, certificates, confidences, issued, proofs, publication
from awards.acceptances import NotAccepted, NotGiven, Released
from awards.badges import Shown
from awards.extensions import db
from awards.issued import NotSigned
from awards.models import (
    Acceptance,
    AwardState,
    Certificate,
    CertificateState,
    PublicationKind,
)
from awards.proofs import NoProof, Proof, ProofChanged
from awards.storage import NoSuchFile
from awards.timetable import Moment
from awards.web import face, sessions, verification, words
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download
from awards.web.face import Face
from awards.web.nominations.desk import Desk, desk
from awards.web.release import naming
from awards.web.results import title_of
from awards.web.texts import Text, choose, own
from awards.web.words import tidy_text

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """A prize as its winner reads of it."""

    it: Acceptance
    prize: Text
    category: Text
    name: Text
    read_as: Text
    title: Text
    reason: Text
    public: bool
    changes: tuple[tuple[naming.Place, str], ...]
    places: tuple[naming.Place, ...]
    proofs: tuple[Proof, ...]
    approved: bool
    undrawn: tuple[str, ...]
    seen: str
    certificates: tuple[Certificate, ...]
    badges: tuple[Shown, ...]
    given: bool

    @property
    def taken_back(self) -> bool:
        """Whether the result was taken back after it was told, and they have not been told anew."""
        return not self.given and self.it.award.state is not AwardState.DECLINED

    @property
    def answer(self) -> str:
        return self.it.answer.value if self.it.answer else ""


def init_app(blueprint: Blueprint) -> None:
    one = "/nominations/<nomination>/award"
    blueprint.add_url_rule(one, "award", award, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{one}/<told>/proof-<tongue>.pdf", "proof", proof)
    blueprint.add_url_rule(f"{one}/certificate/<number>.pdf", "certificate", certificate)


@audience(Audience.NOMINATOR)
def award(nomination: str) -> str | Response | tuple[str, int]:
    """404 for whoever has been told nothing, as for any page that isn't there."""
    here = desk()
    session, found = db.session(), list(acceptances.of_nomination(db.session(), here.nomination))
    if not found:
        abort(404)
    public = _public(here)
    is_read = all(it.award.category in public for it in found) or confidences.has_read(
        session, here.edition, here.nomination, sessions.me()
    )
    if request.method == "GET":
        return _page(here, found) if is_read else _before(here)
    act = _posted("act")
    if act == "read" or not is_read:
        if act != "read":
            return _before(here)
        confidences.read(session, here.edition, here.nomination, actor=sessions.actor(), now=here.now)
        session.commit()
        return redirect(url_for("nominations.award", nomination=nomination), 303)
    told = next((it for it in found if it.public_id == _posted("told")), None)
    if told is None:
        abort(400)
    wrong = {} if act == "proof" else _wrong(here, told)
    if wrong:
        return _page(here, found, told, wrong), 422
    if act == "answer" and _posted("answer") == "declined" and _posted("sure") != "yes":
        return _page(here, found, told, {}, sure=True)
    try:
        says = _act(here, told, act)
    except Released:
        session.rollback()
        says = _("The result is public, so nothing can be changed here any more. Write to the secretariat.")
        return _page(here, found, told, {"": says}), 409
    except NotGiven:
        session.rollback()
        return _page(
            here, found, told, {"": _("This prize does not stand any more: read below what became of it.")}
        ), 409
    except NotAccepted:
        session.rollback()
        return _page(here, found, told, {"": _("Accept the prize first.")}), 409
    except NoProof as error:
        session.rollback()
        says = _("These characters can't be printed on the certificate: %(signs)s.", signs=str(error))
        return _page(here, found, told, {"": says}), 409
    except ProofChanged:
        session.rollback()
        says = _("The proof has changed since you opened this page. Look at it once more.")
        return _page(here, found, told, {"": says}), 409
    session.commit()
    flash(says, "done")
    return redirect(url_for("nominations.award", nomination=nomination), 303)


def _act(here: Desk, told: Acceptance, act: str) -> str:
    session, actor = db.session(), sessions.actor()
    if act == "proof":
        acceptances.approve_proof(
            session, here.edition, told, sha256=_posted("seen"), actor=actor, now=here.now
        )
        return _("The proof is approved.")
    accepted = _posted("answer") == "accepted"
    names = {
        it.key: value
        for it in _places(here, told)
        if (value := " ".join(_posted(it.key).split())) and value != it.value
    }
    acceptances.answer(
        session,
        here.edition,
        told,
        accepted=accepted,
        names=names,
        wishes=_posted("wishes"),
        attending=_posted("attending"),
        actor=actor,
        now=here.now,
    )
    if not accepted:
        return _("You have declined. Until the secretariat has recorded it you can take that back here.")
    return _("Thank you. You accept, and your answer is kept. Until the release you can change it here.")


def _wrong(here: Desk, told: Acceptance) -> dict[str, str]:
    wrong = {}
    if _posted("answer") not in ("accepted", "declined"):
        wrong["answer"] = _("Say whether you accept.")
    for it in _places(here, told):
        if len(_posted(it.key)) > naming.LONGEST:
            wrong[it.key] = _("Write at most %(number)d characters.", number=naming.LONGEST)
    for key in ("wishes", "attending"):
        if len(_posted(key)) > LONGEST:
            wrong[key] = _("Write at most %(number)d characters.", number=LONGEST)
    return wrong


def _posted(name: str) -> str:
    form = sessions.filled()
    return "" if form is None else tidy_text(form.get(name))


def _places(here: Desk, told: Acceptance) -> tuple[naming.Place, ...]:
    return tuple(naming.places(told.award.names, here.rules.languages))


def _before(here: Desk) -> str:
    """What is asked of whoever opens it: to tell nobody before the result is public."""
    return render_template("nominations/award_before.html", desk=here, specimen=here.edition.specimen)


def _page(
    here: Desk,
    found: list[Acceptance],
    asked: Acceptance | None = None,
    wrong: Mapping[str, str] | None = None,
    *,
    sure: bool = False,
) -> str:
    its = face.face_of(db.session(), here.edition.key, here.now)
    assert its is not None
    shown = [_told(here, it, its) for it in found]
    ceremony = its.moment(Moment.CEREMONY)
    return render_template(
        "nominations/award.html",
        desk=here,
        told=shown,
        asked=asked.public_id if asked else "",
        wrong=dict(wrong or {}),
        sure=sure,
        typed=_typed,
        spoken=naming.spoken,
        ceremony=words.in_both(ceremony, sessions.me().zone) if ceremony else "",
        words=words,
        specimen=here.edition.specimen,
    )


def _typed(key: str, kept: str, *, mine: bool) -> str:
    """What a field of the form holds: what was typed into it, else what is kept."""
    form = sessions.filled()
    return _posted(key) if mine and form is not None and key in form else kept


def _told(here: Desk, it: Acceptance, its: Face) -> Told:
    session, names = db.session(), it.award.names
    name, read_as = own(names["organisation"], names.get("organisation_names"), names.get("country", ""))
    public = it.award.category in _public(here)
    given = it.award.state is AwardState.GIVEN and (public or acceptances.stands(session, it))
    found = proofs.of_award(session, here.edition, it.award) if given and not public else []
    approvals = proofs.latest(session, here.edition)
    issued_for = certificates.of_award(session, it.award) if given and public else []
    return Told(
        it,
        its.names.name("prizes", it.award.prize),
        its.names.name("categories", it.award.category),
        name,
        read_as,
        title_of(names),
        choose(it.award.citations, here.edition.language),
        public,
        tuple(naming.changes(names, it.names or {})),
        _places(here, it),
        tuple(found),
        all(proofs.is_approved(one, approvals) for one in found),
        proofs.undrawn(found),
        proofs.together(found),
        tuple(issued_for),
        tuple(
            one for one in badges.beside(session, issued_for, here.now) if one.badge.prize == it.award.prize
        ),
        given,
    )


def _public(here: Desk) -> set[str]:
    """The categories whose winners anybody may read now."""
    found = publication.visible(db.session(), here.edition, PublicationKind.WINNERS, here.now)
    return {it.category for it in found}


@audience(Audience.NOMINATOR)
def proof(nomination: str, told: str, tongue: str) -> Response:  # noqa: ARG001
    """The proof of a certificate, for whoever has opened what was told in confidence."""
    here = desk()
    session = db.session()
    found = next(
        (it for it in acceptances.of_nomination(session, here.nomination) if it.public_id == told), None
    )
    if found is None or not confidences.has_read(session, here.edition, here.nomination, sessions.me()):
        abort(404)
    if not acceptances.stands(session, found):
        abort(404)
    drawn = proofs.of_award(session, here.edition, found.award, url=current_app.config["LAURELS_URL"])
    number = request.args.get("of", "1")
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:4]) <= len(drawn)):
        abort(404)
    try:
        content = drawn[int(number) - 1].draw(tongue, _folder())
    except NoProof:
        abort(404)
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=f"proof-{tongue}.pdf")


@audience(Audience.NOMINATOR)
def certificate(nomination: str, number: str) -> Response:  # noqa: ARG001
    """A certificate of the nomination's own, once its result is public."""
    here = desk()
    session = db.session()
    found = certificates.find(session, here.edition, number)
    if (
        found is None
        or found.nomination_id != here.nomination.id
        or found.state is not CertificateState.IN_FORCE
        or not verification.is_public(session, found, here.now)
    ):
        abort(404)
    try:
        content = issued.locate(_folder(), found).read_bytes()
    except (NotSigned, NoSuchFile):
        abort(404)
    return download(content, PDF, issued.name_of(found))


def _folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "files"
