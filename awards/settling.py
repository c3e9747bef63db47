"""What a result waits for until it is public, counted by edition: to be read by whoever counts what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, select
from sqlalchemy.orm import aliased

from awards.models import (
    Acceptance,
    Answer,
    Approval,
    Award,
    AwardState,
    CommentState,
    Edition,
    FeedbackComment,
    FrozenOutcome,
    FrozenStanding,
    Nomination,
    Publication,
    PublicationKind,
    Release,
    ReleaseState,
    ScoreSheet,
)
from awards.publication import is_shown
from awards.publishing import RELEASE
from awards.timetable import Phase

Counted = Select[int | None, int]


def uncounted(editions: Sequence[int]) -> Counted:
    """In how many categories the shortlist is signed and no result is counted from it."""
    counted = exists().where(
        FrozenOutcome.edition_id == FrozenStanding.edition_id,
        FrozenOutcome.category == FrozenStanding.category,
    )
    return (
        select(FrozenStanding.edition_id, func.count())
        .where(
            FrozenStanding.edition_id.in_(editions),
            FrozenStanding.signed_by.is_not(None),
            is_last(FrozenStanding),
            ~counted,
        )
        .group_by(FrozenStanding.edition_id)
    )


def uncited(editions: Sequence[int]) -> Counted:
    """How many prizes that are given and not public yet lack the reason why they were won."""
    return (
        select(Award.edition_id, func.count())
        .join(Edition, Edition.id == Award.edition_id)
        .where(
            Award.edition_id.in_(editions),
            Award.state == AwardState.GIVEN,
            cast(Award.citations, String) == "{}",
            Edition.phase.in_((Phase.DELIBERATION, Phase.SECOND_ROUND, Phase.DECIDED)),
            ~is_shown(Award.edition_id, Award.category),
        )
        .group_by(Award.edition_id)
    )


def unsettled(editions: Sequence[int]) -> Counted:
    """How many winners declined, or ask for a change, with which nobody has dealt."""
    asks = (Acceptance.wishes != "") | (cast(Acceptance.names, String) != "{}")
    return (
        select(Award.edition_id, func.count())
        .join(Acceptance, Acceptance.award_id == Award.id)
        .where(
            Award.edition_id.in_(editions),
            Award.state == AwardState.GIVEN,
            ~is_shown(Award.edition_id, Award.category),
            (Acceptance.answer == Answer.DECLINED) | (Acceptance.settled_at.is_(None) & asks),
        )
        .group_by(Award.edition_id)
    )


def unarmed(editions: Sequence[int]) -> Counted:
    """How many signed results were never public, where no release is armed or waits for the second of two."""
    was_public = exists().where(
        Publication.edition_id == FrozenOutcome.edition_id,
        Publication.category == FrozenOutcome.category,
        Publication.kind == PublicationKind.WINNERS,
    )
    armed = exists().where(
        Release.edition_id == FrozenOutcome.edition_id,
        Release.state.in_((ReleaseState.ARMED, ReleaseState.HELD)),
    )
    proposed = exists().where(
        Approval.edition_id == FrozenOutcome.edition_id,
        Approval.act == RELEASE,
        Approval.approved_at.is_(None),
        Approval.ended_at.is_(None),
    )
    return (
        select(FrozenOutcome.edition_id, func.count())
        .where(
            FrozenOutcome.edition_id.in_(editions),
            FrozenOutcome.signed_by.is_not(None),
            is_last(FrozenOutcome),
            ~was_public,
            ~armed,
            ~proposed,
        )
        .group_by(FrozenOutcome.edition_id)
    )


def held(editions: Sequence[int]) -> Counted:
    """How many releases are held."""
    return (
        select(Release.edition_id, func.count())
        .where(Release.edition_id.in_(editions), Release.state == ReleaseState.HELD)
        .group_by(Release.edition_id)
    )


def comments(editions: Sequence[int]) -> Counted:
    """How many words for nominees, released by their judges, nobody has decided about."""
    return (
        select(Nomination.edition_id, func.count())
        .join(FeedbackComment, FeedbackComment.nomination_id == Nomination.id)
        .join(ScoreSheet, ScoreSheet.id == FeedbackComment.sheet_id)
        .where(
            Nomination.edition_id.in_(editions),
            FeedbackComment.state == CommentState.RELEASED,
            ScoreSheet.counted.is_(True),
        )
        .group_by(Nomination.edition_id)
    )


def is_last(table: type[FrozenStanding] | type[FrozenOutcome]) -> ColumnElement[bool]:
    """That nothing was counted in the category since."""
    later = aliased(table)
    return ~exists().where(
        later.edition_id == table.edition_id, later.category == table.category, later.number > table.number
    )
