"""Conflicts of judges: found, declared, suspected, waived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import selectinload

from awards import editions, nominations, suspicions
from awards.extensions import db
from awards.models import (
    Account,
    Conflict,
    ConflictSource,
    Decision,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationRevision,
    Suspicion,
)
from awards.web import door, words
from awards.web.access import Audience, audience
from awards.web.downloads import download_csv
from awards.web.panel.pairs import CONFLICTS
from awards.web.panel.routes import blueprint
from awards.web.panel.suspicions import KINDS
from awards.web.secretariat.frame import face_of, name_of, show, whole_number

PER_PAGE = 100
MOST_SUSPECTED = 50
HERE = "panel.judges"
COLUMNS = ("judge", "email", "reference", "title", "category", "source", "detail", "waived", "since")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which conflicts are wanted, as the address says; what it says wrongly is left out."""

    judge: str = ""
    category: str = ""
    source: str = ""
    page: int = 1
    decided: int = 1

    @classmethod
    def of(cls, said: Mapping[str, str], categories: Sequence[str]) -> Wish:
        judge = said.get("judge", "")
        return cls(
            judge if door.IDENTIFIER.fullmatch(judge) else "",
            said.get("category", "") if said.get("category") in categories else "",
            said.get("source", "") if said.get("source") in set(ConflictSource) else "",
            whole_number(said.get("page", "")) or 1,
            whole_number(said.get("decided", "")) or 1,
        )

    def address(self, **changes: str | int) -> dict[str, str | int]:
        """The arguments of the address that shows this, or what differs from it by some changes."""
        it = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]
        said: dict[str, str | int] = {
            "judge": it.judge,
            "category": it.category,
            "source": it.source,
            "page": it.page,
            "decided": it.decided,
        }
        return {name: value for name, value in said.items() if value not in ("", 1)}


@dataclass(frozen=True, slots=True)
class Side:
    """Who and what a suspicion is about."""

    suspicion: Suspicion
    kind: object
    judge: str
    title: str
    decided_by: str = ""


@blueprint.get("/conflicts")
@audience(Audience.ORGANISER)
def conflicts(**_edition: str) -> str:
    """All that keeps judges from nominations, and what is only suspected."""
    session, edition = db.session(), door.edition()
    categories = [it.key for it in editions.rules_of(session, edition).categories]
    wish = Wish.of(request.args, categories)
    numbers = _numbers(edition, wish.judge)
    total = _sum(numbers, wish)
    open_ones, decided = suspicions.numbers(session, edition)
    pages, decided_pages = -(-total // PER_PAGE), -(-decided // MOST_SUSPECTED)
    wish = replace(wish, page=min(wish.page, pages or 1), decided=min(wish.decided, decided_pages or 1))
    rows = session.execute(_rows(edition, wish).limit(PER_PAGE).offset((wish.page - 1) * PER_PAGE)).all()
    waiting = suspicions.of_edition(session, edition, decided=False, most=MOST_SUSPECTED)
    settled = suspicions.of_edition(
        session, edition, decided=True, most=MOST_SUSPECTED, after=(wish.decided - 1) * MOST_SUSPECTED
    )
    names = face_of(edition).names
    return show(
        "panel/conflicts.html",
        HERE,
        wish=wish,
        rows=rows,
        total=total,
        pages=pages,
        sources=[("", _("All"), _sum(numbers, replace(wish, source="")))]
        + [
            (it.value, words, _sum(numbers, replace(wish, source=it.value)))
            for it, words in CONFLICTS.items()
        ],
        categories=[("", _("All"), _sum(numbers, replace(wish, category="")))]
        + [
            (key, names.name("categories", key), _sum(numbers, replace(wish, category=key)))
            for key in categories
        ],
        chosen=_judge_named(edition, wish.judge),
        open=_sides(waiting),
        later=open_ones - len(waiting),
        decided=_sides(settled),
        decided_pages=decided_pages,
        silent=_not_declared(edition),
        named=CONFLICTS,
        said=_said,
    )


@blueprint.get("/conflicts.csv")
@audience(Audience.ORGANISER)
def conflicts_csv(edition: str) -> Response:
    """The conflicts that the address asks for, all of them, as a file."""
    found = door.edition()
    categories = [it.key for it in editions.rules_of(db.session(), found).categories]
    rows = db.session.execute(_rows(found, Wish.of(request.args, categories))).all()
    lines = [
        (
            judge.account.name,
            judge.account.email,
            nomination.reference,
            title,
            nomination.category,
            row.source.value,
            row.detail,
            number or "",
            row.found_at.date().isoformat(),
        )
        for row, judge, nomination, title, number in rows
    ]
    return download_csv(COLUMNS, lines, f"{edition}-conflicts.csv")


def _rows(edition: Edition, wish: Wish) -> Select[Conflict, Judge, Nomination, str, int]:
    query = (
        select(Conflict, Judge, Nomination, NominationRevision.title, Decision.number)
        .join(Judge, Judge.id == Conflict.judge_id)
        .join(Account, Account.id == Judge.account_id)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .outerjoin(
            NominationRevision,
            (NominationRevision.nomination_id == Nomination.id)
            & (NominationRevision.number == Nomination.submitted_number),
        )
        .outerjoin(Decision, Decision.id == Conflict.waived_by)
        .where(Judge.edition_id == edition.id)
        .order_by(Account.sort_key, Judge.id, Nomination.reference, Conflict.source)
        .options(selectinload(Judge.account).selectinload(Account.addresses))
    )
    if wish.judge:
        query = query.where(Judge.public_id == wish.judge)
    if wish.category:
        query = query.where(Nomination.category == wish.category)
    if wish.source:
        query = query.where(Conflict.source == ConflictSource(wish.source))
    return query


def _numbers(edition: Edition, judge: str) -> Sequence[Row[ConflictSource, str, int]]:
    """How many conflicts there are by source and category, of one judge or of all."""
    query = (
        select(Conflict.source, Nomination.category, func.count())
        .join(Judge, Judge.id == Conflict.judge_id)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .where(Judge.edition_id == edition.id)
        .group_by(Conflict.source, Nomination.category)
    )
    return db.session.execute(query.where(Judge.public_id == judge) if judge else query).all()


def _sum(numbers: Sequence[Row[ConflictSource, str, int]], wish: Wish) -> int:
    return sum(
        number
        for source, category, number in numbers
        if wish.source in ("", source.value) and wish.category in ("", category)
    )


def _sides(found: Sequence[Suspicion]) -> list[Side]:
    revisions = nominations.current_revisions(db.session(), [it.nomination for it in found])
    people = {
        it.id: name_of(it)
        for it in db.session.scalars(
            select(Account).where(Account.id.in_({it.decided_by_id for it in found if it.decided_by_id}))
        )
    }
    return [
        Side(
            it,
            KINDS[it.kind],
            name_of(it.judge.account),
            revisions[it.nomination_id].title if it.nomination_id in revisions else "",
            people.get(it.decided_by_id or 0, ""),
        )
        for it in found
    ]


def _judge_named(edition: Edition, identifier: str) -> str:
    if not identifier:
        return ""
    found = db.session.scalars(
        select(Judge).where(Judge.edition_id == edition.id, Judge.public_id == identifier)
    ).first()
    return name_of(found.account) if found else ""


def _not_declared(edition: Edition) -> int:
    """How many judges have never declared their interests."""
    return (
        db.session.scalar(
            select(func.count(Judge.id)).where(
                Judge.edition_id == edition.id,
                Judge.state == JudgeState.ACCEPTED,
                Judge.declared_at.is_(None),
            )
        )
        or 0
    )


def _said(row: Conflict) -> str:
    """What the two have in common, as the page shows it."""
    return words.country(row.detail) if row.source is ConflictSource.SAME_COUNTRY else row.detail
