"""Letters about an account: the way in, an address to confirm, an invitation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import untrusted
from awards.letters.letter import Case, Letter, Part, as_writer, parts, quoted, text
from awards.models import InvitationKind
from awards.web.roles import ROLES

ASKED: Mapping[InvitationKind, object] = {
    InvitationKind.EDITOR: _l("The question was whether to write it together."),
    InvitationKind.PARTNER: _l("The question was whether to take part as a partner."),
    InvitationKind.NOMINEE: _l("The question was whether to stand."),
    InvitationKind.HANDOVER: _l("The question was whether to take it over."),
}


def sign_in(case: Case) -> Letter:
    return Letter(
        _("Your way in"),
        parts(
            text(_("Somebody, probably you, wants to sign in with this address.")),
            text(_("Open the link and press the button there."), _how_long(case)),
        ),
        act=_("Sign in"),
        link=case.link,
        code=case.code,
        after=_if_not_you(),
        why=_("You receive this because somebody gave this address on the sign-in page."),
    )


def sign_up(case: Case) -> Letter:
    return Letter(
        _("Your new account"),
        parts(
            text(_("Somebody, probably you, wants to make an account with this address.")),
            text(_("Open the link and press the button there."), _how_long(case)),
        ),
        act=_("Make the account"),
        link=case.link,
        code=case.code,
        after=_if_not_you(),
        why=_("You receive this because somebody gave this address on the sign-up page."),
    )


def _how_long(case: Case) -> str:
    minutes = case.arguments.get("minutes")
    if not isinstance(minutes, int):
        return _("It works once, for a short time.")
    return ngettext("It works once, for %(num)s minute.", "It works once, for %(num)s minutes.", minutes)


def _if_not_you() -> tuple[Part, ...]:
    return parts(
        text(_("If it was not you, you need do nothing: without this message nobody gets in.")),
        text(_("Give link and code to nobody, whoever asks.")),
    )


def no_account(case: Case) -> Letter:
    return Letter(
        _("There is no account for this address"),
        parts(
            text(
                _("Somebody, probably you, wanted to sign in with this address."),
                _("There is no account for it, and none was made."),
            ),
            text(
                _("You may have used another address before: try that one."),
                _("Or make an account with this one:"),
            ),
        ),
        act=_("Make an account"),
        link=case.link,
        after=parts(text(_("If it was not you, you need do nothing."))),
        why=_("You receive this because somebody gave this address on the sign-in page."),
    )


def address_confirm(case: Case) -> Letter:
    account = case.said("account")
    return Letter(
        _("Confirm your address"),
        parts(
            text(_("This address is to belong to an account. Confirm that it is yours:")),
            text(_("It is the account of %(account)s.", account=account)) if account else None,
        ),
        act=_("Confirm the address"),
        link=case.link,
        after=parts(text(_("If it was not you, you need do nothing: the address is not added."))),
        why=_("You receive this because somebody who is signed in gave this address."),
    )


def invitation(case: Case) -> Letter:
    """Who asks whom for what; opening the link accepts nothing."""
    asked = case.invitation
    kind = asked.kind if asked else InvitationKind.ROLE
    subject, question = QUESTIONS[kind](case)
    by = untrusted.line(asked.invited_by.name) if asked else ""
    note = untrusted.lines(asked.note) if asked else ()
    again = case.is_so("again")
    return Letter(
        _("Again: %(subject)s", subject=subject) if again else subject,
        parts(
            text(_greeting(untrusted.line(asked.name) if asked else "")),
            text(_("A week ago you were asked this, and nobody has answered.")) if again else None,
            text(_("%(name)s invites you.", name=by) if by else "", question),
            text(_("They write:")) if note else None,
            quoted(note),
            text(
                _("The link leads to a page on which you accept or decline. Opening it decides nothing."),
                _("Answer by %(when)s.", when=case.when("until")) if case.when("until") else "",
            ),
        ),
        act=_("See the invitation"),
        link=case.link,
        after=parts(text(_("If you do not know what this is about, decline, or do nothing."))),
        why=_("You receive this because your address was given for this invitation."),
    )


def answered(case: Case) -> Letter:
    """Whoever leads a nomination reads what somebody whom they asked has answered."""
    name, accepted = case.said("name") or _("Somebody"), case.is_so("accepted")
    subject = (
        _("%(name)s accepts: %(nomination)s", name=name, nomination=case.short)
        if accepted
        else _("%(name)s declines: %(nomination)s", name=name, nomination=case.short)
    )
    kind = str(case.arguments.get("kind", ""))
    asked = str(ASKED[InvitationKind(kind)]) if kind in [it.value for it in ASKED] else ""
    return Letter(
        subject,
        parts(
            text(
                _("You asked for an answer about the nomination %(nomination)s.", nomination=case.nomination),
                asked,
            ),
            text(
                _("%(name)s has accepted.", name=name)
                if accepted
                else _("%(name)s has declined. Nothing else was changed.", name=name)
            ),
        ),
        act=_("See who takes part"),
        link=case.link,
        why=as_writer(case),
    )


def _greeting(name: str) -> str:
    return _("Dear %(name)s,", name=name) if name else ""


def _for_role(case: Case) -> tuple[str, str]:
    role = case.invitation.role if case.invitation else None
    named, edition = str(ROLES[role].name) if role else "", case.edition or "Laurels"
    keys = [case.arguments.get("category"), *case.items("categories")]
    category = ", ".join(case.name("categories", key) for key in keys if key)
    question = _("You are asked to be %(role)s of %(edition)s.", role=named, edition=edition)
    question += f" {ROLES[role].does}" if role else ""
    if category:
        question += " " + _("Category: %(category)s.", category=category)
    return _("Invitation: %(role)s of %(edition)s", role=named, edition=edition), question


def _for_editor(case: Case) -> tuple[str, str]:
    return (
        _("Write together: %(nomination)s", nomination=case.short),
        _(
            "You are asked to write the nomination %(nomination)s for %(edition)s together with others. "
            "All of you can then change it.",
            nomination=case.nomination,
            edition=case.edition,
        ),
    )


def _for_partner(case: Case) -> tuple[str, str]:
    organisation = case.said("organisation")
    return (
        _("Partner in a nomination: %(nomination)s", nomination=case.short),
        _(
            "The nomination %(nomination)s for %(edition)s names %(organisation)s as a partner. "
            "You are asked to confirm that it takes part.",
            nomination=case.nomination,
            edition=case.edition,
            organisation=organisation or _("your organisation"),
        ),
    )


def _for_nominee(case: Case) -> tuple[str, str]:
    return (
        _("You are put forward: %(nomination)s", nomination=case.short),
        _(
            "The nomination %(nomination)s puts you forward for %(edition)s. "
            "You are asked whether you agree to stand. Those who check the nominations see your answer.",
            nomination=case.nomination,
            edition=case.edition,
        ),
    )


def _for_handover(case: Case) -> tuple[str, str]:
    return (
        _("Take over a nomination: %(nomination)s", nomination=case.short),
        _(
            "You are asked to take over the nomination %(nomination)s for %(edition)s. "
            "It will then be yours to write and to submit; whoever leads it now goes on writing it with you.",
            nomination=case.nomination,
            edition=case.edition,
        ),
    )


def _for_category(case: Case) -> tuple[str, str]:
    wanted = case.name("categories", case.arguments.get("category") or case.arguments.get("to"))
    return (
        _("Another category for %(nomination)s?", nomination=case.short),
        _(
            "The secretariat of %(edition)s finds that %(nomination)s belongs in the category %(category)s. "
            "It is moved only if you agree.",
            nomination=case.nomination,
            edition=case.edition,
            category=wanted,
        ),
    )


QUESTIONS: Mapping[InvitationKind, Callable[[Case], tuple[str, str]]] = {
    InvitationKind.ROLE: _for_role,
    InvitationKind.EDITOR: _for_editor,
    InvitationKind.PARTNER: _for_partner,
    InvitationKind.NOMINEE: _for_nominee,
    InvitationKind.HANDOVER: _for_handover,
    InvitationKind.CATEGORY: _for_category,
}
