"""Who reads what: the proposal, confirming it, telling the judges."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import briefing, draws, nominations, proposals
from awards.extensions import db
from awards.marking import closes_for
from awards.models import JobState, Judge, Nomination
from awards.problems import Wanted
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.panel import pairs
from awards.web.panel.board import PER_PAGE, Board
from awards.web.panel.outcome import Outcome
from awards.web.panel.routes import blueprint, judge_of
from awards.web.secretariat.frame import (
    Answer,
    back_to,
    face_of,
    name_of,
    named,
    posted,
    posted_number,
    show,
    whole_number,
)
from awards.web.words import lazy as _l
from awards.web.words import tidy

HERE = "panel.assignment"
MOST_JUDGES = 99
MOST_REGION = 9
LONGEST_SEED = 64
EXPERT = {"yes": True, "no": False}
CHOICES = ("per_nomination", "per_region", "need_expert", "seed")
VIEWS = ("judge", "nomination", "new")
BEHIND = _l(
    "The proposal is being drawn. With so many judges and nominations that takes a minute or two: load this page again "
    "then. Nothing is issued."
)


def board() -> Board:
    return Board(db.session(), door.edition())


@blueprint.route("/assignment", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def assignment(**_edition: str) -> Answer:
    """The page of the assignment; posted, it draws a proposal."""
    if request.method == "GET":
        return _page()
    number, seed = posted("per_nomination"), posted("seed")
    if number and not 0 < posted_number("per_nomination") <= MOST_JUDGES:
        return _page({"per_nomination": _("Write a whole number from 1 to 99, or leave it empty.")}), 422
    if len(seed) > LONGEST_SEED:
        return _page({"seed": _("Write at most 64 characters.")}), 422
    if posted("per_region") not in ("", *map(str, range(MOST_REGION + 1))):
        return _page({"per_region": _("Choose one of the list.")}), 422
    try:
        drawn = draws.draw(
            db.session(),
            door.edition(),
            Wanted(
                per_nomination=posted_number("per_nomination") or None,
                per_region=posted_number("per_region") if posted("per_region") else None,
                need_expert=EXPERT.get(posted("need_expert")),
            ),
            seed=seed or None,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except pairs.REFUSALS as error:
        db.session.rollback()
        return _page({"": pairs.refusal(error)}), 422
    db.session.commit()
    if drawn is None:
        return back_to(HERE, str(BEHIND), "calm")
    new = len(drawn.run.pairs)
    says = ngettext(
        "A proposal was drawn: %(num)s new pair. Nothing is issued yet.",
        "A proposal was drawn: %(num)s new pairs. Nothing is issued yet.",
        new,
    )
    return back_to(HERE, says, by="new") if drawn.run.document.get("certificate") else back_to(HERE, says)


def _page(wrong: dict[str, str] | None = None) -> str:
    found = board()
    told = Outcome(found)
    names = face_of(door.edition()).names
    shown = request.args.get("by", "")
    if shown not in VIEWS or (shown == "new" and found.run is None):
        shown = "judge"
    row, category = _judge_row(found), tidy(request.args.get("category"))
    lines = found.of_judge(row) if row else []
    rows = found.of_category(category) if shown == "nomination" and category else []
    many = len(told.changed) if shown == "new" and not lines else len(lines or rows)
    pages = max(1, -(-many // PER_PAGE))
    page = min(whole_number(request.args.get("page", "")) or 1, pages)
    asked = draws.last_of(db.session(), door.edition()) if found.is_open else None
    part = slice((page - 1) * PER_PAGE, page * PER_PAGE)
    return show(
        "panel/assignment.html",
        HERE,
        board=found,
        told=told,
        behind=BEHIND if asked and asked.state in draws.AHEAD else "",
        has_failed=asked is not None and asked.state is JobState.FAILED,
        by=shown,
        news=told.news(part) if shown == "new" else [],
        most_region=MOST_REGION,
        of=next((it for it in found.judges if it.judge.id == row), None),
        lines=lines[part],
        category=category if any(key == category for key, _every, _short in found.categories) else "",
        rows=rows[part],
        page=page,
        pages=pages,
        names=names,
        pairs=pairs,
        wrong=wrong or {},
        typed={name: posted(name) for name in CHOICES} if request.method == "POST" else told.again,
    )


def _judge_row(found: Board) -> int:
    wanted = request.args.get("judge", "")
    return next((row for row, it in found.pairs.judges.items() if it.public_id == wanted), 0)


@blueprint.route("/assignment/confirm", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def confirm(**_edition: str) -> Answer:
    """What confirming the proposal issues, in numbers; posted, it is issued and the judges are told."""
    if request.method == "GET":
        found = board()
        if found.run is None:
            return back_to(HERE, pairs.refusal(proposals.NoProposal()), "caution")
        return show(
            "panel/confirm.html",
            HERE,
            board=found,
            told=Outcome(found),
            pairs=pairs,
            shown=found.shown,
            to_tell=found.to_tell,
        )
    session, actor, now = db.session(), sessions.actor(), sessions.now()
    try:
        done = proposals.confirm(
            session,
            door.edition(),
            number=posted_number("number"),
            shown=posted("shown"),
            actor=actor,
            now=now,
        )
        told = briefing.tell(session, door.edition(), actor=actor, now=now) if posted("tell") else 0
    except pairs.REFUSALS as error:
        session.rollback()
        return back_to(HERE, pairs.refusal(error), "caution")
    said = [ngettext("%(num)s pair was issued.", "%(num)s pairs were issued.", len(done.issued))]
    if told:
        said.append(ngettext("%(num)s judge is told.", "%(num)s judges are told.", told))
    left_out = [_left_out(*pair, str(pairs.LEFT_OUT[why])) for pair, why in done.left_out]
    session.commit()
    return back_to(HERE, named(" ".join(said), left_out), "caution" if left_out else "done")


def _left_out(judge: int, nomination: int, why: str) -> str:
    session = db.session()
    person = name_of(session.get_one(Judge, judge).account)
    reference = session.get_one(Nomination, nomination).reference
    return _("Not issued: %(reference)s to %(name)s, for %(why)s.", reference=reference, name=person, why=why)


@blueprint.post("/assignment/drop")
@audience(Audience.ORGANISER)
def drop(**_edition: str) -> Answer:
    try:
        proposals.drop(db.session(), door.edition(), actor=sessions.actor(), now=sessions.now())
    except pairs.REFUSALS as error:
        db.session.rollback()
        return back_to(HERE, pairs.refusal(error), "caution")
    db.session.commit()
    return back_to(HERE, _("The proposal was dropped. What was issued before stays as it is."))


@blueprint.post("/assignment/remove")
@audience(Audience.ORGANISER)
def remove(**_edition: str) -> Answer:
    """Take one pair out of the proposal."""
    session, judge = db.session(), judge_of(posted("judge"))
    try:
        nomination = nominations.find(session, door.edition(), posted("reference"))
        proposals.remove(
            session, door.edition(), judge, nomination, actor=sessions.actor(), now=sessions.now()
        )
    except nominations.NoSuchNomination:
        abort(404)
    except pairs.REFUSALS as error:
        session.rollback()
        return back_to(HERE, pairs.refusal(error), "caution")
    says = _("%(reference)s was taken out of the proposal.", reference=nomination.reference)
    session.commit()
    return back_to(HERE, says, judge=judge.public_id)


@blueprint.route("/assignment/tell", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def tell(**_edition: str) -> Answer:
    """Who gets a mail, and until when they mark; posted, they get it."""
    session, found = db.session(), board()
    if request.method == "GET":
        waiting = found.untold
        closes = closes_for(session, door.edition(), found.round, [it.judge for it in waiting])
        return show("panel/tell.html", HERE, waiting=waiting, closes=closes, name_of=name_of)
    try:
        told = briefing.tell(session, door.edition(), actor=sessions.actor(), now=sessions.now())
    except pairs.REFUSALS as error:
        session.rollback()
        return back_to(HERE, pairs.refusal(error), "caution")
    session.commit()
    if not told:
        return back_to(HERE, _("Every judge has been told already. No mail was written."), "calm")
    return back_to(HERE, ngettext("%(num)s judge is told.", "%(num)s judges are told.", told))
