"""Inviting judges: from earlier panels, one by one or from a list; who was asked, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from awards import (
    accounts,
    affiliations,
    announcements,
    conflicts,
    editions,
    exclusions,
    invitations,
    judges,
    notices,
    organisations,
)
from awards.appointments import InvitedAlready
from awards.audit import Actor
from awards.exclusions import NeverBoth, YourOwnRole
from awards.models import (
    Account,
    AccountAddress,
    Edition,
    Invitation,
    InvitationKind,
    Judge,
    JudgeState,
    Leaving,
    Organisation,
    Role,
)
from awards.notices import Template
from awards.tables import Row, Table, split

REQUIRED = ("name", "email")
OPTIONAL = ("organisation", "city", "country", "languages", "categories", "language")
FOR_GOOD = frozenset({Leaving.CONFLICT, Leaving.MISCONDUCT})
"""Whoever left a panel for one of these is not asked onto it again."""


class OnPanel(Exception):
    """The person is on the panel already."""


class LeftForGood(Exception):
    """The person left this panel because of a conflict or misconduct, and is not asked again."""


class AccountClosed(Exception):
    """The account of this address is closed."""


class NotAsked(Exception):
    """No invitation of this judge waits for an answer."""


LEFT_OUT = (
    InvitedAlready,
    OnPanel,
    LeftForGood,
    AccountClosed,
    NeverBoth,
    YourOwnRole,
    accounts.NotAnAddress,
)
"""Why somebody is not asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody to ask. `language` is that of the mail; `places` are affiliations, taken where none is known yet."""

    email: str
    name: str = ""
    language: str = "en"
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    note: str = ""
    places: tuple[affiliations.Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Who of many was asked, and who was not, with why."""

    asked: tuple[Judge, ...]
    left_out: tuple[tuple[str, Exception], ...]


def invite(session: Session, edition: Edition, wanted: Wanted, *, actor: Actor, now: datetime) -> Judge:
    """Ask one person to judge; their conflicts are found before they answer.

    Raises PanelComplete, NotAnAddress, YourOwnRole, NeverBoth, OnPanel, InvitedAlready, LeftForGood, AccountClosed.
    """
    editions.lock(session, edition)
    judges.need_open(session, edition)
    judge = _ask(session, edition, wanted, actor=actor, now=now)
    conflicts.find(session, edition, actor=actor, now=now, moved=[judge])
    return judge


def invite_all(
    session: Session, edition: Edition, wanted: Iterable[Wanted], *, actor: Actor, now: datetime
) -> Asked:
    """Ask many people at once; those who can't be asked are left out and named. Raises PanelComplete."""
    editions.lock(session, edition)
    judges.need_open(session, edition)
    asked, left_out = list[Judge](), list[tuple[str, Exception]]()
    for one in wanted:
        try:
            asked.append(_ask(session, edition, one, actor=actor, now=now))
        except LEFT_OUT as error:
            left_out.append((one.name or one.email, error))
    if asked:
        conflicts.find(session, edition, actor=actor, now=now, moved=asked)
    return Asked(tuple(asked), tuple(left_out))


def load(
    session: Session,
    edition: Edition,
    table: Table,
    *,
    language: str,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Asked:
    """Ask everybody on a list. Raises PanelComplete, and FileRefused with every line that can't be taken."""
    editions.lock(session, edition)
    judges.need_open(session, edition)
    directory = organisations.directory(session)
    judges.check(session, edition, table, directory, needed=REQUIRED)
    made = list[Organisation]()
    wanted = [
        Wanted(
            email=row["email"],
            name=row["name"],
            language=row["language"].casefold() or language,
            languages=tuple(it.casefold() for it in split(row["languages"])),
            categories=tuple(split(row["categories"])),
            note=note,
            places=_places(session, row, directory, made),
        )
        for row in table.rows
    ]
    organisations.record_made(session, made, actor=actor, now=now)
    return invite_all(session, edition, wanted, actor=actor, now=now)


def all_of(session: Session, edition: Edition, judge: Judge) -> Sequence[Invitation]:
    """Every invitation of one judge to an edition, in order."""
    rows = session.execute(_all(edition).where(Judge.id == judge.id))
    return [it.Invitation for it in rows]


def asked(session: Session, edition: Edition) -> Mapping[int, Invitation]:
    """The last invitation of each judge of an edition, by the judge's row, after one query."""
    return {it.id: it.Invitation for it in session.execute(_all(edition))}


def _all(edition: Edition) -> Select[int, Invitation]:
    return (
        select(Judge.id, Invitation)
        .join(AccountAddress, AccountAddress.account_id == Judge.account_id)
        .join(Invitation, Invitation.email == AccountAddress.email)
        .where(
            Judge.edition_id == edition.id,
            Invitation.edition_id == edition.id,
            Invitation.kind == InvitationKind.ROLE,
            Invitation.role == Role.JUDGE,
        )
        .order_by(Invitation.id)
    )


def is_waiting(session: Session, edition: Edition, judge: Judge, now: datetime) -> bool:
    """Whether a judge was asked and can still answer."""
    if judge.state is not JudgeState.INVITED:
        return False
    invitation = asked(session, edition).get(judge.id)
    return invitation is not None and invitations.is_open(session, invitation, now)


def offered(session: Session, edition: Edition, judge: Judge) -> tuple[str, ...]:
    """The open categories among which a judge chooses what to read: those they were asked for or have been given
    since; all where that is all, or where none of them is open any more.
    """
    open_ones = editions.open_categories(session, edition)
    invitation = asked(session, edition).get(judge.id)
    said = invitation.arguments.get("categories") if invitation is not None else None
    mine = [str(key) for key in said] if isinstance(said, list) else judge.categories
    return tuple(key for key in open_ones if not mine or key in mine or judge.reads(key)) or open_ones


def resend(session: Session, edition: Edition, judge: Judge, *, actor: Actor, now: datetime) -> None:
    """Send the invitation once more. Raises NotAsked, InvitationAnswered, InvitationWithdrawn, InvitationClosed."""
    invitations.resend(session, _waiting(session, edition, judge), actor=actor, now=now)


def withdraw(session: Session, edition: Edition, judge: Judge, *, actor: Actor, now: datetime) -> None:
    """Take the invitation back; the person can be asked again. Raises NotAsked, InvitationAnswered.

    An answer holds the invitation before the edition, so nothing else is held here.
    """
    invitations.withdraw(session, _waiting(session, edition, judge), actor=actor, now=now)
    judge.state = _not_coming(judge)


def _places(
    session: Session, row: Row, directory: organisations.Directory, made: list[Organisation]
) -> tuple[affiliations.Place, ...]:
    if not any(row[column] for column in ("organisation", "city", "country")):
        return ()
    return tuple(
        (judges.organisation_of(session, directory, made, name, city, country), city, country)
        for name, city, country in judges.ties_of(row)
    )


def _not_coming(judge: Judge) -> JudgeState:
    """How somebody stands who was asked and doesn't come: one who had left before has left, for the reason they had."""
    return JudgeState.DECLINED if judge.leaving is None else JudgeState.LEFT


def _waiting(session: Session, edition: Edition, judge: Judge) -> Invitation:
    found = asked(session, edition).get(judge.id)
    if found is None or judge.state is not JudgeState.INVITED:
        raise NotAsked(judge.public_id)
    return found


def _ask(session: Session, edition: Edition, wanted: Wanted, *, actor: Actor, now: datetime) -> Judge:
    """One person asked, under the edition's lock."""
    known = accounts.find(session, wanted.email)
    judge = _judge_of(session, edition, known) if known is not None else None
    if known is not None:
        _need_free(session, edition, known, judge, actor, now)
    account, made = accounts.find_or_make(session, wanted.email, name=wanted.name, actor=actor, now=now)
    if made:
        account.language = wanted.language
    if judge is None:
        judge = Judge(edition_id=edition.id, account=account, at=now)
        session.add(judge)
    judge.state = JudgeState.INVITED
    judge.categories = list(wanted.categories)
    judge.languages = list(wanted.languages) or judge.languages or []
    judge.conduct_version = judge.conduct_at = None
    judge.conduct_language = judge.conduct_sha256 = ""
    session.flush()
    if wanted.places and not affiliations.holding(session, [account]):
        affiliations.settle(session, account, wanted.places, now=now)
    invitations.invite(
        session,
        InvitationKind.ROLE,
        email=wanted.email,
        edition=edition,
        role=Role.JUDGE,
        name=wanted.name or account.name,
        language=wanted.language,
        arguments={"categories": list(wanted.categories)},
        note=wanted.note,
        actor=actor,
        now=now,
    )
    return judge


def _need_free(
    session: Session, edition: Edition, account: Account, judge: Judge | None, actor: Actor, now: datetime
) -> None:
    """Whether somebody whose account is known can be asked."""
    if not account.active:
        raise AccountClosed(account.email)
    if account.id in (actor.account.id, actor.real.id):
        raise YourOwnRole(Role.JUDGE.value)
    exclusions.check_together(session, edition, account, Role.JUDGE)
    if judge is None:
        return
    if judge.state is JudgeState.ACCEPTED:
        raise OnPanel(account.email)
    if judge.state is JudgeState.LEFT and judge.leaving in FOR_GOOD:
        raise LeftForGood(account.email)
    if is_waiting(session, edition, judge, now):
        raise InvitedAlready(account.email)


def _judge_of(session: Session, edition: Edition, account: Account) -> Judge | None:
    return session.scalars(
        select(Judge).where(Judge.edition_id == edition.id, Judge.account_id == account.id)
    ).first()


def _answered(
    session: Session, invitation: Invitation, account: Account | None, accepted: bool, now: datetime
) -> str | None:
    """Seat whoever accepts, and tell whoever asked. One who was seated by a list meanwhile stays so."""
    if invitation.role is not Role.JUDGE:
        return None
    edition = session.get_one(Edition, invitation.edition_id)
    editions.lock(session, edition)
    owner = accounts.find(session, invitation.email)
    judge = _judge_of(session, edition, owner) if owner is not None else None
    if judge is None and accepted and account is not None:
        judge = Judge(edition_id=edition.id, account=account, state=JudgeState.INVITED, at=now)
        session.add(judge)
    if judge is not None and judge.state is JudgeState.INVITED:
        judge.state = JudgeState.ACCEPTED if accepted else _not_coming(judge)
        if accepted:
            judge.leaving = judge.left_at = None
    session.flush()
    _tell(session, edition, invitation, judge, accepted, now)
    return f"/judging/{edition.key}/joining"


def _tell(
    session: Session,
    edition: Edition,
    invitation: Invitation,
    judge: Judge | None,
    accepted: bool,
    now: datetime,
) -> None:
    for organiser in organisers(session, edition, invitation.invited_by):
        notices.queue(
            session,
            Template.JUDGE_ANSWERED,
            organiser.email,
            language=organiser.language,
            now=now,
            account=organiser,
            edition=edition,
            arguments={
                "name": (judge.account.name if judge else "") or invitation.name or invitation.email,
                "accepted": accepted,
                "path": f"/secretariat/{edition.key}/judges",
            },
            once=f"judge_answered:{invitation.public_id}:{organiser.public_id}",
        )


def organisers(session: Session, edition: Edition, first: Account | None = None) -> Sequence[Account]:
    """Whom to tell about a panel: that organiser where they are one still, else all of them."""
    with_address = [it for it in announcements.organisers(session, edition) if it.email]
    return [it for it in with_address if first is not None and it.id == first.id] or with_address


invitations.on_answer[InvitationKind.ROLE] = _answered
