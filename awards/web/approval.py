"""What a letter of approval says: who approves which nomination, as page and as PDF."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from awards import drafts, partners
from awards.models import Nomination, Organisation
from awards.web import words
from awards.web.face import Face
from awards.web.texts import Text, listed, own


@dataclass(frozen=True, slots=True)
class Approval:
    """`facts` are pairs of what is stated and its value; `signs` what is left blank for whoever signs."""

    to: str
    says: str
    facts: tuple[tuple[str, Text | str], ...]
    signs: tuple[str, ...]


def of(session: Session, nomination: Nomination, face: Face, partner: Organisation | None) -> Approval:
    """The letter of a partner, or of the city of the nomination where none is named."""
    draft = drafts.latest(session, nomination)
    country = words.country(draft.country)
    others = [_name(it.organisation) for it in partners.of(session, nomination)]
    title = Text(draft.title, draft.language) if draft.title else _("No title yet")
    stated: list[tuple[str, Text | str]] = [
        (_("Awards"), face.name),
        (_("Title"), title),
        (_("Category"), face.names.name("categories", nomination.category)),
        (_("Nominated by"), draft.organisation_name or _("No organisation yet")),
        (_("City"), ", ".join(it for it in (draft.city or _("No city yet"), country) if it)),
        *([(_("Partners"), listed(others))] if others else []),
        (_("Reference"), nomination.reference if nomination.submitted_number else _("not submitted yet")),
    ]
    agrees = (
        _(
            "%(partner)s is a partner of the nomination below and agrees to its being submitted.",
            partner=named,
        )
        if (named := _name(partner))
        else _("The city named below approves the nomination and agrees to its being submitted.")
    )
    return Approval(
        to=_("To: %(association)s", association=face.say("association")),
        says=agrees,
        facts=tuple(stated),
        signs=(_("Name"), _("Office"), _("Place and date"), _("Signature and stamp")),
    )


def _name(organisation: Organisation | None) -> str:
    """An organisation by its own name, nothing where there is none."""
    if organisation is None:
        return ""
    return str(own(organisation.name, organisation.names, organisation.country)[0])
