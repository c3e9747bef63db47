"""People who run an edition or write for it, straight into the tables."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts
from awards.audit import Actor
from awards.models import (
    Account,
    Edition,
    Nomination,
    NominationRevision,
    NominationState,
    Organisation,
    Role,
)
from tests.awards.builders import NOW, operator

Work = Session | scoped_session[Session]


def account_of(session: Work, email: str, name: str = "") -> Account:
    nobody = session.scalars(select(Account).where(Account.operator)).first()
    who = operator(session) if nobody is None else Actor(nobody, nobody)
    account, _made = accounts.find_or_make(_plain(session), email, name=name, now=NOW, actor=who)
    return account


def appointed(session: Work, edition: Edition, email: str, *roles: Role) -> Account:
    """A person with roles in an edition."""
    account = account_of(session, email, name=f"Example {email.partition('@')[0]}")
    for role in roles:
        where = None if role is Role.ADMINISTRATOR else edition
        rank = accounts.next_rank(_plain(session), edition, role) if role is Role.DEPUTY else 0
        accounts.grant(
            _plain(session), account, role, edition=where, rank=rank, actor=Actor(account, account), now=NOW
        )
    return account


def organiser(session: Work, edition: Edition, name: str = "organiser") -> Actor:
    account = appointed(session, edition, f"{name}@city.example", Role.ORGANISER)
    return Actor(account, account)


def draft_of(
    session: Work,
    edition: Edition,
    email: str,
    *,
    organisation: Organisation | None = None,
    state: NominationState = NominationState.DRAFT,
    reference: str = "",
    category: str = "services",
    at: datetime = NOW,
) -> Nomination:
    """A nomination that somebody writes, as it stands."""
    account = account_of(session, email)
    count = len(session.scalars(select(Nomination.id)).all())
    nomination = Nomination(
        edition_id=edition.id,
        reference=reference or f"draft-{count}",
        state=state,
        category=category,
        nominator_id=account.id,
        created_at=at,
        submitted_number=None if state is NominationState.DRAFT else 1,
    )
    session.add(nomination)
    session.flush()
    session.add(
        NominationRevision(
            nomination_id=nomination.id,
            number=1,
            category=category,
            nominee_kind="project",
            title="Buses that say when they come",
            organisation_id=organisation.id if organisation else None,
            organisation_name=organisation.name if organisation else "City of Quillonia",
            city=organisation.city if organisation else "",
            country="KR",
            language="en",
            at=at,
            sha256="0" * 64,
        )
    )
    session.flush()
    session.refresh(nomination)
    return nomination


def _plain(session: Work) -> Session:
    return session() if isinstance(session, scoped_session) else session
