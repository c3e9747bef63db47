"""Earlier versions of a judge's own sheet, and bringing one back."""

from __future__ import annotations

from flask import abort, flash, request, url_for
from flask_babel import gettext as _

from awards import queues, scoring
from awards.extensions import db
from awards.marking import MarksClosed
from awards.models import Assignment, Origin, ScoreSheetVersion
from awards.queues import Item
from awards.scoring import Content
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.judging import card, says
from awards.web.judging.routes import Answer, Reader, blueprint, reader, show
from awards.web.judging.sheets import gone


@blueprint.route("/n/<path:reference>/versions", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def versions(reference: str, **_edition: str) -> Answer:
    """Everything that was saved of a sheet; one of it can be brought back, as a new version."""
    here = reader(reference)
    item = here.queue.find(reference)
    if item is None:
        return gone(here, reference)
    found = queues.versions(db.session(), item)
    if request.method == "GET":
        return _versions(here, item, found)
    wanted = next((it for it in found if str(it.number) == request.form.get("number")), None)
    if wanted is None:
        abort(404)
    return _bring_back(here, item, wanted)


def _bring_back(here: Reader, item: Item, wanted: ScoreSheetVersion) -> Answer:
    try:
        version = scoring.save(
            db.session(),
            here.edition,
            db.session.get_one(Assignment, item.assignment),
            Content.of(wanted),
            base=card.base_of(request.form),
            opened=here.seat.opened,
            origin=Origin.PORTAL,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (MarksClosed, scoring.NotAssigned):
        db.session.rollback()
        return _versions(reader(item.reference), item, wrong=_("Marks can't be changed any more.")), 409
    except scoring.StaleSheet:
        db.session.rollback()
        again = reader(item.reference)
        says_so = _("A newer version was saved meanwhile; it stands on top now. Nothing was changed.")
        return _versions(again, again.queue.find(item.reference) or item, wrong=says_so), 409
    except scoring.Incomplete:
        db.session.rollback()
        says_so = _(
            "The sheet is submitted, so it has to stay complete, and in this version marks are missing."
        )
        return _versions(reader(item.reference), item, wrong=says_so), 422
    db.session.commit()
    assert version is not None
    flash(_("Version %(old)d is back, as version %(new)d.", old=wanted.number, new=version.number), "done")
    return sessions.lead(
        url_for("judging.sheet", edition=here.edition.key, reference=item.reference, _anchor="scorecard")
    )


def _versions(
    here: Reader, item: Item, found: list[ScoreSheetVersion] | None = None, *, wrong: str = ""
) -> str:
    shown = queues.versions(db.session(), item) if found is None else found
    rows = [(it, card.card(here, item, Content.of(it), base=0), says.ORIGINS[it.origin]) for it in shown]
    return show("versions.html", here, item=item, rows=rows, wrong=wrong)
