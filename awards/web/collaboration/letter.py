"""The approval letter, filled in with the nomination's facts, to be printed, signed, stamped and uploaded."""

from __future__ import annotations

from flask import request

from awards import attachments, partners
from awards.eligibility import CITY_APPROVAL
from awards.extensions import db
from awards.web import approval, door, face, sessions
from awards.web.access import Audience, audience
from awards.web.collaboration import desk
from awards.web.collaboration.desk import blueprint
from awards.web.collaboration.partners import partner_of


@blueprint.get("/approval-letter")
@audience(Audience.NOMINATOR)
def letter(**_address: str) -> tuple[str, int]:
    """The city's letter, or that of the partner whose identifier the address names."""
    session, found = db.session(), door.nomination()
    wanted = request.args.get("partner", "")
    partner = partner_of(wanted).organisation if wanted else None
    edition = desk.edition_of(found)
    asked = {it.key for it in attachments.fields_of(session, found)}
    city_field = CITY_APPROVAL if CITY_APPROVAL in asked else ""
    return desk.show(
        "letter.html",
        letter=approval.of(
            session, found, face.faces_of(session, [edition], sessions.now())[edition.id], partner
        ),
        wanted=wanted,
        field=partners.letter_field(partner) if partner else city_field,
    )
