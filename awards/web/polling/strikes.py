"""Envelopes that should not count: struck by two before the opening, put back by two; disputes about delegates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from awards import approvals, decisions, disputes, putting_back, roll, striking, struck
from awards.extensions import db
from awards.models import Account, Approval, Decision, DecisionKind, RollEntry, RollState, StruckBecause
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.polling import routes, says
from awards.web.polling.routes import VOTE, Answer, blueprint, lead
from awards.web.secretariat.frame import long_reason, may, name_of, posted

MOST_FOUND = 50
MOST_NAMED = 20
LONGEST_SOUGHT = 100
CHANGED = (
    approvals.NoProposal,
    approvals.ProposalWaits,
    approvals.SubjectChanged,
    striking.OpenedAlready,
    striking.NothingToStrike,
    putting_back.NotStruck,
    disputes.NothingDisputed,
)


@blueprint.route(f"{VOTE}/struck", methods=["GET", "POST"])
@audience(Audience.POLLS)
def strikes(edition: str) -> Answer:  # noqa: ARG001
    """What was struck and why, what waits for the second person, which disputes keep the box shut."""
    door.vote()
    if request.method == "GET":
        return _page()
    act = ACTS.get(posted("act"))
    if act is None:
        return _page(), 422
    try:
        said = act()
    except approvals.SamePerson:
        db.session.rollback()
        return _page({"": _("You proposed this yourself. Somebody else has to approve it.")}), 422
    except putting_back.VotedSince:
        db.session.rollback()
        return _page({"": _voted_since()}), 409
    except CHANGED:
        db.session.rollback()
        return _moved_on()
    db.session.commit()
    return lead("strikes", said)


def _approve() -> str:
    decision = striking.approve(
        db.session(), door.edition(), posted("sha256"), actor=sessions.actor(), now=sessions.now()
    )
    return _("Struck, by decision %(number)d. Who is concerned is told.", number=decision.number)


def _approve_back() -> str:
    decision = putting_back.approve(
        db.session(), door.edition(), posted("sha256"), actor=sessions.actor(), now=sessions.now()
    )
    return _("Put back, by decision %(number)d: it counts again.", number=decision.number)


def _end() -> str:
    striking.end(db.session(), door.edition(), posted("sha256"), actor=sessions.actor(), now=sessions.now())
    return _("The proposal is ended; nothing was changed.")


ACTS: Mapping[str, Callable[[], str]] = {"approve": _approve, "approve-back": _approve_back, "end": _end}


@blueprint.route(f"{VOTE}/struck/<elector>", methods=["GET", "POST"])
@audience(Audience.POLLS)
def strike(edition: str, elector: str) -> Answer:  # noqa: ARG001
    """One elector whose envelope lies there: proposed to be struck, or who cast it recorded as disputed."""
    door.vote()
    session, found = db.session(), door.edition()
    entry = session.scalars(
        select(RollEntry).where(
            RollEntry.edition_id == found.id,
            RollEntry.public_id == elector,
            RollEntry.is_public.is_(False),
        )
    ).first() or abort(404)
    if request.method == "GET":
        return _elector(entry)
    if wrong := long_reason():
        return _elector(entry, wrong), 422
    if posted("act") == "dispute" and not may(Audience.ORGANISER, reading=False):
        return _elector(entry, {"": _("An organiser does this.")}), 422
    try:
        said = _record(entry) if posted("act") == "dispute" else _propose(entry)
    except REFUSED as error:
        session.rollback()
        return _elector(entry, _refused(error)), 422
    except CHANGED:
        session.rollback()
        return _moved_on()
    session.commit()
    return lead("strikes", said)


def _propose(entry: RollEntry) -> str:
    because = posted("because")
    if because not in CHOICES:
        raise NotChosen
    striking.propose(
        db.session(),
        door.edition(),
        [entry],
        StruckBecause(because),
        about=posted("about"),
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("Proposed. Another organiser or a teller has to approve it; until then nothing is struck.")


def _record(entry: RollEntry) -> str:
    disputes.put(
        db.session(),
        door.edition(),
        entry,
        said_by=posted("said_by"),
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("Recorded. The chair decides; until then no envelope is opened. Both sides are told.")


class NotChosen(Exception):
    """No reason was chosen for which an envelope is struck."""


CHOICES = tuple(it.value for it in striking.WITHHELD)
REFUSED = (
    NotChosen,
    striking.AboutMissing,
    decisions.ReasonMissing,
    disputes.NoDelegateVotes,
    disputes.DisputedAlready,
    disputes.SaidByMissing,
)


def _refused(error: Exception) -> dict[str, str]:
    match error:
        case NotChosen():
            return {"because": _("Choose why it does not count.")}
        case striking.AboutMissing():
            return {"about": _("Write what is published of it, in 200 letters at most.")}
        case disputes.SaidByMissing():
            return {"said_by": _("Write who says so, in 254 letters at most.")}
        case disputes.NoDelegateVotes():
            return {"": _("This elector votes in person, so there is no delegate to dispute.")}
        case disputes.DisputedAlready():
            return {"": _("A dispute about this elector waits for the chair already.")}
    return {"reason": _("Write a reason: the decision states it.")}


@blueprint.route(f"{VOTE}/put-back/<int:number>", methods=["GET", "POST"])
@audience(Audience.POLLS)
def put_back(edition: str, number: int) -> Answer:  # noqa: ARG001
    """What follows from putting back what a decision struck, and the proposal."""
    door.vote()
    session, found = db.session(), door.edition()
    decision = next((it for it in _strikes() if it.number == number), None) or abort(404)
    if request.method == "GET":
        return _back(decision)
    if wrong := long_reason():
        return _back(decision, wrong), 422
    try:
        putting_back.propose(
            session, found, number, reason=posted("reason"), actor=sessions.actor(), now=sessions.now()
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _back(decision, {"reason": _("Write a reason: the decision states it.")}), 422
    except putting_back.VotedSince:
        session.rollback()
        return _back(decision, {"": _voted_since()}), 409
    except CHANGED:
        session.rollback()
        return _moved_on()
    session.commit()
    return lead("strikes", _("Proposed. Somebody else has to approve it; until then it stays struck."))


def _back(decision: Decision, wrong: Mapping[str, str] | None = None) -> str:
    return routes.show("put_back.html", decision=decision, wrong=dict(wrong or {}), reason=posted("reason"))


def _voted_since() -> str:
    return _(
        "The elector has cast another ballot since, so the struck one stays struck. Nothing was changed."
    )


def _moved_on() -> Response:
    return lead("strikes", _("This has moved on meanwhile; nothing was done."), "caution")


def _strikes() -> list[Decision]:
    return decisions.in_force(db.session(), door.edition(), DecisionKind.STRUCK)


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, found = db.session(), door.edition()
    waiting = striking.waiting(session, found)
    proposers = select(Account).where(Account.id.in_([it.proposer_id for it in waiting]))
    people = {it.id: it for it in session.scalars(proposers)}
    return routes.show(
        "strikes.html",
        counts=struck.counts(session, found),
        waiting=_shown(waiting),
        names={key: name_of(it) for key, it in people.items()},
        me=sessions.me().id,
        decided=_strikes(),
        disputes=disputes.undecided(session, found),
        is_sealed=bool(struck.sealed(session, found)),
        sought=_sought(),
        found=_found(_sought()),
        most=MOST_FOUND,
        wrong=dict(wrong or {}),
        at_table=may(Audience.TABLE, reading=True),
    )


def _shown(waiting: Sequence[Approval]) -> list[dict[str, object]]:
    """Proposals as whoever approves them reads them: the class, whose envelopes, and how many lie there now."""
    session, found = db.session(), door.edition()
    entries = striking.electors_of(session, found, *waiting)
    lying = Counter(entry.public_id for _, entry in struck.standing(session, found, entries))
    return [_line(it, {entry.public_id: entry for entry in entries}, lying) for it in waiting]


def _line(it: Approval, electors: Mapping[str, RollEntry], lying: Counter[str]) -> dict[str, object]:
    if it.act.startswith(striking.PUTTING_BACK):
        return {"it": it, "back": it.subject["decision"]}
    entries = [electors[key] for key in striking.named_in(it) if key in electors]
    named = [entry.elector for entry in entries if not entry.is_public]
    return {
        "it": it,
        "because": says.BECAUSE[StruckBecause(str(it.subject["because"]))],
        "about": it.subject["about"],
        "electors": len(entries),
        "named": named if len(named) <= MOST_NAMED else [],
        "envelopes": sum(lying[entry.public_id] for entry in entries),
    }


def _sought() -> str:
    return words.tidy(request.args.get("elector", ""))[:LONGEST_SOUGHT]


def _found(sought: str) -> list[RollEntry]:
    """Those on the roll whose name or delegate holds some words, and who have an envelope in the box."""
    if not sought:
        return []
    session, found = db.session(), door.edition()
    there = roll.cast(session, found)
    entries = session.scalars(
        select(RollEntry)
        .where(
            RollEntry.edition_id == found.id,
            RollEntry.is_public.is_(False),
            RollEntry.state == RollState.ON,
            RollEntry.elector.icontains(sought, autoescape=True)
            | RollEntry.name.icontains(sought, autoescape=True),
        )
        .order_by(RollEntry.sort_key, RollEntry.elector)
    )
    return [it for it in entries if it.id in there][: MOST_FOUND + 1]


def _elector(entry: RollEntry, wrong: Mapping[str, str] | None = None) -> str:
    session, found = db.session(), door.edition()
    return routes.show(
        "strike.html",
        entry=entry,
        lying=struck.standing(session, found, [entry]),
        before=disputes.of_elector(session, entry),
        choices=[(it, says.BECAUSE[StruckBecause(it)]) for it in CHOICES],
        wrong=dict(wrong or {}),
        act=posted("act"),
        typed={name: posted(name) for name in ("because", "about", "said_by", "reason")},
    )
