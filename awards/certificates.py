"""Certificates: issued with names as they stand once their proofs are approved, replaced and revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import (
    approvals,
    audit,
    badges,
    decisions,
    editions,
    honours,
    proofs,
    publication,
    results,
    templates,
)
from awards.audit import Actor
from awards.documents import CertificateKind, Citation
from awards.models import (
    Account,
    Approval,
    Award,
    Certificate,
    CertificateState,
    Decision,
    DecisionKind,
    Edition,
    Issuance,
    IssuanceState,
    Job,
    Judge,
    Nomination,
    NominationPartner,
    PublicationKind,
)
from awards.proofs import Key, Proof
from judging.values import Json

ISSUE = "issue certificates"
"""The act of two that issues certificates."""
SIGN = "certificates"
"""The job that draws and signs what was issued."""


class NothingToCertify(Exception):
    """Nobody is announced and no winners are signed, so there is nothing to certify."""


class TemplateLacks(Exception):
    """The template of the certificates uses something that is not defined, so none is issued."""


class ProofsMissing(Exception):
    """Nobody has approved the proofs of the certificates that are left to issue."""


class NotHonoured(Exception):
    """What a certificate says was awarded is not awarded any more."""


class NotInForce(Exception):
    """This certificate was revoked or replaced before."""


class Unprintable(Exception):
    """Certificates hold characters that no font draws, so none was issued. `found`: (reference, characters)."""

    def __init__(self, found: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        super().__init__("; ".join(f"{reference}: {' '.join(signs)}" for reference, signs in found))
        self.found = tuple(found)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An honour and its certificates: the proof, whether it is approved, what is issued and in force by language."""

    proof: Proof
    approved: bool
    issued: Mapping[str, Certificate] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return proofs.key_of(self.proof.honour)

    @property
    def group(self) -> str:
        return group_of(self.proof.honour)

    @property
    def lacking(self) -> tuple[Citation, ...]:
        return tuple(it for it in self.proof.citations if it.language not in self.issued)

    @property
    def ready(self) -> bool:
        """Whether something of it can be issued now."""
        return self.approved and not self.proof.undrawn and bool(self.lacking)


def group_of(honour: honours.Honour) -> str:
    """The kind and category of an honour: certificates are issued by these."""
    return f"{honour.kind.value}:{honour.category}"


def wanted(
    session: Session,
    edition: Edition,
    *,
    only: Collection[str] | None = None,
    groups: Collection[str] | None = None,
    url: str,
) -> list[Wanted]:
    """Every honour there is, or those of some categories or groups, with what stands of its certificates.

    Finalists of a category whose result is signed and not public are left out: who among them is not certified would
    tell who has won.
    """
    secret = _secret(session, edition)
    known = proofs.latest(session, edition)
    there: dict[Key, dict[str, Certificate]] = {}
    for it in of_edition(session, edition):
        if it.state is CertificateState.IN_FORCE:
            there.setdefault((it.holder, it.kind, it.prize), {})[it.language] = it
    found, shared = [], honours.common(session, edition)
    for honour in honours.of_edition(session, edition):
        category = honour.category
        if only is not None and category not in only:
            continue
        if groups is not None and group_of(honour) not in groups:
            continue
        if honour.kind is CertificateKind.FINALIST and category in secret:
            continue
        proof = proofs.read(session, edition, honour, url=url, shared=shared)
        issued = there.get(proofs.key_of(honour), {})
        found.append(Wanted(proof, proofs.is_approved(proof, known), issued))
    return found


def _secret(session: Session, edition: Edition) -> set[str]:
    """The categories whose result is signed and not public."""
    signed = {key for key, it in results.frozen(session, edition).items() if it.signed_by is not None}
    return signed - publication.first_shown(session, edition, PublicationKind.WINNERS).keys()


def issue(
    session: Session,
    edition: Edition,
    *,
    only: Collection[str] | None = None,
    groups: Collection[str] | None = None,
    some: bool = False,
    approval: Approval | None = None,
    url: str,
    actor: Actor,
    now: datetime,
) -> list[Certificate]:
    """Issue what is not issued yet and whose proofs are approved: to announced finalists, signed winners, judges.

    `only`: of these categories; `groups`: of these kinds and categories. `url` is the address of the site. An act of
    two: `approval` is their word, and without one the operator completes it alone. What has no approved proof waits;
    what no font draws keeps all back, or with `some` waits too. The worker draws and signs what was issued. Raises
    Unprintable naming every character, TemplateLacks, NothingToCertify, ProofsMissing, NeedsTwoPeople.
    """
    editions.lock(session, edition)
    found = wanted(session, edition, only=only, groups=groups, url=url)
    if not found:
        raise NothingToCertify(edition.key)
    left = [it for it in found if it.lacking]
    wrong = [(it.proof.honour.reference, it.proof.undrawn) for it in left if it.proof.undrawn]
    if wrong and not some:
        raise Unprintable(list(dict.fromkeys(wrong)))
    ready = [] if templates.lacks(session, edition) else [it for it in left if it.ready]
    if not ready and left and not some and templates.lacks(session, edition):
        raise TemplateLacks(edition.key)
    if not ready:
        if left and not some:
            raise ProofsMissing(", ".join(dict.fromkeys(it.proof.honour.reference for it in left)))
        return []
    if approval is None:
        subject: dict[str, Json] = {"only": [*sorted(only or ())], "groups": [*sorted(groups or ())]}
        decisions.complete_alone(session, edition, ISSUE, subject, actor=actor, now=now)
    lines = [(it.proof.honour, citation) for it in ready for citation in it.lacking]
    rows = _write(session, edition, lines, url=url, now=now)
    decision = _decide(session, edition, rows, approval, actor=actor, now=now)
    queue(session, edition, rows, approval=approval, decision=decision, now=now)
    _record(session, edition, "issued", rows, actor=actor, now=now)
    return rows


def _decide(
    session: Session,
    edition: Edition,
    rows: Sequence[Certificate],
    approval: Approval | None,
    *,
    actor: Actor,
    now: datetime,
) -> Decision:
    return decisions.decide(
        session,
        edition,
        DecisionKind.CERTIFICATES,
        actor=actor,
        now=now,
        subject={"certificates": [it.number for it in rows]},
        reason=approval.reason if approval else "",
        signers=approvals.signatures(session, approval) if approval else None,
    )


def _write(
    session: Session,
    edition: Edition,
    lines: Iterable[tuple[honours.Honour, Citation]],
    *,
    url: str,
    now: datetime,
) -> list[Certificate]:
    """The rows of new certificates, each under its own number and code, in the place of the last that was replaced."""
    numbers = _numbers(session, edition)
    before = {
        (it.holder, it.kind, it.prize, it.language): it
        for it in of_edition(session, edition)
        if it.state is CertificateState.REISSUED
    }
    followed = {it.replaces_id for it in of_edition(session, edition)}
    rows, template = [], templates.current(session, edition)
    for honour, said in lines:
        code = "".join(secrets.choice(honours.SIGNS) for _ in range(honours.LENGTH))
        citation = honours.numbered(
            said,
            number=next(numbers),
            code=code,
            verify_url=f"{url}/verify/{code}",
            specimen=edition.specimen,
        )
        old = before.get((*proofs.key_of(honour), citation.language))
        row = _certificate(edition, honour, citation, now)
        row.template_id = template.id if template else None
        row.replaces_id = old.id if old is not None and old.id not in followed else None
        rows.append(row)
    session.add_all(rows)
    session.flush()
    return rows


def queue(
    session: Session,
    edition: Edition,
    rows: Sequence[Certificate],
    *,
    approval: Approval | None = None,
    decision: Decision | None = None,
    now: datetime,
) -> Issuance:
    """Let the worker draw and sign some certificates."""
    issuance = Issuance(
        edition_id=edition.id,
        approval_id=approval.id if approval else None,
        decision_id=decision.id if decision else None,
        state=IssuanceState.ISSUING,
        steps=len(rows),
        at=now,
    )
    session.add(issuance)
    session.flush()
    for it in rows:
        it.issuance_id = issuance.id
    session.add(Job(kind=SIGN, arguments={"issuance": issuance.id}, due_at=now))
    session.flush()
    return issuance


def of_edition(session: Session, edition: Edition) -> Sequence[Certificate]:
    """The certificates of an edition by number."""
    return session.scalars(
        select(Certificate).where(Certificate.edition_id == edition.id).order_by(Certificate.id)
    ).all()


def of_nomination(session: Session, nomination: Nomination) -> Sequence[Certificate]:
    """Every certificate of a nomination, those of partners and those that ended among them."""
    return session.scalars(
        select(Certificate).where(Certificate.nomination_id == nomination.id).order_by(Certificate.id)
    ).all()


def of_person(session: Session, account: Account) -> Sequence[Certificate]:
    """Every certificate of a person as a judge, and of partners in whose name they agreed."""
    judges = session.scalars(select(Judge.id).where(Judge.account_id == account.id))
    partners = session.scalars(
        select(NominationPartner.id).where(NominationPartner.approved_by_id == account.id)
    )
    holders = [*(f"judge:{it}" for it in judges), *(f"partner:{it}" for it in partners)]
    if not holders:
        return ()
    return session.scalars(
        select(Certificate).where(Certificate.holder.in_(holders)).order_by(Certificate.id)
    ).all()


def find(session: Session, edition: Edition, number: str) -> Certificate | None:
    """The certificate of a number."""
    return session.scalars(
        select(Certificate).where(Certificate.edition_id == edition.id, Certificate.number == number)
    ).first()


def revoke(
    session: Session,
    edition: Edition,
    certificates: Iterable[Certificate],
    *,
    because: str,
    decision: Decision | None = None,
    actor: Actor,
    now: datetime,
) -> list[Certificate]:
    """End certificates that are in force: from now on they verify as revoked, with the reason, which anybody may read.

    The caller has had two people decide it. Those that ended before are left as they are. Raises ReasonMissing.
    """
    editions.lock(session, edition)
    because = decisions.need_reason(because)
    ended = _end(certificates, CertificateState.REVOKED, because, decision, now)
    session.flush()
    _end_badges(session, edition, ended, because, actor=actor, now=now)
    if ended:
        _record(session, edition, "revoked", ended, because=because, actor=actor, now=now)
    return ended


def anew(session: Session, edition: Edition, certificate: Certificate, *, url: str = "") -> Proof:
    """What a certificate would say if it were issued anew now. Raises NotHonoured."""
    wanted = (certificate.holder, certificate.kind, certificate.prize)
    for it in honours.of_edition(session, edition):
        if proofs.key_of(it) == wanted:
            return proofs.read(session, edition, it, url=url)
    raise NotHonoured(certificate.number)


def reissue(
    session: Session,
    edition: Edition,
    certificates: Iterable[Certificate],
    *,
    because: str,
    decision: Decision | None = None,
    url: str,
    actor: Actor,
    now: datetime,
) -> list[Certificate]:
    """Issue certificates anew with names and texts as they stand now; the old codes lead to the new ones.

    The caller has had two people decide it, and their word stands for the proof's approval. Those that ended before are
    left as they are. Raises NotHonoured, Unprintable.
    """
    editions.lock(session, edition)
    old = [it for it in certificates if it.state is CertificateState.IN_FORCE]
    if not old:
        return []
    wanted_of = {(it.holder, it.kind, it.prize) for it in old}
    found = {
        key: proofs.read(session, edition, it, url=url)
        for it in honours.of_edition(session, edition)
        if (key := proofs.key_of(it)) in wanted_of
    }
    if wanted_of - found.keys():
        raise NotHonoured(", ".join(it.number for it in old))
    if wrong := [(it.honour.reference, it.undrawn) for it in found.values() if it.undrawn]:
        raise Unprintable(wrong)
    proofs.vouch(session, edition, list(found.values()), how=because, actor=actor, now=now)
    _end(old, CertificateState.REISSUED, because, decision, now)
    session.flush()
    lines = []
    for it in old:
        proof = found[it.holder, it.kind, it.prize]
        lines += [(proof.honour, said) for said in proof.citations if said.language == it.language]
    rows = _write(session, edition, lines, url=url, now=now)
    queue(session, edition, rows, decision=decision, now=now)
    _record(session, edition, "reissued", rows, because=because, actor=actor, now=now)
    return rows


def of_award(session: Session, award: Award) -> Sequence[Certificate]:
    """The certificates of a prize that are in force, those of partners among them."""
    return session.scalars(
        select(Certificate)
        .where(
            Certificate.nomination_id == award.nomination_id,
            Certificate.kind == CertificateKind.WINNER.value,
            Certificate.prize == award.prize,
            Certificate.state == CertificateState.IN_FORCE,
        )
        .order_by(Certificate.id)
    ).all()


def outdate(session: Session, award: Award, *, now: datetime) -> None:
    """Certificates of a prize that no longer say what stands: new ones are issued in their place."""
    _end(of_award(session, award), CertificateState.REISSUED, "", None, now)
    session.flush()


def _end(
    certificates: Iterable[Certificate],
    state: CertificateState,
    because: str,
    decision: Decision | None,
    now: datetime,
) -> list[Certificate]:
    ended = [it for it in certificates if it.state is CertificateState.IN_FORCE]
    for it in ended:
        it.state, it.ended_at, it.because = state, now, because
        it.decision_id = decision.id if decision else None
    return ended


def _end_badges(
    session: Session,
    edition: Edition,
    ended: Sequence[Certificate],
    because: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """A badge goes with the last certificate that says the same, whatever its language."""
    left = {
        (it.holder, it.kind, it.prize)
        for it in of_edition(session, edition)
        if it.state is CertificateState.IN_FORCE
    }
    for holder, kind, prize in sorted({(it.holder, it.kind, it.prize) for it in ended} - left):
        badges.revoke(
            session, edition, holder=holder, kind=kind, prize=prize, because=because, actor=actor, now=now
        )


def _record(
    session: Session,
    edition: Edition,
    done: str,
    rows: Sequence[Certificate],
    *,
    because: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"certificates.{done}",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"numbers": [it.number for it in rows], "because": because},
    )


def _certificate(edition: Edition, honour: honours.Honour, citation: Citation, now: datetime) -> Certificate:
    holder, kind, prize = proofs.key_of(honour)
    return Certificate(
        edition_id=edition.id,
        nomination_id=honour.nomination.id if honour.nomination else None,
        judge_id=honour.judge.id if honour.judge else None,
        holder=holder,
        number=citation.number,
        code=citation.code,
        kind=kind,
        prize=prize,
        language=citation.language,
        citation=honours.document_of(citation),
        issued_on=now.astimezone(ZoneInfo(edition.zone)).date(),
    )


def _numbers(session: Session, edition: Edition) -> Iterator[str]:
    used = session.scalar(
        select(func.count()).select_from(Certificate).where(Certificate.edition_id == edition.id)
    )
    number = used or 0
    while True:
        number += 1
        yield f"{edition.key.upper()}-{number:04d}"
