"""The people of an edition: asked by mail, in order, with what became of each invitation; roles that come to an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from wtforms import EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from awards import accounts, appointments, editions, exclusions, holders, invitations
from awards.extensions import db
from awards.models import Answer as Given
from awards.models import Grant, Invitation, Role
from awards.web import door, language, sessions
from awards.web.access import Audience, audience
from awards.web.roles import titled
from awards.web.secretariat import wording
from awards.web.secretariat.frame import Answer, back_to, blueprint, may, name_of, posted, show
from awards.web.words import lazy as _l
from awards.web.words import tidy, tidy_text

REFUSALS = (
    accounts.NotAnAddress,
    appointments.NotYours,
    appointments.YourOwnRole,
    appointments.HasRole,
    exclusions.NeverBoth,
    appointments.ChairThere,
    appointments.InvitedAlready,
    holders.NoVote,
    holders.HoldersFull,
    holders.HoldersTooLate,
)
GONE = (
    appointments.NoSuchRole,
    appointments.NoSuchInvitation,
    invitations.InvitationAnswered,
    invitations.InvitationWithdrawn,
    invitations.InvitationClosed,
)


class InviteForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"),
        [DataRequired(_l("Write the e-mail address.")), Length(max=accounts.LONGEST_ADDRESS)],
        filters=[tidy],
    )
    name = StringField(
        _l("Name"),
        [Length(max=accounts.LONGEST_NAME, message=_l("A name has at most 200 letters."))],
        filters=[tidy],
    )
    role = RadioField(_l("Role"), [InputRequired(_l("Choose a role."))])
    language = SelectField(_l("Language of the mail"))
    note = TextAreaField(
        _l("A word of your own"),
        [Length(max=invitations.LONGEST_NOTE, message=_l("This is longer than 2000 letters."))],
        filters=[tidy_text],
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation and what became of it; `open` while it can be answered."""

    invitation: Invitation
    role: object
    state: str
    open: bool
    yours: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has or had, and what may be done about it."""

    grant: Grant
    name: str
    role: object
    you: bool
    yours: bool
    up: bool
    down: bool


def _as_administrator() -> bool:
    """Who is an administrator and no organiser appoints organisers, and nobody else."""
    return not may(Audience.ORGANISER, reading=False)


def _roles() -> tuple[Role, ...]:
    return appointments.BY_ADMINISTRATORS if _as_administrator() else appointments.BY_ORGANISERS


@blueprint.route("/<edition>/people", methods=["GET", "POST"])
@audience(Audience.APPOINTER)
def people(edition: str) -> Answer:
    """Everybody with a role, and the form to ask one more."""
    form = InviteForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    form.role.choices = [(it.value, f"{titled(it)}: {wording.DUTIES[it]}") for it in _roles()]
    form.language.choices = list(language.NAMES.items())
    if request.method == "GET":
        if sessions.filled() is None:
            form.language.data = door.edition().language
            form.role.data = Role.ORGANISER.value if len(_roles()) == 1 else None
        return _people(form)
    if not form.validate():
        return _people(form), 422
    try:
        asked = appointments.appoint(
            db.session(),
            door.edition(),
            Role(form.role.data),
            email=str(form.email.data),
            name=str(form.name.data),
            language=form.language.data,
            note=str(form.note.data),
            as_administrator=_as_administrator(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except REFUSALS as error:
        db.session.rollback()
        form.email.errors = [_refused(error)]
        return _people(form), 422
    db.session.commit()
    said = _("%(name)s is asked by mail.", name=asked.name or asked.email)
    return back_to("people", said)


def _refused(error: Exception) -> str:
    if isinstance(error, exclusions.NeverBoth):
        return _(
            "This person is %(has)s here, and nobody has both roles: who is one must never act as the other.",
            has=titled(error.has),
        )
    if isinstance(error, appointments.ChairThere):
        return _("%(name)s is the chair or has been asked to be. End that first.", name=str(error))
    words: Mapping[type[Exception], str] = {
        accounts.NotAnAddress: _("This is not an e-mail address."),
        appointments.NotYours: _("This role is given by the organisers of the edition."),
        appointments.YourOwnRole: _(
            "Nobody gives a role to themselves. Ask another organiser or an administrator."
        ),
        appointments.HasRole: _("This person has this role already."),
        holders.NoVote: _("The rules of this edition have no vote, so there is no key to hold."),
        holders.HoldersFull: _("Three key holders are named or asked. End one of them first."),
        holders.HoldersTooLate: _(
            "The rules are frozen, and the key was kept as one file. Key holders are named before the freeze."
        ),
        appointments.InvitedAlready: _(
            "This person has been asked already. Send the invitation again below."
        ),
    }
    return words[type(error)]


def _people(form: InviteForm) -> str:
    session, found, now = db.session(), door.edition(), sessions.now()
    grants = appointments.of_edition(session, found)
    asked = [_asked(it, invitations.is_open(session, it, now)) for it in appointments.invited(session, found)]
    holding = [it for it in grants if it.ended_at is None]
    return show(
        "people.html",
        "people",
        form=form,
        holders=[
            _held(it, holding) for role in appointments.BY_ORGANISERS for it in holding if it.role is role
        ],
        ended=[_held(it, []) for it in grants if it.ended_at is not None],
        waiting=[it for it in asked if it.open],
        answered=[it for it in asked if not it.open and it.invitation.answer is not Given.ACCEPTED],
        appointing=may(Audience.APPOINTER, reading=False),
        optional=True,
    )


def _held(grant: Grant, holding: list[Grant]) -> Held:
    deputies = [it.id for it in holding if it.role is Role.DEPUTY]
    place = deputies.index(grant.id) if grant.id in deputies else -1
    return Held(
        grant=grant,
        name=name_of(grant.account),
        role=titled(grant.role),
        you=grant.account_id == sessions.me().id,
        yours=grant.role in _roles(),
        up=place > 0,
        down=0 <= place < len(deputies) - 1,
    )


def _asked(invitation: Invitation, is_open: bool) -> Asked:
    states = {
        Given.ACCEPTED: _("accepted"),
        Given.DECLINED: _("declined"),
        Given.WITHDRAWN: _("withdrawn"),
    }
    state = states[invitation.answer] if invitation.answer else _("not answered in time")
    role = invitation.role
    assert role is not None
    return Asked(
        invitation,
        titled(role),
        _("not answered yet") if is_open else state,
        is_open,
        role in _roles(),
    )


@blueprint.post("/<edition>/people/invitations/<identifier>")
@audience(Audience.APPOINTER)
def people_invitation(edition: str, identifier: str) -> Answer:
    """Send an invitation again, or take it back."""
    session, actor, now = db.session(), sessions.actor(), sessions.now()
    try:
        found = appointments.invitation(
            session, door.edition(), identifier, as_administrator=_as_administrator()
        )
        if posted("act") == "withdraw":
            invitations.withdraw(session, found, actor=actor, now=now)
            said = _("The invitation of %(name)s is taken back.", name=found.name or found.email)
        else:
            invitations.resend(session, found, actor=actor, now=now)
            said = _("Sent again to %(name)s.", name=found.name or found.email)
    except GONE:
        session.rollback()
        return back_to("people", _("This invitation has been answered or closed meanwhile."), "caution")
    except appointments.NotYours as error:
        session.rollback()
        return back_to("people", _refused(error), "alarm")
    session.commit()
    return back_to("people", said)


@blueprint.route("/<edition>/people/<role>/<person>/end", methods=["GET", "POST"])
@audience(Audience.APPOINTER)
def people_end(edition: str, role: str, person: str) -> Answer:
    """End a role, after a look at what follows."""
    session, found = db.session(), door.edition()
    if request.method == "POST":
        editions.lock(session, found)
    try:
        grant = appointments.find(session, found, _role(role), person)
    except appointments.NoSuchRole:
        return back_to("people", _("This person has no such role any more."), "caution")
    if request.method == "GET":
        return show("people_end.html", "people", holder=_held(grant, []))
    try:
        appointments.end(
            session,
            found,
            grant,
            as_administrator=_as_administrator(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except holders.HolderNeeded:
        session.rollback()
        says = _(
            "Envelopes are sealed for this key holder. Record on the page of the key that it is lost, if it is."
        )
        return back_to("people", says, "alarm")
    except appointments.LastOrganiser:
        session.rollback()
        says = _("This is the last organiser. Appoint another one first: an edition is never without.")
        return back_to("people", says, "alarm")
    except appointments.NotYours as error:
        session.rollback()
        return back_to("people", _refused(error), "alarm")
    name, ended = name_of(grant.account), titled(grant.role)
    session.commit()
    if grant.account_id == sessions.me().id and not may(Audience.APPOINTER, reading=True):
        return redirect(url_for("today.show"), 303)
    return back_to("people", _("%(name)s is no longer %(role)s.", name=name, role=ended))


@blueprint.post("/<edition>/people/deputies/<person>")
@audience(Audience.ORGANISER)
def people_order(edition: str, person: str) -> Answer:
    """Let a deputy act before the one above or after the one below."""
    session, found = db.session(), door.edition()
    editions.lock(session, found)
    try:
        grant = appointments.find(session, found, Role.DEPUTY, person)
    except appointments.NoSuchRole:
        return back_to("people", _("This person has no such role any more."), "caution")
    appointments.move(
        session, found, grant, up=posted("act") == "up", actor=sessions.actor(), now=sessions.now()
    )
    session.commit()
    return back_to("people", _("The order of the deputies is changed."))


def _role(text: str) -> Role:
    """The role of an address. Raises NoSuchRole."""
    if text not in {it.value for it in Role}:
        raise appointments.NoSuchRole(text)
    return Role(text)
