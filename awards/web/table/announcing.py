"""Announcing the finalists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import decisions, finalists, mails, nominations, publication
from awards.elections import ShortlistNotSigned
from awards.extensions import db
from awards.finalists import Letters, VisibleInThePast
from awards.models import Outbox
from awards.notices import Template
from awards.publication import NothingToPublish
from awards.shortlists import SheetsOpen
from awards.timetable import Deadline, in_zone
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.secretariat import stating, wording
from awards.web.secretariat.frame import long_reason, posted
from awards.web.table import sight
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.sight import Sight, State

LETTERS = {
    Letters.TOGETHER: _l("In the moment in which the finalists become public"),
    Letters.FIRST: _l("Now, before the finalists become public"),
    Letters.NONE: _l("Not by this act"),
}

MORNING = time(10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was chosen: the moment, None for now, and when the letters go; with what is wrong by field."""

    at: Deadline | None
    letters: Letters
    wrong: dict[str, str]

    @property
    def seen(self) -> str:
        """What the page has shown, to be sent back with the word to do it."""
        return f"{self.at.instant.isoformat() if self.at else 'now'} {self.letters.value}"


@blueprint.route("/acts/announce", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def announcing(edition: str) -> Answer:  # noqa: ARG001
    """Look first, then announce: what becomes public, when, and who is written to what."""
    if not is_closed():
        return lead("table.index")
    if request.method == "GET":
        return _page()
    wanted = _wanted()
    if wanted.wrong:
        return _page(wanted), 422
    ready = {it.key: it.frozen.number for it in _ready()}
    stamp = f"{wanted.seen} {' '.join(f'{key}:{number}' for key, number in sorted(ready.items()))}"
    if posted("act") != "announce" or posted("seen") != stamp:
        return _page(wanted, looked=stamp)
    try:
        done = finalists.announce(
            db.session(),
            door.edition(),
            only=ready,
            visible_from=wanted.at.instant if wanted.at else None,
            letters=wanted.letters,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except VisibleInThePast:
        db.session.rollback()
        return _page(Wanted(wanted.at, wanted.letters, {"day": _("This moment has passed.")})), 422
    except (ShortlistNotSigned, SheetsOpen, NothingToPublish):
        db.session.rollback()
        says = _("The shortlists have changed meanwhile; nothing was announced. This is where they stand.")
        return lead("table.announcing", says, "caution")
    db.session.commit()
    if wanted.at is not None:
        says = _("The finalists become public on %(when)s.", when=words.when(wanted.at))
        return lead("table.announcing", says)
    says = ngettext(
        "The finalists of one category are public.",
        "The finalists of %(num)d categories are public.",
        sum(it.is_new for it in done),
    )
    return lead("table.announcing", says)


def _wanted() -> Wanted:
    letters = posted("letters")
    chosen = Letters(letters) if letters in list(Letters) else Letters.TOGETHER
    if posted("when") != "later":
        wrong = {} if posted("when") == "now" else {"when": _("Choose when.")}
        if chosen is Letters.FIRST and not wrong:
            wrong = {"letters": _("Letters before the public need a later moment for the public.")}
        return Wanted(None, chosen, wrong)
    typed = stating.typed()
    wrong = dict(typed.wrong)
    if typed.at is not None and typed.at.instant <= sessions.now():
        wrong["day"] = _("This moment has passed.")
    return Wanted(typed.at, chosen, wrong)


def _ready() -> list[Sight]:
    return [it for it in sight.board(door.edition()) if it.state is State.SIGNED]


@blueprint.route("/acts/call-off", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def call_off(edition: str) -> Answer:  # noqa: ARG001
    """Take back an announcement that is still ahead."""
    if not is_closed():
        return lead("table.index")
    session, here = db.session(), door.edition()
    ahead = publication.planned(session, here, sessions.now())
    wrong: dict[str, str] = {}
    if request.method == "POST" and not (wrong := long_reason()):
        try:
            finalists.call_off(
                session, here, reason=posted("reason"), actor=sessions.actor(), now=sessions.now()
            )
            session.commit()
            return lead("table.announcing", _("Called off. Letters that had not gone out are cancelled."))
        except decisions.ReasonMissing:
            session.rollback()
            wrong = {"reason": _("Write why: the decision states it.")}
        except NothingToPublish:
            session.rollback()
    if not ahead:
        return lead("table.announcing", _("Nothing lies ahead that could be called off."), "caution")
    page = show("call_off.html", "table.announcing", ahead=_planned(), wrong=wrong, reason=posted("reason"))
    return (page, 422) if wrong else page


def _planned() -> list[tuple[Sight, Deadline]]:
    zone = door.edition().zone
    return [
        (it, in_zone(it.public_from, zone))
        for it in sight.board(door.edition())
        if it.state is State.PLANNED and it.public_from is not None
    ]


def _page(wanted: Wanted | None = None, *, looked: str = "") -> str:
    board = sight.board(door.edition())
    ready = [it for it in board if it.state is State.SIGNED]
    done = {State.SIGNED, State.PLANNED, State.ANNOUNCED}
    told = finalists.addressed(db.session(), door.edition(), [it.key for it in ready])
    return show(
        "announcing.html",
        "table.announcing",
        ready=ready,
        waiting=[it for it in board if it.state not in done],
        planned=_planned(),
        public=[it for it in board if it.state is State.ANNOUNCED],
        letters=_samples(ready, wanted),
        people=len({person.id for _nomination, _template, people in told for person in people}),
        silent=[it.reference for it, _template, people in told if not people],
        ways=[(way.value, says) for way, says in LETTERS.items()],
        chosen_letters=LETTERS[wanted.letters] if wanted else "",
        wanted=wanted,
        wrong=wanted.wrong if wanted else {},
        looked=looked,
        typed={
            "when": posted("when"),
            "letters": posted("letters") or Letters.TOGETHER.value,
            **stating.fields(zone=door.edition().zone, clock=MORNING),
        },
        zones=wording.zones(),
    )


def _samples(ready: list[Sight], wanted: Wanted | None) -> list[tuple[str, str]]:
    """One letter of each kind, as it will be written to the first of those concerned."""
    session, edition = db.session(), door.edition()
    found: dict[Template, tuple[str, str]] = {}
    told = finalists.addressed(session, edition, [it.key for it in ready])
    revisions = (
        nominations.current_revisions(session, [it for it, _template, _people in told]) if told else {}
    )
    public = wanted.at.instant if wanted and wanted.at else sessions.now()
    due = sessions.now() if wanted and wanted.letters is Letters.FIRST else public
    for nomination, template, people in told:
        if template in found or not people:
            continue
        message = Outbox(
            edition_id=edition.id,
            account_id=people[0].id,
            recipient=people[0].email,
            language=people[0].language,
            template=template.value,
            arguments=finalists.letter_arguments(
                edition, nomination, revisions[nomination.id], public=public, due=due
            ),
        )
        found[template] = mails.preview(session, message, url=current_app.config["LAURELS_URL"])
    return list(found.values())
