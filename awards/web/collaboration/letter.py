"""The approval letter, filled in with the nomination's facts, to be printed, signed, stamped and uploaded."""

from __future__ import annotations

from flask import request

from awards import partners
from awards.extensions import db
from awards.models import NominationState
from awards.web import door, face, sessions, texts, words
from awards.web.access import Audience, audience
from awards.web.collaboration import choices, desk
from awards.web.collaboration.desk import blueprint
from awards.web.collaboration.partners import partner_of

CITY_FIELD = "city_approval"


@blueprint.get("/approval-letter")
@audience(Audience.NOMINATOR)
def letter(**_address: str) -> tuple[str, int]:
    """The city's letter, or that of the partner whose identifier the address names."""
    session, found = db.session(), door.nomination()
    wanted = request.args.get("partner", "")
    partner = partner_of(wanted) if wanted else None
    edition = desk.edition_of(found)
    draft, names = desk.draft_of(found), desk.names_of(edition)
    field = partners.letter_field(partner.organisation) if partner else CITY_FIELD
    return desk.show(
        "letter.html",
        partner=choices.choice(partner.organisation) if partner else None,
        wanted=wanted,
        field=field,
        reference="" if found.state is NominationState.DRAFT else found.reference,
        title=draft.title or texts.choose(draft.titles),
        association=texts.choose(names.texts.get("association"), names.fallback),
        awards=face.faces_of(session, [edition], sessions.now())[edition.id].name,
        category=names.name("categories", found.category),
        country=words.country(draft.country) if draft.country else "",
        others=[choices.choice(it.organisation) for it in found.partners],
    )
