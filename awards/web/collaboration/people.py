"""Who writes a nomination: those who do, those who are asked, leaving and handing over."""

from __future__ import annotations

from flask import flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import deadlines, editions, invitations, nominees, partners, questions, writers
from awards.eligibility import CITY_APPROVAL
from awards.extensions import db
from awards.models import Account, Invitation, Nomination
from awards.web import door, sessions
from awards.web import words as general
from awards.web.access import Audience, audience
from awards.web.collaboration import choices, desk, words
from awards.web.collaboration.desk import blueprint
from awards.web.collaboration.forms import InviteForm
from awards.web.language import NAMES, current

Answer = Response | tuple[str, int]


@blueprint.route("/people", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def show(**_address: str) -> Answer:
    """Everybody concerned; the form invites somebody to write too."""
    form = InviteForm(formdata=sessions.filled())
    if request.method == "POST" and form.validate():
        try:
            asked = writers.invite(
                db.session(),
                door.nomination(),
                email=str(form.email.data),
                language=str(form.message_language.data),
                actor=sessions.actor(),
                now=sessions.now(),
            )
        except writers.LeadOnly as error:
            return desk.not_done("show", error)
        except words.REFUSED as error:
            form.email.errors = [words.refusal(error)]
        else:
            return desk.done("show", sent_to(asked))
    return _people(form)


def _people(form: InviteForm) -> tuple[str, int]:
    session, nomination = db.session(), door.nomination()
    edition, draft = desk.edition_of(nomination), desk.draft_of(nomination)
    rules = editions.rules_of(session, edition)
    closes = deadlines.closes(session, edition, nomination)
    lead = draft.organisation
    return desk.show(
        "people.html",
        refused=bool(form.errors),
        form=form,
        words=words,
        leads=nomination.nominator_id == sessions.me().id,
        writers=writers.writers(session, nomination),
        waiting=questions.waiting(session, nomination, *writers.WRITING),
        nominee=nominees.of(session, nomination),
        partners=[(it, choices.choice(it.organisation)) for it in partners.of(session, nomination)],
        partners_open=partners.may_change(session, nomination, sessions.now()),
        closes=general.in_both(closes, sessions.me().zone) if closes else "",
        city_field=CITY_APPROVAL if CITY_APPROVAL in {it.key for it in rules.fields} else "",
        needs_approval=lead is not None and lead.kind in rules.eligibility.city_approval,
        languages=[(tag, name, tag == current()) for tag, name in NAMES.items()],
    )


def sent_to(asked: Invitation) -> str:
    return _("A message was sent to %(address)s.", address=asked.email)


@blueprint.post("/people/<person>/remove")
@audience(Audience.NOMINATOR)
def remove(person: str, **_address: str) -> Response:
    """End a co-editor's writing."""
    account = _person(person)
    try:
        if account is None:
            raise writers.NotAWriter(person)
        writers.remove(db.session(), door.nomination(), account, actor=sessions.actor(), now=sessions.now())
    except words.REFUSED as error:
        return desk.not_done("show", error)
    return desk.done("show", _("This person doesn't write the nomination any more."))


def _person(identifier: str) -> Account | None:
    if not door.IDENTIFIER.fullmatch(identifier):
        return None
    return db.session.scalars(select(Account).where(Account.public_id == identifier)).first()


@blueprint.route("/people/leave", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def leave(**_address: str) -> Answer:
    """End one's own writing, after a word on what follows."""
    found = door.nomination()
    if request.method == "GET":
        return desk.show("leave.html", leads=found.nominator_id == sessions.me().id)
    try:
        writers.remove(db.session(), found, sessions.me(), actor=sessions.actor(), now=sessions.now())
    except words.REFUSED as error:
        return desk.not_done("leave", error)
    return _left(found)


def _left(nomination: Nomination) -> Response:
    title = desk.draft_of(nomination).title
    flash(_("You no longer write the nomination “%(title)s”.", title=title or nomination.public_id), "done")
    db.session.commit()
    return redirect(url_for("today.show"), 303)


@blueprint.route("/people/hand-over", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def hand_over(**_address: str) -> Answer:
    """Ask somebody else of the organisation to lead."""
    form = InviteForm(formdata=sessions.filled())
    if request.method == "POST" and form.validate():
        try:
            asked = writers.offer_lead(
                db.session(),
                door.nomination(),
                email=str(form.email.data),
                language=str(form.message_language.data),
                actor=sessions.actor(),
                now=sessions.now(),
            )
        except writers.LeadOnly as error:
            return desk.not_done("show", error)
        except words.REFUSED as error:
            form.email.errors = [words.refusal(error)]
        else:
            return desk.done("show", sent_to(asked))
    leads = door.nomination().nominator_id == sessions.me().id
    return desk.show("hand_over.html", refused=bool(form.errors), form=form, leads=leads)


@blueprint.post("/invitations/<invitation>/withdraw")
@audience(Audience.NOMINATOR)
def withdraw(invitation: str, **_address: str) -> Response:
    """Take an invitation back."""
    found = _invitation(invitation)
    try:
        if found is not None:
            writers.withdraw(
                db.session(), door.nomination(), found, actor=sessions.actor(), now=sessions.now()
            )
    except words.REFUSED as error:
        return desk.not_done("show", error)
    if found is None:
        return desk.go("show", _no_longer_open(), "alarm")
    return desk.done("show", _("The invitation to %(address)s was withdrawn.", address=found.email))


@blueprint.post("/invitations/<invitation>/resend")
@audience(Audience.NOMINATOR)
def resend(invitation: str, **_address: str) -> Response:
    """Send the message of an invitation once more."""
    found = _invitation(invitation)
    if found is None or not invitations.is_open(db.session(), found, sessions.now()):
        return desk.go("show", _no_longer_open(), "alarm")
    try:
        writers.send_again(db.session(), door.nomination(), found, actor=sessions.actor(), now=sessions.now())
    except words.REFUSED as error:
        return desk.not_done("show", error)
    return desk.done("show", sent_to(found))


def _no_longer_open() -> str:
    return _("This invitation has been answered or withdrawn. Nothing was changed.")


def _invitation(identifier: str) -> Invitation | None:
    """An invitation of this nomination that waits for an answer."""
    waiting = questions.waiting(db.session(), door.nomination())
    return next((it for it in waiting if it.public_id == identifier), None)
