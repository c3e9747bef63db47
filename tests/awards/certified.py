"""Certificates with all that comes before them: proofs approved; drawn and signed by a worker of the test."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, scoped_session

from awards import certificates, editions, honours, proofs
from awards.audit import Actor
from awards.jobs import Work
from awards.jobs.signing import issue_next
from awards.models import Certificate, Edition
from tests import authority

Sessions = Session | scoped_session[Session]
HOW = "By letter of the mayor."


def approve_proofs(session: Sessions, edition: Edition, actor: Actor, now: datetime) -> None:
    """Every proof that there is counts as approved, by an organiser's note."""
    plain = _plain(session)
    found = list(honours.of_edition(plain, edition))
    if found:
        try:
            proofs.note(plain, edition, found, how=HOW, actor=actor, now=now)
        except proofs.NothingToNote:
            return


def issue(
    session: Sessions,
    edition: Edition,
    actor: Actor,
    now: datetime,
    *,
    url: str = "https://awards.example.org",
) -> list[Certificate]:
    """What is left to issue of finalists and winners, its proofs approved first."""
    approve_proofs(session, edition, actor, now)
    plain = _plain(session)
    categories = {it.key for it in editions.rules_of(plain, edition).categories}
    return certificates.issue(plain, edition, only=categories, some=True, url=url, actor=actor, now=now)


def sign(session: Sessions, folder: Path, actor: Actor, now: datetime) -> int:
    """Let the worker sign what was issued, today, by the authority of the tests; how many pieces of work it did."""
    plain, today = _plain(session), max(datetime.now(UTC), authority.LONG_AGO + timedelta(days=1))
    authority.appoint(plain, folder / "keys")
    done = 0
    while issue_next(
        work(plain, folder, actor, now), begin=lambda: None, commit=plain.commit, clock=lambda: today
    ):
        done += 1
    return done


def work(session: Session, folder: Path, actor: Actor, now: datetime) -> Work:
    return Work(
        session, actor, now, folder / "keys", "https://awards.example.org", "a@b.example", folder / "files"
    )


def _plain(session: Sessions) -> Session:
    return session() if isinstance(session, scoped_session) else session
