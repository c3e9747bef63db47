"""What the table shows of each category, read in a few queries however many nominations there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import abort

from awards import chairs, editions, nominations, publication, readings, reopening, standings
from awards.extensions import db
from awards.models import Edition, Nomination, NominationRevision, PublicationKind, Reopening
from awards.web import door, sessions
from awards.web.secretariat.frame import face_of
from awards.web.table import sayings
from awards.web.table.stood import Line, Stood, signatures
from judging.count import standing_of
from judging.shortlist import Standing
from judging.values import Deciding


class State(StrEnum):
    """Where a category stands on its way to the public."""

    READING = "reading"
    MENDING = "mending"
    UNMARKED = "unmarked"
    TIE = "tie"
    STUCK = "stuck"
    TO_SIGN = "to_sign"
    SIGNED = "signed"
    PLANNED = "planned"
    ANNOUNCED = "announced"


@dataclass(frozen=True, kw_only=True)
class Sight(Stood):
    """One category as it stands after the first round."""

    standing: Standing
    places: int
    mending: tuple[Reopening, ...]
    unmarked: tuple[str, ...]
    reading: bool = False

    @property
    def state(self) -> State:
        if self.reading and self.signed is None:
            return State.READING
        if self.mending:
            return State.MENDING
        if self.unmarked and self.public_from is None:
            return State.UNMARKED
        if self.signed is None:
            if not self.waiting:
                return State.TO_SIGN
            return State.STUCK if self.is_stuck else State.TIE
        if self.public_from is None:
            return State.SIGNED
        return State.PLANNED if self.public_from > sessions.now() else State.ANNOUNCED

    @property
    def by_fair(self) -> bool:
        """Whether the fair score decides here, so that the plain mean is shown beside it."""
        return self.standing.deciding is Deciding.FAIR

    @property
    def cut(self) -> list[str]:
        return sayings.cut(self.standing, self.places)

    @property
    def steps(self) -> list[str]:
        return self.said(self.standing.steps)

    @property
    def cut_after(self) -> int | None:
        """After how many nominations the cut is drawn; None where all advance, or where it runs through level ones."""
        found = len(self.finalists)
        return found if 0 < found < len(self.lines) and not any(it.open for it in self.lines) else None

    @property
    def finalists(self) -> list[Line]:
        return [it for it in self.lines if it.advances]


def board(edition: Edition) -> list[Sight]:
    """Every category that has a standing, in the rules' order."""
    session = db.session()
    rules, names = editions.rules_of(session, edition), face_of(edition).names
    there = {it.reference: it for it in nominations.of_edition(session, edition)}
    revisions = nominations.current_revisions(session, there.values()) if there else {}
    table = chairs.table_of(session, edition)
    mending = reopening.going_on(session, edition)
    reading = readings.is_open(session, edition)
    shown = publication.first_shown(session, edition, PublicationKind.FINALISTS)
    latest = standings.latest(session, edition)
    unmarked = standings.unmarked(session, edition)
    signed = signatures(latest.values())
    return [
        Sight(
            key=key,
            name=names.name("categories", key),
            frozen=frozen,
            standing=(standing := standing_of(frozen.document)),
            lines=_lines(standing, there, revisions),
            places=rules.category(key).places,
            table=table,
            mending=tuple(it for it in mending if it.nomination.category == key),
            unmarked=unmarked.get(key, ()),
            signed=signed.get(frozen.signed_by or 0),
            public_from=shown.get(key),
            names=names,
            reading=reading,
        )
        for key, frozen in latest.items()
    ]


def category_or_404(key: str) -> Sight:
    """A category of the edition of the address."""
    return next((it for it in board(door.edition()) if it.key == key), None) or abort(404)


def _lines(
    standing: Standing, there: Mapping[str, Nomination], revisions: Mapping[int, NominationRevision]
) -> tuple[Line, ...]:
    by_fair = standing.deciding is Deciding.FAIR
    return tuple(
        Line(number, row, there[row.nomination], revisions[there[row.nomination].id], by_fair)
        for number, row in enumerate(standing.rows, start=1)
    )
