"""Proofs: certificates as they will look, approved by their holders before any is issued; they verify nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, decisions, editions, honours, naming, publication, standings, templates
from awards.audit import Actor
from awards.documents import CertificateKind, Citation, render_certificate, unprintable, words_of
from awards.honours import Common, Honour
from awards.models import (
    Award,
    Edition,
    Nomination,
    NominationPartner,
    ProofApproval,
    ProofOutcome,
    PublicationKind,
)
from awards.storage import NoSuchFile
from awards.timetable import Moment
from judging.count import standing_of
from judging.values import Json, canonical

NUMBER = CODE = "PROOF"

Key = tuple[str, str, str]
"""Whose certificate it is, of which kind, for which prize."""


class NoProof(Exception):
    """No certificate is issued in this language, or no font draws what it says."""


class ProofChanged(Exception):
    """The proof is not what was looked at: names or texts have changed since."""


class NothingToNote(Exception):
    """Each of these proofs is approved already, or is not there any more."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the certificates of an honour will say, one a language; `undrawn` are the characters that no font draws."""

    honour: Honour
    citations: tuple[Citation, ...]
    fingerprint: str
    undrawn: tuple[str, ...]

    def draw(self, language: str, folder: Path) -> bytes:
        """The proof as PDF, marked as a specimen; `folder` is where files are kept. Raises NoProof."""
        found = next((it for it in self.citations if it.language == language), None)
        if found is None or unprintable(found):
            raise NoProof(language)
        try:
            return render_certificate(found, images=templates.images(folder, found))
        except NoSuchFile as error:
            raise NoProof(language) from error


def key_of(honour: Honour) -> Key:
    return honour.holder, honour.kind.value, honour.prize


def name_of(edition: Edition, key: Key) -> str:
    """What a proof is called in addresses: no row can be told from it."""
    return hashlib.sha256("\n".join((edition.public_id, *key)).encode()).hexdigest()[:24]


def read(
    session: Session, edition: Edition, honour: Honour, *, url: str, shared: Common | None = None
) -> Proof:
    """The proof of an honour in every language of the edition's certificates. `shared`: see `honours.common`."""
    known = shared or honours.common(session, edition)
    citations = tuple(
        honours.numbered(
            honours.write_citation(session, edition, honour, language, number=NUMBER, url=url, shared=known),
            number=NUMBER,
            code=CODE,
            verify_url=f"{url}/verify/",
            specimen=True,
        )
        for language in known.languages
    )
    undrawn = dict.fromkeys(sign for it in citations for sign in unprintable(it))
    return Proof(honour, citations, _fingerprint(citations), tuple(undrawn))


def of_award(session: Session, edition: Edition, award: Award, *, url: str = "") -> list[Proof]:
    """The proofs of a prize: that of whoever has it first, then those of the partners."""
    found = [honours.honour_of(session, edition, award), *honours.partners_of(session, edition, award)]
    return [read(session, edition, it, url=url) for it in found]


def as_finalist(session: Session, edition: Edition, nomination: Nomination) -> Honour | None:
    """The place of a nomination among the finalists that were announced, whatever is decided of prizes: so it tells
    nothing of who has won. None where it has none.
    """
    announced = publication.first_shown(session, edition, PublicationKind.FINALISTS).get(nomination.category)
    standing = standings.latest(session, edition).get(nomination.category)
    if announced is None or standing is None:
        return None
    if nomination.reference not in standing_of(standing.document).finalists:
        return None
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    day = ceremony.local.date() if ceremony else announced.astimezone(ZoneInfo(edition.zone)).date()
    return Honour(nomination, CertificateKind.FINALIST, "", naming.shown(nomination), day)


def undrawn(found: Iterable[Proof]) -> tuple[str, ...]:
    """The characters of some proofs that no font draws, each once."""
    return tuple(dict.fromkeys(sign for it in found for sign in it.undrawn))


def together(found: Iterable[Proof]) -> str:
    """What some proofs say, as one hash."""
    return hashlib.sha256(canonical([it.fingerprint for it in found])).hexdigest()


def _fingerprint(citations: Sequence[Citation]) -> str:
    """What the proofs in all languages say, as a hash, so that what is approved is what was looked at."""
    said: list[Json] = [
        [
            it.language,
            it.awarded_on.isoformat(),
            *(f"{part}: {text}" for part, text in words_of(_nowhere(it))),
        ]
        for it in citations
    ]
    return hashlib.sha256(canonical(said)).hexdigest()


def _nowhere(it: Citation) -> Citation:
    """Without the site's address, which may change, and is not what holders approve."""
    return honours.numbered(it, number=NUMBER, code=CODE, verify_url="", specimen=True)


def latest(session: Session, edition: Edition) -> dict[Key, ProofApproval]:
    """The last word on each proof, as long as it was not taken back."""
    rows = session.scalars(
        select(ProofApproval).where(ProofApproval.edition_id == edition.id).order_by(ProofApproval.id)
    )
    found = {(it.holder, it.kind, it.prize): it for it in rows}
    return {key: it for key, it in found.items() if it.outcome is not ProofOutcome.ENDED}


def is_approved(proof: Proof, approvals: Mapping[Key, ProofApproval]) -> bool:
    """Whether what the proof says now is what was approved."""
    word = approvals.get(key_of(proof.honour))
    return word is not None and word.fingerprint == proof.fingerprint


def approve(
    session: Session, edition: Edition, found: Sequence[Proof], *, seen: str, actor: Actor, now: datetime
) -> None:
    """Approve proofs as they were looked at, as one of those whose they are; a second time changes nothing.

    The caller holds the edition's lock. Raises ProofChanged, NoProof.
    """
    if together(found) != seen:
        raise ProofChanged(edition.key)
    if signs := undrawn(found):
        raise NoProof(" ".join(signs))
    known = latest(session, edition)
    if new := [it for it in found if not is_approved(it, known)]:
        _keep(session, edition, new, ProofOutcome.HOLDER, "", actor, now)


def note(
    session: Session, edition: Edition, chosen: Iterable[Honour], *, how: str, actor: Actor, now: datetime
) -> int:
    """Note, as an organiser, how the proofs of some honours were approved; how many were not before.

    Raises ReasonMissing, NothingToNote.
    """
    editions.lock(session, edition)
    why = decisions.need_reason(how)
    known = latest(session, edition)
    shared = honours.common(session, edition)
    found = [read(session, edition, it, url="", shared=shared) for it in chosen]
    new = [it for it in found if not it.undrawn and not is_approved(it, known)]
    if not new:
        raise NothingToNote(edition.key)
    _keep(session, edition, new, ProofOutcome.NOTED, why, actor, now)
    return len(new)


def vouch(
    session: Session, edition: Edition, found: Sequence[Proof], *, how: str, actor: Actor, now: datetime
) -> None:
    """Note that two people decided that these certificates are issued as they stand. The caller holds the lock."""
    known = latest(session, edition)
    if new := [it for it in found if not is_approved(it, known)]:
        _keep(session, edition, new, ProofOutcome.NOTED, how, actor, now)


def end(session: Session, edition: Edition, keys: Iterable[Key], *, actor: Actor, now: datetime) -> int:
    """What was approved of some proofs holds no more; how many of them were."""
    known = latest(session, edition)
    ended = [known[key] for key in keys if key in known]
    session.add_all(
        ProofApproval(
            edition_id=edition.id,
            holder=it.holder,
            kind=it.kind,
            prize=it.prize,
            fingerprint=it.fingerprint,
            outcome=ProofOutcome.ENDED,
            by_id=actor.account.id,
            at=now,
        )
        for it in ended
    )
    session.flush()
    return len(ended)


def end_of(session: Session, edition: Edition, award: Award, *, actor: Actor, now: datetime) -> int:
    """What was approved of the certificates of a prize holds no more."""
    partners = session.scalars(
        select(NominationPartner.id).where(NominationPartner.nomination_id == award.nomination_id)
    )
    holders = (f"nomination:{award.nomination_id}", *(f"partner:{it}" for it in partners))
    keys = [(it, CertificateKind.WINNER.value, award.prize) for it in holders]
    return end(session, edition, keys, actor=actor, now=now)


def _keep(
    session: Session,
    edition: Edition,
    found: Sequence[Proof],
    outcome: ProofOutcome,
    how: str,
    actor: Actor,
    now: datetime,
) -> None:
    for it in found:
        holder, kind, prize = key_of(it.honour)
        session.add(
            ProofApproval(
                edition_id=edition.id,
                holder=holder,
                kind=kind,
                prize=prize,
                fingerprint=it.fingerprint,
                outcome=outcome,
                note=how,
                by_id=actor.account.id,
                at=now,
            )
        )
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"proofs.{outcome.value}",
        subject=edition.key,
        now=now,
        edition=edition,
        after={
            "how": how,
            "proofs": [[name_of(edition, key_of(it.honour)), it.fingerprint] for it in found],
        },
    )
