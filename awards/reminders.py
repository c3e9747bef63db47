"""Reminders: what time asks to be said again, each of it a single time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from awards import accounts, deadlines, drafts, editions, invitations, notices, prompts, sections, windows
from awards.models import (
    Account,
    Edition,
    Invitation,
    Nomination,
    NominationEditor,
    NominationReturn,
    NominationRevision,
    NominationState,
    OwnDeadline,
)
from awards.notices import Template
from awards.sections import Gap
from awards.timetable import Deadline, Moment, Phase
from judging.values import Json

FIRST, LAST = timedelta(days=7), timedelta(days=2)
"""How long before its deadline a draft is reminded of; changes and returned nominations at the last only."""

RESTED = timedelta(hours=1)
"""Whoever saved something less than this ago is still at it and is left in peace."""

UNANSWERED, LONG_AGO = timedelta(days=7), timedelta(days=60)


def remind(session: Session, *, now: datetime) -> int:
    """Queue every reminder that is due; a second call finds nothing to do. How many were queued."""
    open_ones = session.scalars(select(Edition).where(Edition.phase.in_(windows.TAKING))).all()
    count = sum(_before_the_deadline(session, edition, now) for edition in open_ones)
    return count + _returned(session, now) + _unanswered(session, now) + prompts.remind(session, now=now)


def _before_the_deadline(session: Session, edition: Edition, now: datetime) -> int:
    """Drafts not submitted, and changes to what was, as the deadline of each comes near; again where it moves.

    In screening only those with a later deadline of their own are taken still.
    """
    stated = deadlines.closes(session, edition)
    has_own = session.scalar(
        select(
            exists().where(
                OwnDeadline.edition_id == edition.id,
                OwnDeadline.moment == Moment.NOMINATIONS_CLOSE,
                OwnDeadline.at_utc > now,
            )
        )
    )
    is_stated = edition.phase is Phase.NOMINATIONS
    if not has_own and not (is_stated and _is_near(stated, now)):
        return 0
    count = 0
    rules, texts = editions.rules_of(session, edition), editions.texts_of(session, edition)
    for nomination, newest in _unfinished(session, edition, now):
        closes = deadlines.closes(session, edition, nomination) if has_own else stated
        if closes is not None and _is_near(closes, now) and (is_stated or closes != stated):
            gaps = sections.gaps(rules, texts, drafts.said_by(newest))
            count += _remind(session, edition, nomination, newest, closes, gaps, now)
    return count


def _is_near(closes: Deadline | None, now: datetime) -> bool:
    return closes is not None and closes.instant - FIRST <= now < closes.instant


def _unfinished(
    session: Session, edition: Edition, now: datetime
) -> Sequence[tuple[Nomination, NominationRevision]]:
    """Nominations whose newest revision isn't submitted and has rested, with that revision."""
    newest = (
        select(NominationRevision.nomination_id, func.max(NominationRevision.number).label("number"))
        .group_by(NominationRevision.nomination_id)
        .subquery()
    )
    found = session.execute(
        select(Nomination, NominationRevision)
        .join(newest, newest.c.nomination_id == Nomination.id)
        .join(
            NominationRevision,
            (NominationRevision.nomination_id == Nomination.id)
            & (NominationRevision.number == newest.c.number),
        )
        .where(
            Nomination.edition_id == edition.id,
            NominationRevision.at <= now - RESTED,
            or_(
                Nomination.state == NominationState.DRAFT,
                (Nomination.state == NominationState.SUBMITTED)
                & (Nomination.submitted_number < NominationRevision.number),
            ),
        )
        .order_by(Nomination.id)
    )
    return [(nomination, revision) for nomination, revision in found]


def _remind(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    newest: NominationRevision,
    closes: Deadline,
    gaps: Sequence[Gap],
    now: datetime,
) -> int:
    is_last = closes.instant - LAST <= now
    about = _about(nomination, newest, closes)
    instant = closes.instant.isoformat()
    if nomination.state is NominationState.SUBMITTED:
        changed = Template.UNSUBMITTED_CHANGES
        return _tell(session, edition, nomination, changed, about, now, instant) if is_last else 0
    before = LAST if is_last else FIRST
    if nomination.created_at > closes.instant - before:
        return 0
    left = -((now - closes.instant) // timedelta(days=1))
    about |= {"days": left, "missing": [*dict.fromkeys(gap.fault.field for gap in gaps)]}
    return _tell(session, edition, nomination, Template.REMINDER, about, now, before.days, instant)


def _about(nomination: Nomination, revision: NominationRevision, closes: Deadline) -> dict[str, Json]:
    return {
        "title": revision.title,
        "reference": nomination.reference if nomination.submitted_number is not None else "",
        "path": f"/nominations/{nomination.public_id}/",
        "until": notices.moment(closes),
    }


def _tell(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    template: Template,
    arguments: Mapping[str, Json],
    now: datetime,
    *name: object,
) -> int:
    """Write to everybody who writes a nomination, once under that name."""
    count = 0
    for account in _writers(session, nomination):
        once = ":".join(str(it) for it in (template.value, nomination.public_id, account.public_id, *name))
        queued = notices.queue(
            session,
            template,
            account.email,
            language=account.language,
            now=now,
            account=account,
            edition=edition,
            arguments=arguments,
            once=once,
        )
        count += queued is not None
    return count


def _writers(session: Session, nomination: Nomination) -> Sequence[Account]:
    """Those who write a nomination and can be reached."""
    together = select(NominationEditor.account_id).where(
        NominationEditor.nomination_id == nomination.id, NominationEditor.ended_at.is_(None)
    )
    found = session.scalars(
        select(Account)
        .where(Account.active, (Account.id == nomination.nominator_id) | Account.id.in_(together))
        .options(selectinload(Account.addresses))
        .order_by(Account.id)
    )
    return [account for account in found if account.email]


def _returned(session: Session, now: datetime) -> int:
    """Nominations given back that nobody has answered, two days before their date."""
    found = session.execute(
        select(NominationReturn, Nomination, NominationRevision, Edition)
        .join(Nomination, Nomination.id == NominationReturn.nomination_id)
        .join(
            NominationRevision,
            (NominationRevision.nomination_id == Nomination.id)
            & (NominationRevision.number == NominationReturn.revision_number),
        )
        .join(Edition, Edition.id == Nomination.edition_id)
        .where(
            Nomination.state == NominationState.RETURNED,
            NominationReturn.answered_number.is_(None),
            NominationReturn.until > now,
            NominationReturn.until <= now + LAST,
        )
        .order_by(NominationReturn.id)
    ).all()
    count = 0
    for returned, nomination, revision, edition in found:
        if returned.at > returned.until - LAST:
            continue
        closes = Deadline(datetime.fromisoformat(returned.local), returned.zone, returned.until)
        about = _about(nomination, revision, closes)
        about |= {"what": "returned", "fields": [*sections.named(returned.fields)]}
        count += _tell(session, edition, nomination, Template.REMINDER, about, now, returned.id)
    return count


def _unanswered(session: Session, now: datetime) -> int:
    """Invitations that nobody has answered for a week: once more, with a new link."""
    found = session.scalars(
        select(Invitation)
        .where(
            Invitation.answer.is_(None),
            Invitation.at <= now - UNANSWERED,
            Invitation.at > now - LONG_AGO,
        )
        .order_by(Invitation.id)
    ).all()
    count = 0
    for invitation in found:
        if not invitations.is_open(session, invitation, now):
            continue
        queued = notices.queue(
            session,
            Template.INVITATION,
            invitation.email,
            language=invitation.language,
            now=now,
            account=accounts.find(session, invitation.email),
            edition=session.get(Edition, invitation.edition_id) if invitation.edition_id else None,
            arguments={"again": True},
            invitation=invitation,
            once=f"invitation:{invitation.public_id}:again",
        )
        count += queued is not None
    return count
