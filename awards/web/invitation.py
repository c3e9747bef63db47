"""The page of an invitation: who asks what, until when; accepted or declined by a button, never by opening it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from awards import accounts, conduct, drafts, editions, exclusions, invitations, openings
from awards.extensions import db
from awards.models import (
    Account,
    Answer,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    Organisation,
    Role,
    SignedInBy,
)
from awards.timetable import Moment
from awards.web import face, language, sessions, texts, words
from awards.web.access import Audience, audience
from awards.web.language import PREFIX
from awards.web.roles import ROLES
from awards.web.texts import Text
from awards.web.words import lazy as _l
from awards.web.words import tidy

Shown = str | Response | tuple[str, int]

blueprint = Blueprint("invitation", __name__, url_prefix=PREFIX)

ACCEPT, ACCEPT_AS_ME, DECLINE = "accept", "accept_as_me", "decline"

OVER = {
    invitations.InvitationWithdrawn: (
        _l("This invitation was taken back"),
        _l("Whoever sent it has withdrawn it. There is nothing that you need to do."),
    ),
    invitations.InvitationClosed: (
        _l("This invitation is closed"),
        _l("What it asks for can't be done any more. There is nothing that you need to do."),
    ),
}
ANSWERED: Mapping[Answer, tuple[object, object]] = {
    Answer.ACCEPTED: (
        lazy_gettext("This invitation was accepted"),
        lazy_gettext("Everything is settled. Sign in to see what there is to do."),
    ),
    Answer.DECLINED: (
        lazy_gettext("This invitation was declined"),
        lazy_gettext("If that was a mistake, ask whoever sent it for a new one."),
    ),
}
NO_ACCOUNT = (
    _l("This account is closed"),
    _l("The account of this address has been closed. Ask whoever invited you, or the secretariat."),
)


NOT_GIVEN = (
    exclusions.NeverBoth,
    exclusions.ChairThere,
    exclusions.YourOwnRole,
    invitations.NotInvited,
)


class AnswerForm(FlaskForm):
    name = StringField(
        _l("Your name, as it is to be printed"),
        [Length(max=accounts.LONGEST_NAME, message=_l("A name has 200 characters at most."))],
        filters=[tidy],
    )
    answer = HiddenField()


class Asked:
    """What an invitation asks, with the names that its page says."""

    def __init__(self, invitation: Invitation) -> None:
        session = db.session()
        self.invitation = invitation
        self.edition = session.get(Edition, invitation.edition_id) if invitation.edition_id else None
        nomination = session.get(Nomination, invitation.nomination_id) if invitation.nomination_id else None
        self.about = drafts.latest(session, nomination) if nomination is not None else None
        organisation = (
            session.get(Organisation, invitation.organisation_id) if invitation.organisation_id else None
        )
        self.organisation = organisation.name if organisation else ""
        found = [self.edition] if self.edition else []
        self.face = next(iter(face.faces_of(session, found, sessions.now()).values()), None)
        self.by = invitation.invited_by.name or invitation.invited_by.email
        self.until = openings.until(session, invitation)

    @property
    def where(self) -> str:
        return str(self.face.name) if self.face else _("the whole site")

    @property
    def title(self) -> Text | str:
        """The nomination's title, in its own language; words where it has none yet."""
        if self.about is None or not self.about.title:
            return _("a nomination without a title yet")
        return Text(self.about.title, self.about.language)

    @property
    def due(self) -> str:
        """When a judge's marks are due, where that is stated."""
        if self.edition is None or self.invitation.role is not Role.JUDGE:
            return ""
        moment = Moment.MARKS_CLOSE if self.edition.first_closed_at is None else Moment.VOTE_CLOSE
        stated = editions.timetable_of(db.session(), self.edition).get(moment)
        return words.when(stated) if stated is not None else ""

    @property
    def code(self) -> Text | None:
        """The code of conduct to which a judge will be asked to agree."""
        if self.edition is None or self.invitation.role is not Role.JUDGE:
            return None
        found = conduct.of_edition(db.session(), self.edition, language.current())
        return Text(found.text, found.language) if found is not None else None

    @property
    def category(self) -> str:
        said = self.invitation.arguments
        keys = [said.get("category"), *(said.get("categories") or ())]
        face = self.face
        return texts.listed(str(face.names.name("categories", key)) for key in keys if key) if face else ""


ASKS: Mapping[InvitationKind, Callable[[Asked], tuple[str, str]]] = {
    InvitationKind.ROLE: lambda it: (
        _("Will you act as %(role)s?", role=ROLES[it.invitation.role].name) if it.invitation.role else "",
        str(ROLES[it.invitation.role].does) if it.invitation.role else "",
    ),
    InvitationKind.EDITOR: lambda it: (
        _("Will you write this nomination together?"),
        _(
            "You will see all of it and can change it, attach files and submit it, as the person who asks you can."
        ),
    ),
    InvitationKind.HANDOVER: lambda it: (
        _("Will you take over this nomination?"),
        _(
            "From then on it is yours to write, submit and answer for. The person who asks you goes on writing it "
            "with you, until you end that."
        ),
    ),
    InvitationKind.PARTNER: lambda it: (
        _(
            "Does %(organisation)s take part in this nomination?",
            organisation=it.organisation or _("your organisation"),
        ),
        _(
            "You are named as a partner. If you confirm, your organisation is nominated together with the lead."
        ),
    ),
    InvitationKind.NOMINEE: lambda it: (
        _("Do you accept being nominated?"),
        _(
            "You are put forward by somebody else. Those who check the nominations see whether you have accepted."
        ),
    ),
    InvitationKind.CATEGORY: lambda it: (
        _("May this nomination move to another category?"),
        _(
            "Those who check the nominations think that it belongs in %(category)s. It moves only if you agree.",
            category=it.category,
        ),
    ),
}
YES: Mapping[InvitationKind, tuple[object, object]] = {
    InvitationKind.ROLE: (lazy_gettext("Accept this role"), lazy_gettext("Decline")),
    InvitationKind.EDITOR: (lazy_gettext("Yes, write it together"), lazy_gettext("Decline")),
    InvitationKind.HANDOVER: (lazy_gettext("Yes, take it over"), lazy_gettext("Decline")),
    InvitationKind.PARTNER: (lazy_gettext("Yes, we take part"), lazy_gettext("No, we do not take part")),
    InvitationKind.NOMINEE: (lazy_gettext("Yes, I accept"), lazy_gettext("No, I do not accept")),
    InvitationKind.CATEGORY: (lazy_gettext("Yes, move it"), lazy_gettext("No, leave it where it is")),
}
CLOSINGS: Mapping[openings.Closing, object] = {
    openings.Closing.ROLE: lazy_gettext("as long as this role has something to do in this edition"),
    openings.Closing.DEADLINE: lazy_gettext("as long as the nomination can be written"),
    openings.Closing.DECISION: lazy_gettext("until it is decided whether the nomination takes part"),
    openings.Closing.DATE: lazy_gettext("for 90 days"),
}


def valid_until(until: openings.Until) -> str:
    """Until when an invitation can be answered, in words."""
    if until.at is None:
        return _("You can answer %(span)s.", span=CLOSINGS[until.closing])
    return _("You can answer until %(moment)s.", moment=words.when(until.at))


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@audience(Audience.LINK_HOLDER)
def show(token: str) -> Shown:
    sessions.current()
    found = invitations.of_token(db.session(), token)
    if found is None:
        specimen = face.only_specimens(db.session())
        why = _("This link is not known. Check that you copied all of it.")
        return render_template("links/gone.html", why=why, specimen=specimen), 404
    return _asked(found)


@blueprint.route("/invitations/<invitation>", methods=["GET", "POST"])
@audience(Audience.SIGNED_IN)
def mine(invitation: str) -> Shown:
    """An invitation to one of the addresses of whoever is signed in, without the mail's link."""
    found = (
        invitations.of_address(db.session(), sessions.me(), invitation) if invitation.isprintable() else None
    )
    if found is None:
        abort(404)
    return _asked(found)


def _asked(found: Invitation) -> Shown:
    """The page of an invitation, or of its answer; whoever is signed in is known by now."""
    try:
        invitations.need_open(db.session(), found, sessions.now())
        return _open(found, sessions.current())
    except invitations.InvitationAnswered:
        assert found.answer is not None
        return _over(*ANSWERED[found.answer], status=200, at=found)
    except tuple(OVER) as error:
        return _over(*OVER[type(error)], status=410)


def _open(found: Invitation, me: Account | None) -> Shown:
    owner = accounts.find(db.session(), found.email)
    if owner is not None and not owner.active:
        return _over(*NO_ACCOUNT, status=410)
    form = AnswerForm(data={"name": found.name})  # type: ignore[no-untyped-call]
    try:
        return _answered(found, form, me, owner) or _page(found, form, me, owner)
    except NOT_GIVEN as error:
        db.session.rollback()
        form.form_errors.append(_not_given(error))
        return _page(found, form, me, owner)


def _not_given(error: Exception) -> str:
    """Why somebody doesn't get the role that they accept."""
    if isinstance(error, exclusions.NeverBoth):
        return _(
            "You are %(has)s here, and nobody is both that and %(wanted)s. "
            "Decline, or ask whoever invited you to end the other role first.",
            has=ROLES[error.has].name,
            wanted=ROLES[error.wanted].name,
        )
    if isinstance(error, exclusions.ChairThere):
        return _("%(name)s is the chair already, and an edition has one.", name=str(error))
    if isinstance(error, exclusions.YourOwnRole):
        return _("Nobody gives a role to themselves. Another organiser has to invite you.")
    return _("Only the account of the invited address can accept a role. Sign in with that one.")


def _answered(
    found: Invitation, form: AnswerForm, me: Account | None, owner: Account | None
) -> Response | tuple[str, int] | None:
    """What follows from a button; nothing where none was pressed, or something is missing, which the form says."""
    if request.method == "POST" and form.validate():
        answer = str(form.answer.data)
        if answer == DECLINE:
            return _decline(found, owner if owner is not None else me)
        if answer == ACCEPT_AS_ME and me is not None:
            return _accept(found, me, me)
        if answer == ACCEPT and (owner is not None or form.name.data):
            return _accept(found, owner or _new_account(found, str(form.name.data)), me)
        if answer == ACCEPT:
            form.name.errors = [_("Write your name as it is to be printed.")]
        else:
            form.form_errors.append(_("Answer with one of the buttons."))
    return None


def _page(found: Invitation, form: AnswerForm, me: Account | None, owner: Account | None) -> tuple[str, int]:
    asked = Asked(found)
    title, text = ASKS[found.kind](asked)
    page = render_template(
        "invitation/show.html",
        asked=asked,
        title=title,
        text=text,
        yes=YES[found.kind][0],
        no=YES[found.kind][1],
        valid=valid_until(asked.until),
        form=form,
        owner=owner,
        other=me if me is not None and (owner is None or me.id != owner.id) else None,
        specimen=asked.edition.specimen if asked.edition else face.only_specimens(db.session()),
        country=words.country,
        alone=found.kind is InvitationKind.ROLE,
    )
    return page, 422 if form.errors else 200


def _decline(found: Invitation, account: Account | None) -> Response | tuple[str, int]:
    session = db.session()
    invitations.answer(session, found, accepted=False, account=account, now=sessions.now())
    session.commit()
    return _over(*ANSWERED[Answer.DECLINED], status=200)


def _new_account(found: Invitation, name: str) -> Account:
    """The account of an address that the link has shown to be its holder's."""
    account, _made = accounts.find_or_make(
        db.session(), found.email, name=name, now=sessions.now(), actor=None
    )
    account.language = language.current()
    return account


def _accept(found: Invitation, account: Account, me: Account | None) -> Response:
    """Accept, and sign in whoever accepts where they aren't on this device."""
    session, now = db.session(), sessions.now()
    if (me is None or me.id != account.id) and accounts.was_used(session, account):
        return _sign_in_first(found)
    target = invitations.answer(session, found, accepted=True, account=account, now=now)
    where = f"/{language.current()}{target or '/today'}"
    flash(_("Accepted. Thank you."), "done")
    if me is not None and me.id == account.id:
        response = sessions.lead(where)
    else:
        response = sessions.sign_in(account, by=SignedInBy.LINK, target=where)
    session.commit()
    return response


def _sign_in_first(found: Invitation) -> Response:
    """A link that was passed on lets nobody into an account that somebody uses: they sign in, and answer there."""
    says = _(
        "%(address)s has an account already. Sign in to it, then accept: the link alone does not sign you in.",
        address=found.email,
    )
    flash(says, "caution")
    return sessions.lead_after_sign_in(url_for("invitation.mine", invitation=found.public_id))


def _over(title: object, text: object, *, status: int, at: Invitation | None = None) -> tuple[str, int]:
    when = words.when(words.in_zone(at.answered_at, "UTC")) if at is not None and at.answered_at else ""
    specimen = face.only_specimens(db.session())
    return render_template(
        "invitation/over.html", title=title, text=text, when=when, specimen=specimen
    ), status
