"""Recalling a certificate: revoked, or issued anew as names stand now, by two people; its holder is told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from awards import approvals, certificates, correspondence, decisions, editions, notices, publication
from awards.audit import Actor
from awards.certificates import NotInForce
from awards.models import (
    Account,
    Approval,
    Certificate,
    CertificateState,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    NominationPartner,
    PublicationKind,
)
from awards.notices import Template
from judging.values import Json


class SaysOtherwise(Exception):
    """Names or texts have changed since the certificate was proposed to be issued anew."""


RECALL = "recall certificate "
"""How the acts of two that end one certificate begin."""


class What(StrEnum):
    """What becomes of a certificate that is in force."""

    REVOKE = "revoke"
    REISSUE = "reissue"


KINDS = {What.REVOKE: DecisionKind.CERTIFICATES, What.REISSUE: DecisionKind.REISSUED}
LETTERS = {What.REVOKE: Template.CERTIFICATE_REVOKED, What.REISSUE: Template.CERTIFICATE_REISSUED}


def act_of(certificate: Certificate) -> str:
    """The act of two that ends one certificate."""
    return f"{RECALL}{certificate.id}"


def propose(
    session: Session,
    edition: Edition,
    certificate: Certificate,
    what: What,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose to revoke a certificate or to issue it anew; somebody else approves. Everybody reads the reason.

    What it would say anew is part of what is proposed. Raises NotInForce, NotHonoured, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    _need_in_force(session, certificate)
    subject: dict[str, Json] = {"certificate": certificate.number, "what": what.value}
    if what is What.REISSUE:
        subject["says"] = certificates.anew(session, edition, certificate).fingerprint
    return approvals.propose(
        session, edition, act_of(certificate), subject, reason=reason, actor=actor, now=now
    )


def approve(
    session: Session,
    edition: Edition,
    certificate: Certificate,
    sha256: str,
    *,
    url: str,
    actor: Actor,
    now: datetime,
) -> Certificate | None:
    """Approve it: what stands in its place, None where it was revoked. Its holder is told.

    Raises NoProposal, SamePerson, SubjectChanged, SaysOtherwise, NotInForce, NotHonoured, Unprintable.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, act_of(certificate), sha256)
    _need_in_force(session, certificate)
    what = What(str(approval.subject["what"]))
    if what is What.REISSUE:
        says = certificates.anew(session, edition, certificate).fingerprint
        if approval.subject.get("says") != says:
            raise SaysOtherwise(certificate.number)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    first = approvals.first_signature(session, approval)
    return _carry_out(
        session, edition, certificate, what, approval.reason, first, url=url, actor=actor, now=now
    )


def alone(
    session: Session,
    edition: Edition,
    certificate: Certificate,
    what: What,
    *,
    reason: str,
    url: str,
    actor: Actor,
    now: datetime,
) -> Certificate | None:
    """The same by the operator at the shell. Raises NeedsTwoPeople and what `approve` raises."""
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    _need_in_force(session, certificate)
    subject: dict[str, Json] = {"certificate": certificate.number, "what": what.value}
    decisions.complete_alone(session, edition, act_of(certificate), subject, actor=actor, now=now)
    return _carry_out(session, edition, certificate, what, why, None, url=url, actor=actor, now=now)


def waiting(session: Session, edition: Edition) -> dict[str, Approval]:
    """The proposals that wait, by the number of the certificate that they are about."""
    found = approvals.all_waiting(session, edition)
    return {str(it.subject["certificate"]): it for act, it in found.items() if act.startswith(RECALL)}


def _need_in_force(session: Session, certificate: Certificate) -> None:
    session.refresh(certificate)
    if certificate.state is not CertificateState.IN_FORCE:
        raise NotInForce(certificate.number)


def _carry_out(
    session: Session,
    edition: Edition,
    certificate: Certificate,
    what: What,
    because: str,
    proposed_by: dict[str, Json] | None,
    *,
    url: str,
    actor: Actor,
    now: datetime,
) -> Certificate | None:
    decision = decisions.decide(
        session,
        edition,
        KINDS[what],
        actor=actor,
        now=now,
        subject={"certificate": certificate.number, "what": what.value},
        reason=because,
        proposed_by=proposed_by,
    )
    if what is What.REVOKE:
        certificates.revoke(
            session, edition, [certificate], because=because, decision=decision, actor=actor, now=now
        )
        new = None
    else:
        (new,) = certificates.reissue(
            session, edition, [certificate], because=because, decision=decision, url=url, actor=actor, now=now
        )
    tell(session, edition, certificate, what, because, decision=decision, now=now)
    return new


def tell(
    session: Session,
    edition: Edition,
    certificate: Certificate,
    what: What,
    because: str,
    *,
    decision: Decision,
    now: datetime,
) -> int:
    """Write to those whose certificate it is; how many letters. Nothing is said of the prize.

    To nobody before what it says was public: that there is a certificate would tell who has won.
    """
    if not _was_public(session, edition, certificate, now):
        return 0
    return notices.tell(
        session,
        LETTERS[what],
        holders(session, certificate),
        edition=edition,
        arguments={"number": certificate.number, "because": because, "path": page_of(certificate)},
        decision=decision,
        now=now,
    )


def _was_public(session: Session, edition: Edition, certificate: Certificate, now: datetime) -> bool:
    """Whether what a certificate says was ever public until now; what was taken down since counts."""
    if certificate.nomination is None:
        return any(it.visible_from <= now for it in publication.outings(session, edition))
    rows = publication.frozen_rows(session, edition, certificate.nomination, now)
    return PublicationKind.WINNERS in rows or (bool(rows) and not certificate.prize)


def holders(session: Session, certificate: Certificate) -> list[Account]:
    """The people whose certificate it is: the judge, or those who write the nomination and the partner's."""
    if certificate.judge_id is not None:
        return [session.get_one(Judge, certificate.judge_id).account]
    found = list(correspondence.people(session, certificate.nomination)) if certificate.nomination else []
    who, _colon, row = certificate.holder.partition(":")
    if who == "partner":
        partner = session.get_one(NominationPartner, int(row))
        account = session.get(Account, partner.approved_by_id) if partner.approved_by_id else None
        found += [account] if account is not None and account not in found else []
    return found


def page_of(certificate: Certificate) -> str:
    """The page on which its holder finds it."""
    if certificate.nomination is not None and certificate.holder.startswith("nomination:"):
        return f"/nominations/{certificate.nomination.public_id}/certificates"
    return "/account/certificates/"
