"""Amendments of an edition's rules: what a file would change, the change itself, and telling those concerned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import announcements, approvals, decisions, editions, programmes, texts
from awards.audit import Actor
from awards.differences import Difference, of_documents
from awards.models import Approval, Edition, RulesDocument
from awards.notices import Template
from awards.programmes import Loaded, Loading, OtherProgramme, RulesFrozen
from judging import programme
from judging.programme import Programme
from judging.rules import digest, document


class NothingDiffers(Exception):
    """The file says what holds already."""


class RulesMovedOn(Exception):
    """The rules have been amended since the difference was shown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file would change: `rules` by path, `wording` by path and language. `before` is the hash in force."""

    read: Programme
    before: str
    sha256: str
    rules: tuple[Difference, ...]
    wording: tuple[texts.Edit, ...]
    by_two: bool


def preview(session: Session, edition: Edition, text: str) -> Draft:
    """Read a file against what holds. Raises ProgrammeInvalid, OtherProgramme, NothingDiffers, RulesFrozen."""
    read = programme.read(text)
    if read.rules.key != edition.programme.key:
        raise OtherProgramme(f"{read.rules.key} / {edition.programme.key}")
    held = editions.rules_document(session, edition)
    draft = Draft(
        read=read,
        before=held.sha256,
        sha256=digest(read.rules),
        rules=of_documents(held.document, document(read.rules)),
        wording=texts.difference(editions.texts_of(session, edition), read.texts),
        by_two=edition.frozen_at is not None and held.sha256 != digest(read.rules),
    )
    if draft.sha256 == draft.before and not draft.wording:
        raise NothingDiffers(edition.key)
    if draft.by_two and programmes.has_sheets(session, edition):
        raise RulesFrozen(edition.key)
    return draft


def amend(
    session: Session,
    edition: Edition,
    text: str,
    *,
    before: str,
    reason: str,
    actor: Actor,
    now: datetime,
    keep_wording: bool = False,
    approval: Approval | None = None,
) -> Loaded:
    """Make a file the rules and texts in force, and tell writers and organisers where rules changed.

    `before` is the hash of the rules that the difference was shown against. Raises ReasonMissing, RulesMovedOn and
    what `programmes.load` raises; NeedsTwoPeople for frozen rules without an approval.
    """
    editions.lock(session, edition)
    reason = decisions.need_reason(reason)
    if editions.rules_document(session, edition).sha256 != before:
        raise RulesMovedOn(before)
    loaded = programmes.load(
        session,
        text,
        edition_key=edition.key,
        actor=actor,
        now=now,
        reason=reason,
        approval=approval,
        keep_wording=keep_wording,
    )
    announce(session, loaded, reason=reason, actor=actor, now=now)
    return loaded


def announce(session: Session, loaded: Loaded, *, reason: str, actor: Actor, now: datetime) -> int:
    """Tell everyone with a draft or a submission, and the organisers, that the rules were amended; how many."""
    if loaded.did is not Loading.AMENDED:
        return 0
    return announcements.tell(
        session,
        loaded.edition,
        Template.RULES_AMENDED,
        {
            "edition": loaded.edition.key,
            "number": loaded.number,
            "sha256": loaded.sha256,
            "reason": reason,
            "path": f"/{loaded.edition.key}/rules",
        },
        organisers_too=True,
        actor=actor,
        now=now,
    )


def propose(
    session: Session,
    edition: Edition,
    text: str,
    *,
    before: str,
    reason: str,
    keep_wording: bool = False,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose to mend frozen rules; somebody else approves. Raises what `preview` and `approvals.propose` raise."""
    editions.lock(session, edition)
    draft = preview(session, edition, text)
    if draft.before != before:
        raise RulesMovedOn(before)
    return approvals.propose(
        session,
        edition,
        programmes.MENDING,
        {"before": draft.before, "after": draft.sha256, "text": text, "keep_wording": keep_wording},
        reason=reason,
        actor=actor,
        now=now,
    )


def approve(session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime) -> Loaded:
    """Approve the proposal of that hash and carry it out.

    Raises NoProposal, SamePerson, SubjectChanged, RulesMovedOn, RulesFrozen.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, programmes.MENDING, sha256)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    return amend(
        session,
        edition,
        str(approval.subject["text"]),
        before=str(approval.subject["before"]),
        reason=approval.reason,
        actor=actor,
        now=now,
        keep_wording=bool(approval.subject["keep_wording"]),
        approval=approval,
    )


def history(session: Session, edition: Edition) -> Sequence[RulesDocument]:
    """The rules as loaded and every amendment, the one in force last."""
    return session.scalars(
        select(RulesDocument).where(RulesDocument.edition_id == edition.id).order_by(RulesDocument.number)
    ).all()
