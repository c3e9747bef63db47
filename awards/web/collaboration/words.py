"""The words for who has agreed to what, and for why something can't be done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from awards import accounts, directory, drafts, invitations, nominees, partners, questions, writers
from awards.models import InvitationKind
from awards.nominees import Acceptance
from awards.partners import Standing

KINDS: Mapping[str, object] = {
    "city": _l("City"),
    "city-corporation": _l("City corporation"),
    "municipality": _l("Municipality"),
    "special-region": _l("Special region"),
    "province": _l("Province"),
    "prefecture": _l("Prefecture"),
    "regency": _l("Regency"),
    "state": _l("Federal state"),
    "locality": _l("Locality"),
    "district": _l("District"),
    "public-agency": _l("Public agency"),
    "corporation": _l("Company"),
    "association": _l("Association"),
    "academic": _l("University"),
    "non-profit": _l("Non-profit organisation"),
    "research": _l("Research institute"),
    "international": _l("International organisation"),
    "other": _l("Other"),
}
"""One organisation by its kind."""

STANDINGS: Mapping[StrEnum, object] = {
    Standing.NOT_ASKED: _l("Not asked yet, and no letter"),
    Standing.WAITING: _l("Asked, no answer yet"),
    Standing.CONFIRMED: _l("Confirmed"),
    Standing.BY_LETTER: _l("Approved by a signed letter"),
    Standing.DECLINED: _l("Declined"),
}
ACCEPTANCES: Mapping[StrEnum, object] = {
    Acceptance.NOT_NEEDED: _l("You nominate yourself: nobody has to be asked"),
    Acceptance.NOT_ASKED: _l("Not asked yet"),
    Acceptance.WAITING: _l("Asked, no answer yet"),
    Acceptance.ACCEPTED: _l("Accepted"),
    Acceptance.DECLINED: _l("Declined"),
}
ASKED: Mapping[StrEnum, object] = {
    InvitationKind.EDITOR: _l("to write with you"),
    InvitationKind.HANDOVER: _l("to lead the nomination"),
}

REFUSALS: Mapping[type[Exception], object] = {
    accounts.NotAnAddress: _l("This is no e-mail address. Write it like name@example.org."),
    partners.IsPartner: _l(
        "This organisation is a partner of the nomination already. Take it off the partners first if it is to lead."
    ),
    partners.IsLead: _l("This organisation leads the nomination, so it can't be a partner of it too."),
    partners.NotAPartner: _l(
        "This organisation is no longer a partner of the nomination. Nothing was changed."
    ),
    directory.TooManySuggested: _l(
        "You have added many organisations that the secretariat has not confirmed yet. "
        "Choose one of the list, or write to the secretariat."
    ),
    drafts.NotEditable: _l("The nomination can't be changed any more. Nothing was changed."),
    drafts.NominationsNotOpen: _l(
        "Nominations are closed, so partners stay as they were submitted. Nothing was changed."
    ),
    drafts.FieldClosed: _l(
        "The nomination was returned to you for other points. This one can't be changed. Nothing was changed."
    ),
    drafts.StaleDraft: _l("Somebody else has saved the same meanwhile. Nothing was overwritten."),
    invitations.InvitationAnswered: _l(
        "This invitation has been answered or withdrawn. Nothing was changed."
    ),
    invitations.InvitationWithdrawn: _l(
        "This invitation has been answered or withdrawn. Nothing was changed."
    ),
    invitations.InvitationClosed: _l("What the invitation asks for is closed. Nothing was changed."),
    nominees.NobodyToAsk: _l("Write the name and e-mail address of the person first."),
    questions.InvitedAlready: _l("This person has been asked already and hasn't answered yet."),
    questions.SentJustNow: _l(
        "A message was sent a few minutes ago. Wait a little before you send another one."
    ),
    questions.TooManyMessages: _l(
        "So many messages went out that no more are sent today. Wait a day before you send another one."
    ),
    questions.TooManyInvitations: _l(
        "Many invitations wait for an answer. Withdraw one before you send another."
    ),
    writers.LeadOnly: _l("Only the person who leads the nomination can do this. Nothing was changed."),
    writers.WritesAlready: _l("This person writes the nomination already."),
    writers.NotAWriter: _l("This person doesn't write the nomination any more. Nothing was changed."),
}

PARTNER_ALREADY = _l("This organisation is a partner already.")


def refusal(error: Exception) -> str:
    """Why nothing was done. Raises KeyError for an error that nobody has words for."""
    return str(REFUSALS[type(error)])


REFUSED = tuple(REFUSALS)
"""The errors that a person can be told about."""
