"""One elector: who casts the ballot and who did before, where mails and letters go, on the roll or off it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from awards import accounts, decisions, delegates, delegations, electors, roll
from awards.delegates import Named
from awards.extensions import db
from awards.models import Account, DecisionKind, RollEntry, RollState, VotingCode
from awards.web import door, language, sessions, words
from awards.web.access import Audience, audience
from awards.web.roll import says
from awards.web.roll.routes import blueprint
from awards.web.roll.routes import elector as elector_of
from awards.web.roll.sight import WAYS, Sight, Way
from awards.web.secretariat.frame import Answer, back_to, name_of, posted, posted_number, show
from judging.values import Electorate

Act = Callable[[RollEntry], str]
LONGEST = max(accounts.LONGEST_ADDRESS, accounts.LONGEST_NAME)


def _record(entry: RollEntry) -> str:
    """A delegate named on paper or by telephone."""
    named = Named(
        words.tidy(posted("name")),
        words.tidy(posted("email")),
        words.tidy(posted("office")),
        _language(entry),
    )
    delegates.replace(
        db.session(),
        door.edition(),
        entry,
        named,
        seen=posted_number("seen"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("%(name)s casts this ballot now. Those concerned are told by mail.", name=named.name)


def _end(entry: RollEntry) -> str:
    """The delegate is gone, and nobody else is named yet."""
    name = entry.name
    delegates.end(
        db.session(),
        door.edition(),
        entry,
        reason=posted("why"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("%(name)s no longer casts this ballot. Nobody does until somebody is named.", name=name)


def _language(entry: RollEntry) -> str:
    asked = posted("language")
    return asked if asked in language.NAMES else entry.language


def _contact(entry: RollEntry) -> str:
    delegations.set_contact(
        db.session(),
        door.edition(),
        entry,
        words.tidy(posted("contact")),
        posted("post"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("Saved.")


def _ask(entry: RollEntry) -> str:
    delegations.ask(db.session(), door.edition(), [entry], actor=sessions.actor(), now=sessions.now())
    return _("A mail to %(address)s asks for the delegate.", address=entry.contact)


def _take_off(entry: RollEntry) -> str:
    electors.take_off(
        db.session(),
        door.edition(),
        entry,
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("Taken off the roll.")


def _put_back(entry: RollEntry) -> str:
    electors.put_back(
        db.session(),
        door.edition(),
        entry,
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("Put back on the roll.")


ACTS: Mapping[str, Act] = {
    "record": _record,
    "end": _end,
    "contact": _contact,
    "ask": _ask,
    "off": _take_off,
    "back": _put_back,
}


FIELDS = {"contact": {"email": "contact", "name": "post"}, "end": {"reason": "why"}}
"""The fields that what is wrong belongs to, where an act has others."""


@blueprint.route("/<elector>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def entry(elector: str, **_edition: str) -> Answer:
    found, session = elector_of(elector), db.session()
    act = ACTS.get(posted("act"))
    if request.method == "GET" or act is None:
        return _page(found)
    for field in ("reason", "why"):
        if len(posted(field)) > electors.LONGEST_REASON:
            return _page(found, {field: _("Write at most 400 characters.")}), 422
    try:
        said = act(found)
    except tuple(says.REFUSED) as error:
        session.rollback()
        names = FIELDS.get(posted("act"), {})
        return _page(elector_of(elector), says.wrong(error, **names)), 422
    session.commit()
    return back_to("roll.entry", said, elector=elector)


def _page(it: RollEntry, wrong: Mapping[str, str] | None = None) -> str:
    session, edition = db.session(), door.edition()
    seen = Sight()
    line = next(line for line in seen.lines if line.entry.id == it.id)
    history = delegates.history(session, it)
    codes = session.scalars(
        select(VotingCode).where(VotingCode.roll_entry_id == it.id).order_by(VotingCode.number.desc())
    ).all()
    changed = [
        change
        for change in decisions.of_edition(session, edition, DecisionKind.ROLL_CHANGED)
        if change.subject.get("elector") == it.public_id
    ]
    people = {key for key in (*(d.by_id for d in history), *(c.made_by_id for c in codes)) if key}
    typed = posted("act")
    return show(
        "roll/entry.html",
        "roll.index",
        it=it,
        row=line,
        way=WAYS[line.way],
        history=history,
        codes=codes,
        changed=changed,
        people={key: name_of(session.get(Account, key)) for key in people},
        seen=len(history),
        wrong=dict(wrong or {}),
        typed=typed,
        value=_values(it, typed),
        languages=language.NAMES,
        cast=it.id in roll.cast(session, edition),
        left=it.id in roll.left(session, edition),
        closed=roll.is_over(session, edition),
        members=door.vote().electorate is Electorate.MEMBERS,
        is_on=it.state is RollState.ON,
        by_rule=electors.is_by_rule(it),
        frozen=edition.roll_frozen_at is not None,
        shared=bool(it.email) and line.way not in (Way.MAIL, Way.OFF),
    )


def _values(it: RollEntry, act: str) -> dict[str, str]:
    """What stands in the forms: what was typed into the one that was sent, else what is known."""
    known = {"contact": it.contact, "post": it.post, "reason": "", "why": ""}
    named = {"name": "", "office": "", "email": "", "language": it.language}
    if not it.organisation_id:
        named = {"name": it.name, "office": it.office, "email": it.email, "language": it.language}
    found = known | named
    mine = {"record": named, "contact": known, "off": known, "back": known, "end": known}.get(act, {})
    return found | {field: posted(field) for field in mine}
