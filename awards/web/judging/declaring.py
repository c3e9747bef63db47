"""Interests, declared from titles and cities before any content is seen, and again for one nomination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import conflicts, declarations, editions, judges, preferences, recounts
from awards.declarations import LONGEST_REASON, Listed
from awards.extensions import db
from awards.models import (
    Assignment,
    Conflict,
    ConflictSource,
    Judge,
    JudgeState,
    Nomination,
    NominationRevision,
    NominationState,
    Wish,
)
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.judging.routes import blueprint, first
from awards.web.secretariat.frame import face_of
from awards.web.texts import Text, choose
from awards.web.words import lazy as _l

Answer = str | Response | tuple[str, int]
Faults = Mapping[str, str]
YES = "yes"
WISHES: Mapping[Wish, object] = {
    Wish.NEUTRAL: _l("No wish"),
    Wish.GLADLY: _l("I would gladly read it"),
    Wish.RATHER_NOT: _l("I would rather not read it"),
}
READABLE = (*conflicts.JUDGED, NominationState.NOT_SHORTLISTED)


@dataclass(frozen=True, slots=True)
class Line:
    """A nomination on the list: `key` names its fields, `ticked` and `why` are what the judge has said so far."""

    it: Listed
    key: str
    title: Text
    place: str
    reasons: Sequence[str]
    ticked: bool = False
    why: str = ""
    wish: Wish = Wish.NEUTRAL


@dataclass(frozen=True, slots=True)
class Said:
    """What the form says: which nominations stood on it, which are ticked and why, and that the list was read."""

    seen: frozenset[str] = frozenset()
    ticked: frozenset[str] = frozenset()
    whys: Mapping[str, str] = field(default_factory=dict)
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    read: bool = False
    sure: bool = False
    changing: bool = False

    @classmethod
    def of(cls, form: MultiDict[str, str] | None) -> Said:
        if form is None:
            return cls()
        whys = {
            name.removeprefix("why-"): words.tidy(value)
            for name, value in form.items()
            if name.startswith("why-")
        }
        known = {it.value: it for it in Wish}
        wishes = {
            name.removeprefix("wish-"): known[value]
            for name, value in form.items()
            if name.startswith("wish-") and value in known
        }
        return cls(
            wishes=wishes,
            seen=frozenset(form.getlist("seen")),
            ticked=frozenset(form.getlist("interest")),
            whys={key: why for key, why in whys.items() if why},
            read=form.get("read") == YES,
            sure=form.get("act") == "sure",
            changing=form.get("act") == "change",
        )

    def faults(self) -> dict[str, str]:
        found = {
            f"why-{key}": _("Write at most %(most)d characters.", most=LONGEST_REASON)
            for key in sorted(self.ticked)
            if len(self.whys.get(key, "")) > LONGEST_REASON
        }
        if not self.read:
            found["read"] = _("Say that you have read the list: without that nothing is declared.")
        return found


def asked() -> Judge:
    """Whoever asks, as a judge who has joined the panel; 404 for others, and who has not is led there first."""
    found = door.judge()
    if found.state not in (JudgeState.INVITED, JudgeState.ACCEPTED):
        abort(404)
    if not judges.joined(found):
        first("judging.join")
    return found


@blueprint.route("/interests", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def declare(**_edition: str) -> Answer:
    """The list of titles and cities: ticked where the judge has an interest, then sent at once."""
    session, edition, judge = db.session(), door.edition(), asked()
    said = Said.of(sessions.filled())
    lines = _lines(declarations.listed(session, edition, judge), said, preferences.of_judge(session, judge))
    if request.method == "POST" and request.form.get("act") == "wish":
        return _wish(judge, lines, said)
    if request.method == "GET" or said.changing:
        return _list(lines, said)
    if faults := said.faults():
        return _list(lines, said, faults), 422
    ticked = [line for line in lines if line.ticked]
    if ticked and not said.sure:
        return render_template("judging/interests_sure.html", lines=ticked, said=said, **_common())
    done = declarations.declare(
        session,
        edition,
        judge,
        {line.it.nomination.id: line.why for line in ticked},
        seen={line.it.nomination.id for line in lines if line.key in said.seen},
        actor=sessions.actor(),
        now=sessions.now(),
    )
    _keep_wishes(judge, lines, said)
    session.commit()
    number = len(done.interests)
    flash(
        ngettext(
            "Your interest in one nomination is declared. You do not read it.",
            "Your interests in %(num)d nominations are declared. You do not read them.",
            number,
        )
        if number
        else _("Thank you. You have declared that you have no interest in the nominations of the list."),
        "done",
    )
    return redirect(url_for("judging.queue", edition=edition.key), 303)


def _wish(judge: Judge, lines: Sequence[Line], said: Said) -> Answer:
    """Wishes alone, after interests were declared."""
    changed = _keep_wishes(judge, lines, said)
    db.session.commit()
    flash(_("Your wishes are kept.") if changed else _("Nothing was changed."), "done")
    return redirect(url_for("judging.declare", edition=door.edition().key), 303)


def _keep_wishes(judge: Judge, lines: Sequence[Line], said: Said) -> int:
    """What the page says of nominations in which the judge has no interest."""
    stated = {
        line.it.nomination.id: said.wishes[line.key]
        for line in lines
        if line.key in said.wishes and not line.ticked and not line.it.found
    }
    if not stated:
        return 0
    return preferences.keep(
        db.session(), door.edition(), judge, stated, actor=sessions.actor(), now=sessions.now()
    )


@blueprint.route("/n/<path:reference>/interest", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def interest(reference: str, **_edition: str) -> Answer:
    """An interest that comes to light with one nomination: a page that says what follows, then the act."""
    session, edition, judge = db.session(), door.edition(), asked()
    nomination, revision = _readable(judge, reference)
    if (instead := kept_out(judge, nomination)) is not None:
        return instead
    form = sessions.filled()
    why = words.tidy(form.get("reason")) if form is not None else ""
    faults: dict[str, str] = {}
    if len(why) > LONGEST_REASON:
        faults["reason"] = _("Write at most %(most)d characters.", most=LONGEST_REASON)
    if request.method == "GET" or faults:
        page = render_template(
            "judging/interest.html",
            nomination=nomination,
            title=_title(revision.title, revision.titles, revision.language),
            place=_place(revision.city, revision.country),
            is_open=recounts.still_matters(session, edition, nomination.category, sessions.now()),
            why=why,
            faults=faults,
            **_common(),
        )
        return (page, 422) if faults else page
    declarations.declare_one(
        session, edition, judge, nomination, reason=why, actor=sessions.actor(), now=sessions.now()
    )
    session.commit()
    flash(
        _("Your interest in %(reference)s is declared. You do not read it any more.", reference=reference),
        "done",
    )
    return redirect(url_for("judging.queue", edition=edition.key), 303)


def kept_out(judge: Judge, nomination: Nomination) -> tuple[str, int] | None:
    """The page that a judge gets in place of a nomination that a conflict keeps them from; None where none does."""
    rows = db.session.scalars(
        select(Conflict)
        .where(
            Conflict.judge_id == judge.id,
            Conflict.nomination_id == nomination.id,
            Conflict.waived_by.is_(None),
        )
        .order_by(Conflict.id)
    ).all()
    if not rows:
        return None
    page = render_template(
        "judging/kept_out.html", nomination=nomination, reasons=[reason(row) for row in rows], **_common()
    )
    return page, 404


def reason(row: Conflict) -> str:
    """Why a judge is kept from a nomination, in words to the judge."""
    match row.source:
        case ConflictSource.SAME_CITY:
            return _("It is of your own city, or of a body above or within it: %(name)s.", name=row.detail)
        case ConflictSource.SAME_ORGANISATION:
            return _("It is of your own organisation: %(name)s.", name=row.detail)
        case ConflictSource.SAME_COUNTRY:
            return _("It is of a country of yours: %(name)s.", name=words.country(row.detail))
        case ConflictSource.NAMED:
            return _("It names you: %(name)s.", name=row.detail)
        case ConflictSource.DECLARED:
            return _("You have declared an interest in it.")


def _readable(judge: Judge, reference: str) -> tuple[Nomination, NominationRevision]:
    """A nomination of the judge's categories or assignments; 404 for any other."""
    if not reference.isprintable():
        abort(404)
    row = db.session.execute(
        select(Nomination, NominationRevision)
        .join(
            NominationRevision,
            (NominationRevision.nomination_id == Nomination.id)
            & (NominationRevision.number == Nomination.submitted_number),
        )
        .where(Nomination.edition_id == judge.edition_id, Nomination.reference == reference)
    ).first()
    if row is None:
        abort(404)
    nomination, revision = row
    given = select(Assignment.id).where(
        Assignment.judge_id == judge.id, Assignment.nomination_id == nomination.id
    )
    theirs = judge.reads(nomination.category) and nomination.state in READABLE
    if not theirs and db.session.scalars(given).first() is None:
        abort(404)
    return nomination, revision


def _lines(found: Sequence[Listed], said: Said, wished: Mapping[int, Wish]) -> list[Line]:
    lines = []
    for it in found:
        key = it.nomination.public_id
        lines.append(
            Line(
                it=it,
                key=key,
                title=_title(it.title, it.titles, it.language),
                place=_place(it.city, it.country),
                reasons=[reason(row) for row in it.found],
                ticked=key in said.ticked and not it.interest,
                why=said.whys.get(key, ""),
                wish=said.wishes.get(key, wished.get(it.nomination.id, Wish.NEUTRAL)),
            )
        )
    return lines


def _list(lines: Sequence[Line], said: Said, faults: Faults | None = None) -> str:
    edition = door.edition()
    rules = editions.rules_of(db.session(), edition)
    names = face_of(edition).names
    waiting = [line for line in lines if line.it.is_asked]
    kept = [line for line in lines if line.it.found]
    return render_template(
        "judging/interests.html",
        groups=[
            (names.name("categories", key), [line for line in waiting if line.it.nomination.category == key])
            for key in (it.key for it in rules.categories)
            if any(line.it.nomination.category == key for line in waiting)
        ],
        waiting=waiting,
        kept=kept,
        clear=[line for line in lines if not line.it.is_asked and not line.it.found],
        wishing=preferences.are_asked(db.session(), edition, len(lines)),
        wished=WISHES,
        earlier=any(line.it.declared for line in lines),
        longest=LONGEST_REASON,
        said=said,
        faults=dict(faults or {}),
        **_common(),
    )


def _title(title: str, titles: Mapping[str, str] | None, language: str) -> Text:
    return choose({language: title} | dict(titles or {}), language)


def _place(city: str, country: str) -> str:
    return ", ".join(part for part in (city, words.country(country) if country else "") if part)


def _common() -> dict[str, object]:
    edition = door.edition()
    return {"edition": edition, "face": face_of(edition), "specimen": edition.specimen}
