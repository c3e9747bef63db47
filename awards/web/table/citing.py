"""Citations: why each winner of a category won, in the languages of the edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import citations, corrections, editions
from awards.chairs import NotTheChair
from awards.citations import LONGEST, CitationChanged, CitationFixed, CitationTooLong
from awards.extensions import db
from awards.models import Award, Grant
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.language import NAMES
from awards.web.secretariat.frame import name_of, posted
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.sight import Sight, category_or_404
from awards.web.table.signing import not_you
from awards.web.table.stood import Line
from awards.web.texts import Text


@dataclass(frozen=True, slots=True)
class Prize:
    """A prize with its citation: `number` names its fields in the form."""

    number: str
    award: Award
    line: Line
    name: Text
    texts: tuple[tuple[str, str, str], ...]
    seen: str
    is_mine: bool


@blueprint.route("/<category>/citations", methods=["GET", "POST"], endpoint="citations")
@audience(Audience.TABLE)
def cite(edition: str, category: str) -> Answer:  # noqa: ARG001
    """The citation of every winner of a category; saved together, until they are public."""
    if not is_closed():
        return lead("table.index")
    it = category_or_404(category)
    awards = _awards(it)
    if not awards:
        says = _("No prize of this category is given yet: citations are written once the winners are signed.")
        return lead("table.results", says, "caution")
    if request.method == "GET":
        return _page(it, awards)
    wrong, saved = _save(awards)
    if wrong:
        db.session.rollback()
        stale = any(name.startswith("changed") for name in wrong)
        return _page(it, _awards(it), wrong, typed=True), 409 if stale else 422
    db.session.commit()
    said = ngettext("One citation saved.", "%(num)d citations saved.", saved)
    return lead("table.citations", said if saved else _("Nothing was changed."), category=it.key)


def _save(awards: Sequence[Award]) -> tuple[dict[str, str], int]:
    """What is wrong by field, and how many citations changed."""
    wrong: dict[str, str] = {}
    saved = 0
    languages = editions.rules_of(db.session(), door.edition()).languages
    for award in awards:
        number = _key(award)
        if not any(f"text-{number}-{key}" in request.form for key in languages):
            continue
        texts = {key: posted(f"text-{number}-{key}") for key in languages}
        try:
            saved += citations.write(
                db.session(),
                door.edition(),
                award,
                texts,
                seen=posted(f"seen-{number}"),
                actor=sessions.actor(),
                now=sessions.now(),
            )
        except CitationTooLong as error:
            for key in error.languages:
                wrong[f"text-{number}-{key}"] = _("Write at most 1,000 characters.")
        except CitationChanged:
            says = _(
                "It was changed meanwhile. What you typed stands in the form; what is kept stands above it."
            )
            wrong[f"changed-{number}"] = says
        except NotTheChair as error:
            wrong[f"changed-{number}"] = not_you(error)
        except CitationFixed:
            says = _("The winners are public, or the prize was taken back. Its citation stays as it is.")
            wrong[f"changed-{number}"] = says
    return wrong, saved


def _key(award: Award) -> str:
    """What a prize is called in the form."""
    return f"{award.nomination.public_id}-{award.prize}"


def _awards(it: Sight) -> list[Award]:
    found = corrections.of_category(db.session(), door.edition(), it.key)
    rules = editions.rules_of(db.session(), door.edition())
    return sorted(
        found, key=lambda it: (it.by_decision, rules.is_the_publics(it.prize), it.place or 0, it.id)
    )


def _page(
    it: Sight, awards: Sequence[Award], wrong: Mapping[str, str] | None = None, *, typed: bool = False
) -> str:
    session, edition = db.session(), door.edition()
    lines = {line.nomination.id: line for line in it.lines}
    languages = editions.rules_of(session, edition).languages
    acting = {_key(award): it.table.acting([award.nomination], it.key) for award in awards}
    return show(
        "citations.html",
        "table.results",
        it=it,
        prizes=[
            Prize(
                _key(award),
                award,
                lines[award.nomination_id],
                it.names.name("prizes", award.prize),
                tuple(
                    (
                        key,
                        NAMES.get(key, key),
                        posted(f"text-{_key(award)}-{key}") if typed else str(award.citations.get(key, "")),
                    )
                    for key in languages
                ),
                citations.stamp(award),
                _is_mine(it, award, acting[_key(award)]),
            )
            for award in awards
            if award.nomination_id in lines
        ],
        is_open=all(citations.is_open(session, edition, award) for award in awards),
        acting={number: name_of(who.account) for number, who in acting.items() if who is not None},
        longest=LONGEST,
        wrong=dict(wrong or {}),
    )


def _is_mine(it: Sight, award: Award, acting: Grant | None) -> bool:
    """Whether whoever reads writes a citation: who acts as chair, an organiser where all at the table are bound."""
    me = sessions.me()
    if acting is not None or not it.table.all_bound([award.nomination], it.key):
        return acting is not None and acting.account_id == me.id
    return citations.may_stand_in(db.session(), door.edition(), award, me)
