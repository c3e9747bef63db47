"""Prizes by decision: the committee names a nomination with a signed reason, without marks or votes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from flask import abort, request
from flask_babel import gettext as _

from awards import corrections, decisions, editions, nominations, prizes
from awards.chairs import NotTheChair
from awards.corrections import NotGiven, ReleaseArmed, WinnersReleased
from awards.extensions import db
from awards.models import Award, Decision, Nomination
from awards.nominations import NoSuchNomination
from awards.prizes import NoSuchPrize, NotByDecision, NotInTheRunning, NotTheTime, PrizeSpent
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import face_of, long_reason, may, posted
from awards.web.table.correcting import refused
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import not_you
from awards.web.texts import Text, choose


@blueprint.route("/special", methods=["GET", "POST"])
@audience(Audience.TABLE)
def special(edition: str) -> Answer:  # noqa: ARG001
    """The prizes by decision, given and left, and the form that gives one."""
    if not is_closed() or not _left():
        return lead("table.index")
    if request.method == "GET":
        return _page()
    wrong = long_reason()
    try:
        if not wrong:
            given, new = prizes.give(
                db.session(),
                door.edition(),
                posted("nomination"),
                posted("prize"),
                reason=posted("reason"),
                actor=sessions.actor(),
                now=sessions.now(),
            )
    except decisions.ReasonMissing:
        wrong = {"reason": _("Write why: the decision states it.")}
    except (NoSuchNomination, NotInTheRunning):
        wrong = {"nomination": _("Choose a nomination that was found eligible.")}
    except (NoSuchPrize, NotByDecision):
        wrong = {"prize": _("Choose one of these prizes.")}
    except PrizeSpent:
        wrong = {"prize": _("This prize has been given as often as the rules allow.")}
    except NotTheTime:
        wrong = {"": _("The winners of this category are public. No prize is given any more.")}
    except NotTheChair as error:
        wrong = {"": not_you(error)}
    if wrong:
        db.session.rollback()
        return _page(wrong), 422
    reference = given.nomination.reference
    db.session.commit()
    if not new:
        return lead("table.special", _("%(reference)s has it already.", reference=reference), "caution")
    return lead("table.special", _("Given to %(reference)s by decision.", reference=reference))


@blueprint.route("/special/<reference>/<prize>/take-back", methods=["GET", "POST"])
@audience(Audience.TABLE)
def special_back(edition: str, reference: str, prize: str) -> Answer:  # noqa: ARG001
    """Take a prize by decision back until the release, with a reason."""
    if not is_closed():
        return lead("table.index")
    award = next(
        (
            it
            for it in prizes.of_edition(db.session(), door.edition())
            if it.by_decision and (it.nomination.reference, it.prize) == (reference, prize)
        ),
        None,
    )
    if award is None:
        abort(404)
    if request.method == "GET":
        return _back(award)
    if wrong := long_reason():
        return _back(award, wrong), 422
    try:
        corrections.take_back(
            db.session(),
            door.edition(),
            award,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        return _back(award, {"reason": _("Write why: the decision states it.")}), 422
    except NotTheChair as error:
        db.session.rollback()
        return _back(award, {"": not_you(error)}), 409
    except (NotGiven, WinnersReleased, ReleaseArmed) as error:
        db.session.rollback()
        return lead("table.special", refused(error), "caution")
    db.session.commit()
    return lead("table.special", _("Taken back from %(reference)s.", reference=reference))


def _left() -> dict[str, int]:
    """How often each prize by decision may still be given."""
    session, edition = db.session(), door.edition()
    spent = Counter(it.prize for it in prizes.of_edition(session, edition))
    return {
        it.key: it.count - spent[it.key]
        for it in editions.rules_of(session, edition).prizes
        if it.by_decision
    }


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, edition = db.session(), door.edition()
    names = face_of(edition).names
    running = nominations.of_edition(session, edition, *prizes.IN_THE_RUNNING)
    titles = _titles(running)
    given = [it for it in prizes.of_edition(session, edition) if it.by_decision]
    return show(
        "special.html",
        "table.special",
        left=[(key, names.name("prizes", key), number) for key, number in _left().items()],
        given=[
            (it, names.name("prizes", it.prize), titles.get(it.nomination_id, ""), _reason(it))
            for it in given
        ],
        running=[
            (
                names.name("categories", key),
                [(it.reference, titles[it.id]) for it in running if it.category == key],
            )
            for key in dict.fromkeys(it.category for it in running)
        ],
        is_open=edition.phase in prizes.WHEN,
        writing=may(Audience.TABLE, reading=False),
        wrong=dict(wrong or {}),
        typed={name: posted(name) for name in ("nomination", "prize", "reason")},
    )


def _reason(award: Award) -> str:
    found = db.session.get_one(Decision, award.decision_id)
    return _("Decision %(number)d", number=found.number) + f" · {found.reason}"


def _titles(running: list[Nomination]) -> dict[int, Text]:
    if not running:
        return {}
    found = nominations.current_revisions(db.session(), running)
    return {
        number: choose({it.language: it.title} | dict(it.titles or {}), it.language)
        for number, it in found.items()
    }


def _back(award: Award, wrong: Mapping[str, str] | None = None) -> str:
    names = face_of(door.edition()).names
    return show(
        "special_back.html",
        "table.special",
        award=award,
        prize=names.name("prizes", award.prize),
        title=_titles([award.nomination]).get(award.nomination_id, ""),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )
