"""The ceremony: in which order prizes are handed over, how names are said, who comes on stage; for the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import acceptances, audit, editions, prizes, publication, results
from awards.audit import Actor
from awards.models import Acceptance, Award, CeremonyNote, Edition, PublicationKind

LONGEST_NAME, LONGEST, LAST = 300, 2000, 999


class NotHandedOver(Exception):
    """Only a prize of a signed result that is given is handed over."""


class TooLong(Exception):
    """How a name is said has 300 letters at most, the rest 2,000."""


class NoPosition(Exception):
    """A place in the order is a number from 1 to 999."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A prize in the order in which it is handed over, with what its winner answered and what was noted for it."""

    number: int
    award: Award
    acceptance: Acceptance | None
    note: CeremonyNote | None

    @property
    def said_as(self) -> str:
        return self.note.said_as if self.note else ""

    @property
    def on_stage(self) -> str:
        """Who comes on stage: as noted, else as the winner wrote."""
        noted = self.note.on_stage if self.note else ""
        return noted or (self.acceptance.attending if self.acceptance else "")

    @property
    def remark(self) -> str:
        return self.note.remark if self.note else ""


def turns(session: Session, edition: Edition) -> list[Turn]:
    """Every prize of a signed result in the order of the ceremony: as numbered, the others after them.

    Without numbers: the categories in the order of the rules, in each the best prize last.
    """
    rules = editions.rules_of(session, edition)
    categories = {it.key: number for number, it in enumerate(rules.categories)}
    best_last = {it.key: -number for number, it in enumerate(rules.prizes)}
    given = _handed_over(session, edition)
    notes = {
        it.award_id: it
        for it in session.scalars(
            select(CeremonyNote).where(CeremonyNote.award_id.in_([it.id for it in given]))
        )
    }
    answers = {it.award_id: it for it in acceptances.of_edition(session, edition)}

    def rank(award: Award) -> tuple[int, int, int, int, int]:
        note = notes.get(award.id)
        position = note.position if note and note.position else LAST + 1
        place = -(award.place or 0)
        return position, categories.get(award.category, LAST), best_last.get(award.prize, 0), place, award.id

    return [
        Turn(number, award, answers.get(award.id), notes.get(award.id))
        for number, award in enumerate(sorted(given, key=rank), start=1)
    ]


def _handed_over(session: Session, edition: Edition) -> Sequence[Award]:
    signed = {key for key, it in results.frozen(session, edition).items() if it.signed_by is not None}
    return [it for it in prizes.of_edition(session, edition) if it.category in signed]


def is_confidential(session: Session, edition: Edition, found: Sequence[Turn]) -> bool:
    """Whether a prize among these is not public yet, or was taken down."""
    public = publication.first_shown(session, edition, PublicationKind.WINNERS)
    return any(it.award.category not in public for it in found)


def note(
    session: Session,
    edition: Edition,
    award: Award,
    *,
    position: int | None,
    said_as: str,
    on_stage: str,
    remark: str,
    actor: Actor,
    now: datetime,
) -> CeremonyNote:
    """Note what the host needs for a prize, in the place of what was noted.

    Raises NotHandedOver, TooLong, NoPosition.
    """
    editions.lock(session, edition)
    if award.id not in {it.id for it in _handed_over(session, edition)}:
        raise NotHandedOver(award.prize)
    if len(said_as) > LONGEST_NAME or max(len(on_stage), len(remark)) > LONGEST:
        raise TooLong(award.prize)
    if position is not None and not 1 <= position <= LAST:
        raise NoPosition(str(position))
    found = session.scalars(select(CeremonyNote).where(CeremonyNote.award_id == award.id)).first()
    if found is None:
        found = CeremonyNote(award_id=award.id)
        session.add(found)
    found.position, found.said_as, found.on_stage, found.remark = position, said_as, on_stage, remark
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="ceremony.noted",
        subject=award.nomination.public_id,
        now=now,
        edition=edition,
        after={"prize": award.prize, "position": position or 0, "said_as": said_as, "on_stage": on_stage},
    )
    return found
