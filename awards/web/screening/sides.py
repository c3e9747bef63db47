"""Two texts compared: two nominations that may be the same, and two revisions of one."""

from __future__ import annotations

from flask import abort

from awards.extensions import db
from awards.nominations import standing_revision
from awards.web.access import Audience, audience
from awards.web.screening import history, reading
from awards.web.screening.acts import Answer
from awards.web.screening.reading import Form
from awards.web.screening.routes import blueprint, desk, kept_out, nomination, page
from awards.web.screening.sight import sight


@blueprint.get("/<path:reference>/beside/<path:other>")
@audience(Audience.SCREENER)
def beside(reference: str, other: str, **_edition: str) -> Answer:
    one, two = nomination(reference), nomination(other)
    if one.id == two.id:
        abort(404)
    if (turned_away := kept_out(one) or kept_out(two)) is not None:
        return turned_away
    left, right = sight(one), sight(two)
    form = Form.of(db.session(), left.desk, one, two)
    found = reading.beside(form, standing_revision(one), standing_revision(two))
    return page(
        "beside.html",
        left.desk,
        left=left,
        right=right,
        answers=found,
        same=sum(it.same for it in found),
    )


@blueprint.get("/<path:reference>/changes/<int:before>/<int:after>")
@audience(Audience.SCREENER)
def changes(reference: str, before: int, after: int, **_edition: str) -> Answer:
    """What one submitted text changed of an earlier one."""
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    texts = {it.revision.number: it.revision for it in history.versions(db.session(), found)}
    if before not in texts or after not in texts or before >= after:
        abort(404)
    at = desk()
    return page(
        "changes.html",
        at,
        nomination=found,
        before=texts[before],
        after=texts[after],
        changes=reading.changed(Form.of(db.session(), at, found), texts[before], texts[after]),
    )
