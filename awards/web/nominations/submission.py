"""Preview, submission and receipts."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from awards import drafts, receipts, submitting
from awards.extensions import db
from awards.models import Account
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.nominations import reading, says
from awards.web.nominations.desk import Desk, desk
from awards.web.nominations.lateness import show_closed
from awards.web.nominations.reading import Partnership, Reading
from awards.web.texts import listed


def init_app(blueprint: Blueprint) -> None:
    one = "/nominations/<nomination>"
    blueprint.add_url_rule(f"{one}/preview", "preview", preview)
    blueprint.add_url_rule(f"{one}/submit", "submit", submit, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{one}/receipt/<submission>", "receipt", receipt)


@audience(Audience.NOMINATOR)
def preview(nomination: str) -> str:  # noqa: ARG001 (the door has found it)
    here = desk()
    return _show("preview.html", here, reading=Reading(here, here.said))


@audience(Audience.NOMINATOR)
def submit(nomination: str) -> str | Response | tuple[str, int]:
    form = sessions.filled()
    here = desk(form)
    if request.method != "POST":
        if not here.is_open:
            return show_closed(here)
        return _show("submit.html", here)
    try:
        made = submitting.submit(
            db.session(),
            here.nomination,
            opened=here.opened,
            number=_number(request.form.get("revision", "")),
            actor=sessions.actor(),
            now=here.now,
        )
    except (submitting.TooLate, drafts.NotEditable, drafts.NominationsNotOpen):
        return show_closed(here)
    except submitting.ChangedMeanwhile:
        author = db.session.get(Account, here.revision.author_id or 0)
        return _show("submit.html", here, changed_by=author), 409
    except (submitting.Incomplete, drafts.CategoryClosed):
        return _show("submit.html", here, refused=True), 422
    db.session.commit()
    return redirect(url_for("nominations.receipt", nomination=nomination, submission=made.public_id), 303)


@audience(Audience.NOMINATOR)
def receipt(nomination: str, submission: str) -> str:  # noqa: ARG001 (the door has found it)
    found = door.IDENTIFIER.fullmatch(submission) and receipts.find(
        db.session(), door.nomination(), submission
    )
    if not found:
        abort(404)
    here = desk()
    return _show(
        "receipt.html",
        here,
        submission=found,
        facts=reading.facts(here, found),
        stands=here.nomination.submitted_number == found.revision_number,
        reading=reading.of_submission(here, found),
    )


def _number(text: str) -> int:
    """The revision that was read before it was sent; what isn't a number is none that there is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _show(template: str, here: Desk, **values: object) -> str:
    return render_template(
        f"nominations/{template}",
        desk=here,
        partnership=Partnership.of(here.nomination),
        listed=listed,
        zone=sessions.me().zone,
        is_closed_category=here.said["category"] not in here.open_categories,
        words=words,
        says=says,
        specimen=here.edition.specimen,
        **values,
    )
