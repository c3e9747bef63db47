"""Judges of an edition, their conflicts, and who reads what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from secrets import choice
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.account import Account
from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.nomination import Nomination
from judging.values import Round


class JudgeState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"


class Leaving(StrEnum):
    """Why a judge left; what becomes of the submitted sheets follows from it and never from a choice."""

    CONFLICT = "conflict"
    MISCONDUCT = "misconduct"
    ILLNESS = "illness"
    RESIGNATION = "resignation"
    SILENCE = "silence"


class ConflictSource(StrEnum):
    SAME_CITY = "same_city"
    SAME_ORGANISATION = "same_organisation"
    SAME_COUNTRY = "same_country"
    NAMED = "named"
    DECLARED = "declared"


class SuspicionKind(StrEnum):
    """What suggests an interest and proves none, so that a person decides."""

    MAIL_DOMAIN = "mail_domain"
    SIMILAR_ORGANISATION = "similar_organisation"
    NAMED_IN_TEXT = "named_in_text"
    FORMER_CITY = "former_city"
    FORMER_ORGANISATION = "former_organisation"


class AssignmentKind(StrEnum):
    REGULAR = "regular"
    SECOND = "second"
    PRACTICE = "practice"
    ALTERNATE = "alternate"


class AssignmentState(StrEnum):
    """LEFT: its judge left the panel. RELEASED: the secretariat freed its judge from it before it was submitted."""

    ISSUED = "issued"
    HANDED_BACK = "handed_back"
    RECUSED = "recused"
    LEFT = "left"
    RELEASED = "released"


class PairRuleKind(StrEnum):
    """What a person has said of a pair before the assignment is drawn."""

    PINNED = "pinned"
    FORBIDDEN = "forbidden"


class Wish(StrEnum):
    """Whether a judge would like to read a nomination, by title and city alone."""

    GLADLY = "gladly"
    NEUTRAL = "neutral"
    RATHER_NOT = "rather_not"


class RunState(StrEnum):
    """A run of the assignment is proposed, and issued only when a person confirms it."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sheet_code() -> str:
    """Eight letters and digits that are not mistaken for each other: what stands on the printed sheet."""
    return "".join(choice(CODE_LETTERS) for _ in range(8))


class Judge(Base):
    """A person on the panel of an edition. No categories means all of them; `capacity` None any number.

    `least`: nominations they are to get at least. `expertise` by the key of a category or topic: 0 none, 1 some, 2 an
    expert. `working_languages`: those of `languages` that they read, and no more. `region`: where it isn't that of
    their organisation.

    `shown` names what may be published of them: "name", "office", "organisation", "country". The code of conduct was
    agreed to in `conduct_version` of the edition's texts. `declared_at`: when they last went through the list of
    nominations and declared their interests.
    """

    __tablename__ = "judge"
    __table_args__ = (UniqueConstraint("edition_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[JudgeState] = mapped_column(Word(JudgeState), default=JudgeState.INVITED)
    languages: Mapped[list[str]] = mapped_column(default=list)
    categories: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int | None]
    least: Mapped[int | None]
    expertise: Mapped[Document] = mapped_column(default=dict, server_default="{}")
    working_languages: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    region: Mapped[str] = mapped_column(String(64), default="", server_default="")
    nationality: Mapped[str] = mapped_column(String(2), default="", server_default="")
    residence: Mapped[str] = mapped_column(String(2), default="", server_default="")
    shown: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    conduct_version: Mapped[int | None]
    conduct_language: Mapped[str] = mapped_column(String(12), default="", server_default="")
    conduct_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    conduct_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leaving: Mapped[Leaving | None] = mapped_column(Word(Leaving))
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()

    def reads(self, category: str) -> bool:
        return not self.categories or category in self.categories


class Conflict(Base):
    """An interest of a judge in a nomination. It blocks the pair unless a decision waives it."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("judge_id", "nomination_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    source: Mapped[ConflictSource] = mapped_column(Word(ConflictSource))
    detail: Mapped[str] = mapped_column(String(400), default="")
    waived_by: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)

    judge: Mapped[Judge] = relationship()
    nomination: Mapped[Nomination] = relationship()


class Declaration(Base):
    """A judge has said of a nomination, by title and city, that they have no interest in it, or that they have one.

    `interest` true makes a conflict row of source DECLARED.
    """

    __tablename__ = "declaration"
    __table_args__ = (UniqueConstraint("judge_id", "nomination_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    interest: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Suspicion(Base):
    """Something suggests that a judge has an interest in a nomination; `is_conflict` is a person's word on it."""

    __tablename__ = "suspicion"
    __table_args__ = (UniqueConstraint("judge_id", "nomination_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    kind: Mapped[SuspicionKind] = mapped_column(Word(SuspicionKind))
    detail: Mapped[str] = mapped_column(String(400), default="")
    is_conflict: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)

    judge: Mapped[Judge] = relationship()
    nomination: Mapped[Nomination] = relationship()


class PairRule(Base):
    """A pair that the assignment must make, or must not; it holds until `ended_at`."""

    __tablename__ = "pair_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    round: Mapped[Round] = mapped_column(Word(Round), default=Round.FIRST)
    kind: Mapped[PairRuleKind] = mapped_column(Word(PairRuleKind))
    reason: Mapped[str] = mapped_column(String(400), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    judge: Mapped[Judge] = relationship()
    nomination: Mapped[Nomination] = relationship()


class Preference(Base):
    """A judge's wish about a nomination. It weighs little in the assignment and is bounded there."""

    __tablename__ = "preference"
    __table_args__ = (UniqueConstraint("judge_id", "nomination_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    wish: Mapped[Wish] = mapped_column(Word(Wish))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Assignment(Base):
    """A judge is to read a nomination in a round. Once issued it is never moved, only ended.

    `code` stands on its printed sheet. `told_at`: when its judge was told of it. `reading_id`: of a further reading,
    by what it was ordered.
    """

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("judge_id", "nomination_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    round: Mapped[Round] = mapped_column(Word(Round), default=Round.FIRST)
    kind: Mapped[AssignmentKind] = mapped_column(Word(AssignmentKind), default=AssignmentKind.REGULAR)
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("second_reading.id"), index=True)
    state: Mapped[AssignmentState] = mapped_column(Word(AssignmentState), default=AssignmentState.ISSUED)
    code: Mapped[str | None] = mapped_column(String(8), unique=True, default=sheet_code)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    judge: Mapped[Judge] = relationship()
    nomination: Mapped[Nomination] = relationship()


class AssignmentRun(Base):
    """One run of the assignment: what it was asked, its seed, what it reported.

    `pairs` of a proposal: the new ones as [judge's public_id, reference]; those issued before are not among them.
    """

    __tablename__ = "assignment_run"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    document: Mapped[Document]
    shortages: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[RunState] = mapped_column(
        Word(RunState), default=RunState.CONFIRMED, server_default=RunState.CONFIRMED.value
    )
    pairs: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reopening(Base):
    """A judge asks to mend a sheet after the close: chair and a second person open the round for that judge alone.

    `approved_at`: since when the judge may write; `ended_at`: when the judge was done, or it was turned down, for which
    `answer` is the reason.
    """

    __tablename__ = "reopening"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    round: Mapped[Round] = mapped_column(Word(Round), default=Round.FIRST)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")

    judge: Mapped[Judge] = relationship()
    nomination: Mapped[Nomination] = relationship()
