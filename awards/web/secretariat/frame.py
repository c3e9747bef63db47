"""What the secretariat's pages have in common: the blueprint, the edition's pages as tabs, and how text is taken in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import editions
from awards.extensions import db
from awards.models import Account, Edition, TimetableAmendment
from awards.web import door, sessions, words
from awards.web.access import Audience
from awards.web.face import Face
from awards.web.language import PREFIX
from awards.web.secretariat import wording
from awards.web.words import tidy_text

blueprint = Blueprint("secretariat", __name__, url_prefix=f"{PREFIX}/secretariat")

Answer = str | Response | tuple[str, int]

TABS = (
    ("secretariat.edition", _l("Overview"), Audience.STAFF),
    ("secretariat.nominations", _l("Nominations"), Audience.SCREENER),
    ("secretariat.rules", _l("Rules"), Audience.ORGANISER),
    ("secretariat.dates", _l("Dates"), Audience.ORGANISER),
    ("secretariat.texts", _l("Texts"), Audience.ORGANISER),
    ("paperwork.index", _l("Certificate template"), Audience.ORGANISER),
    ("secretariat.people", _l("People"), Audience.APPOINTER),
    ("secretariat.late", _l("Late requests"), Audience.ORGANISER),
    ("panel.judges", _l("Judges"), Audience.ORGANISER),
    ("panel.assignment", _l("Assignment"), Audience.ORGANISER),
    ("panel.progress", _l("Progress of marks"), Audience.ORGANISER),
    ("secretariat.rehearsal", _l("Rehearsal"), Audience.ORGANISER),
    ("roll.index", _l("Roll"), Audience.ORGANISER),
    ("polling.index", _l("Vote"), Audience.POLLS),
    ("release.index", _l("Release"), Audience.ORGANISER),
    ("certificates.index", _l("Certificates"), Audience.ORGANISER),
    ("table.index", _l("The chair's table"), Audience.TABLE),
)
"""The pages of an edition, and who reads each."""
AFTER_THE_CLOSE = frozenset({"table.index", "release.index", "certificates.index"})
"""Tabs that stand there once the first round is closed."""
WITHIN = {
    "paperwork.index": (
        ("paperwork.index", _l("The template")),
        ("paperwork.images", _l("Images")),
        ("paperwork.signing", _l("Who signs")),
        ("paperwork.letters", _l("Letters and plaques")),
    ),
    "panel.judges": (
        ("panel.judges", _l("All judges")),
        ("panel.invite", _l("Ask judges")),
        ("panel.coverage", _l("Coverage")),
        ("panel.conflicts", _l("Conflicts")),
        ("secretariat.practice", _l("Practice nominations")),
    ),
    "panel.progress": (
        ("panel.progress", _l("By judge")),
        ("panel.nominations_progress", _l("By nomination")),
        ("panel.remind", _l("Remind judges")),
        ("panel.packs", _l("Sheets to print")),
        ("panel.closing", _l("Close the round")),
    ),
    "polling.index": (
        ("polling.index", _l("The vote")),
        ("tellers.index", _l("Ballots on paper")),
    ),
    "release.index": (
        ("release.index", _l("The release")),
        ("release.winners", _l("Winners in confidence")),
        ("release.taken_down", _l("Take down")),
        ("release.consents_of", _l("Consents")),
        ("after.prizes", _l("Revoke or correct")),
        ("after.feedbacks", _l("Feedback")),
        ("press.index", _l("Press")),
        ("press.ceremony", _l("Ceremony sheet")),
    ),
    "certificates.index": (
        ("certificates.index", _l("Issuing")),
        ("certificates.proofs", _l("Proofs")),
        ("certificates.issued", _l("All certificates")),
    ),
}
"""The pages below one of these. Who reads that reads them."""
OF_A_VOTE = frozenset({"roll.index", "polling.index"})
"""Pages of editions whose rules have a vote."""
ACTS = frozenset({"panel.invite", "panel.remind", "panel.closing"})
"""Pages for those alone who may do what stands there."""
PRACTICE = "secretariat.practice"
BELONGS = {
    "secretariat.practice_new": PRACTICE,
    "secretariat.practice_edit": PRACTICE,
    "secretariat.practice_end": PRACTICE,
    "paperwork.edit": "paperwork.index",
    "paperwork.versions": "paperwork.index",
    "paperwork.version": "paperwork.index",
    "release.winner": "release.winners",
    "after.public_prize": "after.prizes",
    "after.feedback_of": "after.feedbacks",
    "after.comments_page": "after.feedbacks",
    "certificates.one": "certificates.issued",
    "release.consents_in": "release.consents_of",
    "press.contact": "press.index",
    "press.ceremony_note": "press.ceremony",
    "panel.suspicion": "panel.conflicts",
    "panel.ask_the_chair": "panel.closing",
    "tellers.elector": "tellers.index",
    "tellers.bundle": "tellers.index",
    "tellers.enter": "tellers.index",
}
FILE = "file"
MOST_DIGITS = 9
LONGEST_REASON = 1000
LONGEST_FILE = 512 * 1024
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Tab:
    endpoint: str
    title: object


def may(who: Audience, *, reading: bool) -> bool:
    """Whether whoever is signed in may use the pages of an audience, in the edition of the address."""
    return door.may(who, sessions.me(), door.edition(), reading=reading)


def tabs() -> Iterator[Tab]:
    """The pages of the edition that whoever is signed in may read."""
    has_vote = editions.rules_of(db.session(), door.edition()).vote is not None
    for endpoint, title, who in TABS:
        is_early = endpoint in AFTER_THE_CLOSE and door.edition().first_closed_at is None
        is_void = endpoint in OF_A_VOTE and not has_vote
        if may(who, reading=True) and not is_early and not is_void:
            yield Tab(endpoint, title)


def within(here: str) -> tuple[list[Tab], str]:
    """The pages below a tab, and which of them is shown or is that to which the shown one belongs."""
    writes = may(Audience.ORGANISER, reading=False)
    found = [
        Tab(endpoint, title)
        for endpoint, title in WITHIN.get(here, ())
        if (writes or endpoint not in ACTS) and (endpoint != PRACTICE or _offers_practice())
    ]
    asked = BELONGS.get(str(request.endpoint), str(request.endpoint))
    return found, asked if any(it.endpoint == asked for it in found) else here


def _offers_practice() -> bool:
    return editions.rules_of(db.session(), door.edition()).practice


def face_of(edition: Edition) -> Face:
    """An edition with its texts and dates, in preparation too."""
    session = db.session()
    changes = session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id == edition.id)
        .order_by(TimetableAmendment.number)
    ).all()
    return Face(edition, editions.texts_of(session, edition), changes, released=True)


def show(template: str, here: str, **values: object) -> str:
    """A page of the edition of the address; `here` is the tab that it belongs to. Both may be of another blueprint:
    "panel/judges.html", "panel.judges".
    """
    edition = door.edition()
    here = here if "." in here else f"secretariat.{here}"
    below, shown = within(here)
    return render_template(
        template if "/" in template else f"secretariat/{template}",
        edition=edition,
        face=face_of(edition),
        tabs=list(tabs()),
        here=here,
        below=below,
        shown_below=shown,
        writing=may(Audience.ORGANISER, reading=False),
        words=words,
        wording=wording,
        specimen=edition.specimen,
        my_zone=sessions.me().zone,
        **values,
    )


def back_to(endpoint: str, said: str = "", mood: str = "done", **values: str | int) -> Response:
    """Lead to a page of the edition, with a word on what was done."""
    if said:
        flash(said, mood)
    there = endpoint if "." in endpoint else f"secretariat.{endpoint}"
    return redirect(url_for(there, edition=door.edition().key, **values), 303)  # type: ignore[arg-type]


def named(said: str, each: Sequence[str]) -> str:
    """What was done with many, and of the first few what is to be said: a message travels in a cookie of 4 KB."""
    few, left = each[:MOST_NAMED], len(each) - MOST_NAMED
    more = [ngettext("%(num)d more is not named here.", "%(num)d more are not named here.", left)]
    return " ".join([said, *few, *(more if left > 0 else [])])


def screening_of(reference: str) -> str:
    """The address of a nomination of the edition among the pages of the eligibility check."""
    return url_for("screening.show", edition=door.edition().key, reference=reference)


def posted(name: str) -> str:
    """A field of the posted form, or of the one that was kept while its sender was signed out."""
    form = sessions.filled()
    return "" if form is None else tidy_text(form.get(name))


def long_reason() -> dict[str, str]:
    """What is wrong with the posted reason where it is longer than what is kept of one."""
    return {"reason": _("Write at most 1,000 characters.")} if len(posted("reason")) > LONGEST_REASON else {}


def posted_number(name: str) -> int:
    """A whole number that a page put into its form; zero for anything else."""
    return whole_number(posted(name))


def whole_number(text: str) -> int:
    """Zero for what is none, and for what is longer than any number of these pages."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


def posted_file() -> str | None:
    """The text of the file that was sent, None where none was; raises UnicodeDecodeError, FileTooLarge."""
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        return None
    content = sent.stream.read(LONGEST_FILE + 1)
    if len(content) > LONGEST_FILE:
        raise FileTooLarge(sent.filename)
    return tidy_text(content.decode("utf-8-sig")) + "\n"


class FileTooLarge(Exception):
    """A programme's file is text of a few pages; this one is larger than 512 KB."""


def name_of(account: Account | None) -> str:
    """How a person is named on these pages."""
    if account is None:
        return ""
    return account.name or account.email
