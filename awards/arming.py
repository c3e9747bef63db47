"""The release made ready: two people arm it, one presses or the clock does; until then it can be held or called off."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    approvals,
    audit,
    certificates,
    decisions,
    editions,
    prizes,
    publication,
    publishing,
    results,
)
from awards.audit import Actor
from awards.certificates import NothingToCertify
from awards.counts import EvidenceDiffers
from awards.models import Approval, DecisionKind, Edition, PublicationKind, Release, ReleaseState
from awards.publication import NothingToPublish
from awards.publishing import RELEASE, CategoryDown, Released, WinnersNotSigned
from judging.values import Json, canonical

log = logging.getLogger("laurels.release")
LIVE = (ReleaseState.ARMED, ReleaseState.HELD)


class AlreadyArmed(Exception):
    """A release of these categories is armed already."""


class MomentPassed(Exception):
    """The moment for a release lies ahead."""


class NotWaiting(Exception):
    """This release is done, held or called off."""


class StandChanged(Exception):
    """What would be made public is not what two people armed."""


def stand(session: Session, edition: Edition, categories: Collection[str]) -> str:
    """The fingerprint of what a release of some categories would make public: results, prizes, names, citations."""
    frozen = results.frozen(session, edition)
    numbers: list[Json] = [[key, frozen[key].number if key in frozen else 0] for key in sorted(categories)]
    given: list[Json] = [
        [it.category, it.nomination.reference, it.prize, it.place, dict(it.names), dict(it.citations or {})]
        for it in prizes.of_edition(session, edition)
        if it.category in categories
    ]
    return hashlib.sha256(canonical([numbers, given])).hexdigest()


def live(session: Session, edition: Edition) -> Sequence[Release]:
    """The releases that are armed, held ones included, in the order in which they were."""
    return session.scalars(
        select(Release).where(Release.edition_id == edition.id, Release.state.in_(LIVE)).order_by(Release.id)
    ).all()


def find(session: Session, edition: Edition, identifier: str) -> Release | None:
    """A release of the edition by its public identifier."""
    return session.scalars(
        select(Release).where(Release.edition_id == edition.id, Release.public_id == identifier)
    ).first()


def ready(session: Session, edition: Edition) -> list[str]:
    """The categories that can be armed: signed, not public, not taken down, not armed yet."""
    armed = {key for it in live(session, edition) for key in it.categories}
    down = publication.taken_down(session, edition)
    public = publication.first_shown(session, edition, PublicationKind.WINNERS)
    return [
        key
        for key, it in results.frozen(session, edition).items()
        if it.signed_by is not None and key not in armed and key not in down and key not in public
    ]


def propose(
    session: Session,
    edition: Edition,
    categories: Collection[str],
    *,
    due: datetime | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose to release the winners of some categories, by hand or at a moment; somebody else approves.

    Raises NothingToPublish, WinnersNotSigned, CategoryDown, AlreadyArmed, MomentPassed, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    asked = sorted(set(categories))
    _need_ready(session, edition, asked)
    if due is not None and due <= now:
        raise MomentPassed(due.isoformat())
    subject: dict[str, Json] = {
        "categories": [*asked],
        "due": due.isoformat() if due else "",
        "stand": stand(session, edition, asked),
    }
    return approvals.propose(session, edition, RELEASE, subject, reason=reason, actor=actor, now=now)


def approve(session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime) -> Release:
    """Approve what was proposed: the release is armed, by a decision that both sign.

    Raises NoProposal, SamePerson, SubjectChanged, MomentPassed, StandChanged and what `propose` raises.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, RELEASE, sha256)
    asked = [str(key) for key in approval.subject["categories"]]
    due = datetime.fromisoformat(str(approval.subject["due"])) if approval.subject["due"] else None
    _need_ready(session, edition, asked)
    if due is not None and due <= now:
        raise MomentPassed(due.isoformat())
    if stand(session, edition, asked) != approval.subject["stand"]:
        raise StandChanged(edition.key)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.ARMED,
        actor=actor,
        now=now,
        subject={"categories": [*asked], "due": approval.subject["due"]},
        reason=approval.reason,
        proposed_by=approvals.first_signature(session, approval),
    )
    release = Release(
        edition_id=edition.id,
        categories=asked,
        approval_id=approval.id,
        state=ReleaseState.ARMED,
        due_at=due,
        armed_at=now,
        decision_id=decision.id,
    )
    session.add(release)
    session.flush()
    return release


def _need_ready(session: Session, edition: Edition, asked: Sequence[str]) -> None:
    frozen = results.frozen(session, edition)
    if not asked or not set(asked) <= frozen.keys():
        raise NothingToPublish(edition.key)
    if waiting := [key for key in asked if frozen[key].signed_by is None]:
        raise WinnersNotSigned(", ".join(waiting))
    if down := publication.taken_down(session, edition).keys() & set(asked):
        raise CategoryDown(", ".join(sorted(down)))
    if taken := set(asked) - set(ready(session, edition)):
        raise AlreadyArmed(", ".join(sorted(taken)))


def press(
    session: Session,
    edition: Edition,
    release: Release,
    *,
    folder: Path,
    url: str,
    by_clock: bool = False,
    actor: Actor,
    now: datetime,
) -> Released:
    """Make public what was armed, and issue the certificates that are missing; those no font draws wait.

    Certificates are issued for what is public then, so that their numbers tell nothing of what is not. Raises
    NotWaiting where it is done, held or called off, StandChanged, and what `publishing.release` raises.
    """
    editions.lock(session, edition)
    session.refresh(release)
    if release.state is not ReleaseState.ARMED:
        raise NotWaiting(release.state.value)
    approval = session.get_one(Approval, release.approval_id)
    if stand(session, edition, release.categories) != approval.subject["stand"]:
        raise StandChanged(edition.key)
    release.state, release.ended_at = ReleaseState.DONE, now
    done = publishing.release(
        session,
        edition,
        only=release.categories,
        approval=approval,
        by_clock=by_clock,
        folder=folder,
        actor=actor,
        now=now,
    )
    certify(session, edition, approval, url=url, actor=actor, now=now)
    _record(session, edition, release, "pressed", actor=actor, now=now, after={"by_clock": by_clock})
    return done


def certify(
    session: Session, edition: Edition, approval: Approval, *, url: str, actor: Actor, now: datetime
) -> None:
    """Issue, by the word of the two who released them, the certificates that are missing in the categories whose
    winners are public. Those without an approved proof wait, and those that no font draws.
    """
    public = publication.first_shown(session, edition, PublicationKind.WINNERS)
    try:
        certificates.issue(
            session, edition, only=public, some=True, approval=approval, url=url, actor=actor, now=now
        )
    except NothingToCertify:  # no prize was given in them
        return


def press_due(session: Session, *, folder: Path, url: str, actor: Actor, now: datetime) -> int:
    """Release what is due by the clock, each whole or not; how many. What changed since it was armed is held.

    Where one breaks for another reason nothing of it is kept, the others go on, and the next call tries it again.
    """
    due = select(Release).where(Release.state == ReleaseState.ARMED, Release.due_at <= now)
    done = 0
    for release in session.scalars(due.order_by(Release.due_at, Release.id)).all():
        edition = session.get_one(Edition, release.edition_id)
        editions.lock(session, edition)
        try:
            with session.begin_nested():
                press(session, edition, release, folder=folder, url=url, by_clock=True, actor=actor, now=now)
            done += 1
        except NotWaiting:
            continue
        except (StandChanged, WinnersNotSigned, NothingToPublish, CategoryDown, EvidenceDiffers) as error:
            release.state, release.held_at = ReleaseState.HELD, now
            because: dict[str, Json] = {"because": type(error).__name__}
            _record(session, edition, release, "held", actor=actor, now=now, after=because)
        except Exception:  # a full disk, say
            log.exception("winners of %s could not be released", edition.key)
    return done


def hold(session: Session, edition: Edition, release: Release, *, actor: Actor, now: datetime) -> None:
    """Stop clock and button until somebody lets it go on. Raises NotWaiting."""
    _need(session, edition, release, ReleaseState.ARMED)
    release.state, release.held_at = ReleaseState.HELD, now
    _record(session, edition, release, "held", actor=actor, now=now)


def go_on(session: Session, edition: Edition, release: Release, *, actor: Actor, now: datetime) -> None:
    """Let a held release go on. Where its moment has passed it waits for somebody to press.

    Raises NotWaiting, StandChanged.
    """
    _need(session, edition, release, ReleaseState.HELD)
    approval = session.get_one(Approval, release.approval_id)
    if stand(session, edition, release.categories) != approval.subject["stand"]:
        raise StandChanged(edition.key)
    release.state, release.held_at = ReleaseState.ARMED, None
    if release.due_at is not None and release.due_at <= now:
        release.due_at = None
    _record(session, edition, release, "let_go_on", actor=actor, now=now)


def call_off(
    session: Session, edition: Edition, release: Release, *, reason: str, actor: Actor, now: datetime
) -> None:
    """End a release that is armed or held; nothing becomes public by it. Raises NotWaiting, ReasonMissing."""
    why = decisions.need_reason(reason)
    _need(session, edition, release, *LIVE)
    release.state, release.ended_at = ReleaseState.CALLED_OFF, now
    _record(session, edition, release, "called_off", actor=actor, now=now, after={"reason": why})


def _need(session: Session, edition: Edition, release: Release, *states: ReleaseState) -> None:
    editions.lock(session, edition)
    session.refresh(release)
    if release.state not in states:
        raise NotWaiting(release.state.value)


def is_stale(session: Session, edition: Edition, release: Release) -> bool:
    """Whether what it would make public has changed since two people armed it."""
    approval = session.get_one(Approval, release.approval_id)
    return stand(session, edition, release.categories) != str(approval.subject["stand"])


def _record(
    session: Session,
    edition: Edition,
    release: Release,
    done: str,
    *,
    actor: Actor,
    now: datetime,
    after: dict[str, Json] | None = None,
) -> None:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"release.{done}",
        subject=release.public_id,
        now=now,
        edition=edition,
        after={**(after or {}), "categories": [*release.categories]},
    )
