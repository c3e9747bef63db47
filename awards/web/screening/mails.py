"""The second look at what was decided: the drafted mails, released together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from awards import mails, recusals, releasing
from awards.extensions import db
from awards.models import Grant, Role
from awards.releasing import NothingToRelease, Pending, Released
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.language import NAMES
from awards.web.screening.acts import Answer
from awards.web.screening.routes import Desk, blueprint, desk, page
from awards.web.screening.sayings import refusal
from awards.web.texts import listed

MOST = 5000


@dataclass(frozen=True)
class Letter:
    """One mail as it will go out, in its reader's language."""

    recipient: str
    language: str
    language_name: str
    subject: str
    text: str


@dataclass(frozen=True)
class Drafted:
    """A decision that waits, its letters, and whether whoever looks took it."""

    pending: Pending
    letters: Sequence[Letter]
    who: str
    mine: bool
    ticked: bool


@blueprint.route("/mails", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def letters(**_edition: str) -> Answer:
    """The list with ticks; sent once, it asks again with the numbers; sent again, the mails go."""
    at = desk()
    if request.method == "GET":
        return _list(at, None)
    chosen = {int(it) for it in request.form.getlist("decision")[:MOST] if it.isdecimal() and len(it) < 10}
    waiting, _left = _waiting(at)
    wanted = [it for it in waiting if it.decision.number in chosen]
    if not wanted:
        said = refusal(NothingToRelease()) if chosen else _("Tick at least one decision.")
        return _list(at, chosen, wrong=said), 422
    if request.form.get("sure") != "yes":
        return _confirm(at, wanted)
    done = releasing.release(
        db.session(),
        at.edition,
        chosen & {it.decision.number for it in waiting},
        actor=sessions.actor(),
        now=sessions.now(),
    )
    db.session.commit()
    _say(done, chosen - set(done.decisions))
    return redirect(url_for("screening.letters", edition=at.edition.key), 303)


def _waiting(at: Desk) -> tuple[list[Pending], list[str]]:
    """The decisions that wait, and the references of those that whoever looks has an interest in."""
    session = db.session()
    bound = recusals.interests_in(session, at.edition, sessions.me())
    found = releasing.pending(session, at.edition)
    return [it for it in found if it.nomination.id not in bound], [
        it.nomination.reference for it in found if it.nomination.id in bound
    ]


def _list(at: Desk, ticked: set[int] | None, *, wrong: str = "") -> str:
    waiting, left = _waiting(at)
    drafted = [_drafted(it, ticked) for it in waiting]
    return page(
        "mails.html",
        at,
        drafted=drafted,
        left=left,
        wrong=wrong,
        alone=any(it.mine for it in drafted) and _others(at),
    )


def _confirm(at: Desk, wanted: Sequence[Pending]) -> str:
    return page(
        "release.html",
        at,
        numbers=[it.decision.number for it in wanted],
        counts=_counts(wanted),
        mine=sum(_is_mine(it) for it in wanted) if _others(at) else 0,
    )


def _counts(wanted: Sequence[Pending]) -> Mapping[str, int]:
    return {
        "eligible": sum(it.eligible for it in wanted),
        "ineligible": sum(not it.eligible for it in wanted),
        "mails": sum(len(it.messages) for it in wanted),
        "silent": sum(not it.messages for it in wanted),
    }


def _drafted(it: Pending, ticked: set[int] | None) -> Drafted:
    url = current_app.config["LAURELS_URL"]
    shown = []
    for message in it.messages:
        subject, text = mails.preview(db.session(), message, url=url)
        shown.append(
            Letter(message.recipient, message.language, NAMES.get(message.language, ""), subject, text)
        )
    return Drafted(
        it,
        shown,
        ", ".join(str(signer["name"]) for signer in it.decision.signers),
        _is_mine(it),
        ticked is None or it.decision.number in ticked,
    )


def _is_mine(it: Pending) -> bool:
    return any(signer["account"] == sessions.me().public_id for signer in it.decision.signers)


def _others(at: Desk) -> bool:
    """Whether somebody else could take the second look."""
    return bool(
        db.session.scalar(
            select(func.count())
            .select_from(Grant)
            .where(
                Grant.edition_id == at.edition.id,
                Grant.role.in_((Role.SCREENER, Role.ORGANISER)),
                Grant.ended_at.is_(None),
                Grant.account_id != sessions.me().id,
            )
        )
    )


def _say(done: Released, gone: set[int]) -> None:
    flash(
        ngettext(
            "One decision is released; those concerned see it now.",
            "%(num)d decisions are released; those concerned see them now.",
            len(done.decisions),
        ),
        "done",
    )
    if gone:
        flash(
            _(
                "Left out, because they no longer waited: decisions %(numbers)s.",
                numbers=listed(str(number) for number in sorted(gone)),
            ),
            "caution",
        )
