"""The roll: who votes in the second round, and what each elector may vote for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions, nominations, organisations
from awards.models import (
    Conflict,
    ConflictSource,
    Edition,
    Election,
    ElectionState,
    Entitlement,
    Judge,
    JudgeState,
    Nomination,
    RollEntry,
)
from awards.organisations import Directory
from judging.rules import Rules, Vote
from judging.values import Electorate, SecondRound

TAKES_THE_BALLOT = (ConflictSource.SAME_ORGANISATION, ConflictSource.NAMED, ConflictSource.DECLARED)
AT_THE_FOOT = (ConflictSource.SAME_CITY, ConflictSource.SAME_COUNTRY)


class NoVote(Exception):
    """The rules of this edition have no vote."""


def vote_of(rules: Rules) -> Vote:
    """The vote that the rules have. Raises NoVote."""
    if rules.second_round is not SecondRound.VOTE or rules.vote is None:
        raise NoVote(rules.key)
    return rules.vote


def of_edition(session: Session, edition: Edition) -> Sequence[RollEntry]:
    """The roll by elector."""
    return session.scalars(
        select(RollEntry)
        .where(RollEntry.edition_id == edition.id)
        .order_by(RollEntry.sort_key, RollEntry.elector)
    ).all()


def enrol_judges(session: Session, edition: Edition, category: str) -> None:
    """Put the accepted judges of a category on the roll, each once, under their e-mail."""
    there = {entry.judge_id for entry in of_edition(session, edition)}
    judges = session.scalars(
        select(Judge).where(Judge.edition_id == edition.id, Judge.state == JudgeState.ACCEPTED)
    )
    for judge in judges:
        if judge.id not in there and judge.reads(category):
            email = judge.account.email
            session.add(
                RollEntry(
                    edition_id=edition.id,
                    elector=email,
                    name=judge.account.name,
                    email=email,
                    judge_id=judge.id,
                    sort_key=judge.account.sort_key or email,
                )
            )
    session.flush()


def entitle(session: Session, edition: Edition, election: Election, *, like: Election | None = None) -> None:
    """Give each roll entry its entitlement in an election: what is barred, or why it has none.

    One that is there is brought up to date until the election opens. `like` copies those of another election, as
    far as they concern this one's slate.
    """
    there = {
        it.roll_entry_id: it
        for it in session.scalars(select(Entitlement).where(Entitlement.election_id == election.id))
    }
    electorate = vote_of(editions.rules_of(session, edition)).electorate
    if like is not None:
        found = _as_before(session, election, like)
    elif electorate is Electorate.JUDGES:
        found = _for_judges(session, edition, election)
    else:
        found = _for_the_roll(session, edition, election)
    for entitlement in found:
        before = there.get(entitlement.roll_entry_id)
        if before is None:
            entitlement.election_id = election.id
            session.add(entitlement)
        elif election.state is ElectionState.PREPARED:
            before.barred, before.withheld_because = entitlement.barred, entitlement.withheld_because
    session.flush()


def _as_before(session: Session, election: Election, like: Election) -> list[Entitlement]:
    return [
        Entitlement(
            roll_entry_id=before.roll_entry_id,
            barred=[reference for reference in before.barred if reference in election.slate],
            withheld_because=before.withheld_because,
        )
        for before in session.scalars(select(Entitlement).where(Entitlement.election_id == like.id))
    ]


def _for_judges(session: Session, edition: Edition, election: Election) -> list[Entitlement]:
    """Judges vote where they read. An interest by organisation, naming or declaration takes the ballot away.

    Own city and own country put the nomination at the foot.
    """
    conflicts: dict[int, list[tuple[ConflictSource, str]]] = {}
    for judge_id, source, reference in session.execute(
        select(Conflict.judge_id, Conflict.source, Nomination.reference)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.reference.in_(election.slate),
            Conflict.waived_by.is_(None),
        )
    ):
        conflicts.setdefault(judge_id, []).append((source, reference))
    found = []
    for entry in of_edition(session, edition):
        judge = session.get(Judge, entry.judge_id) if entry.judge_id else None
        if judge is None or judge.state is not JudgeState.ACCEPTED or not judge.reads(election.category):
            continue
        mine = conflicts.get(judge.id, [])
        withheld = [source for source in TAKES_THE_BALLOT if source in {source for source, _ in mine}]
        barred = {reference for source, reference in mine if source in AT_THE_FOOT}
        found.append(
            Entitlement(
                roll_entry_id=entry.id,
                barred=sorted(barred),
                withheld_because=withheld[0].value if withheld else None,
            )
        )
    return found


def _for_the_roll(session: Session, edition: Edition, election: Election) -> list[Entitlement]:
    """Everybody on the roll votes everywhere, but not for nominations of the own city, its parent or its child."""
    standing = session.scalars(
        select(Nomination).where(
            Nomination.edition_id == edition.id, Nomination.reference.in_(election.slate)
        )
    ).all()
    directory = organisations.directory(session)
    nominees = {nomination.reference: _bodies(nomination, directory) for nomination in standing}
    parents, stands = organisations.parents(session), organisations.standing(session)
    found = []
    for entry in of_edition(session, edition):
        own = stands.get(entry.organisation_id or 0, entry.organisation_id)
        barred = [
            reference
            for reference, bodies in sorted(nominees.items())
            if own and any(organisations.are_kin(parents, own, body) for body in bodies)
        ]
        found.append(Entitlement(roll_entry_id=entry.id, barred=barred, withheld_because=None))
    return found


def _bodies(nomination: Nomination, directory: Directory) -> set[int]:
    """The organisations that a nomination is of: lead, partners, and the cities of all by their names."""
    revision = nominations.standing_revision(nomination)
    named = [partner.organisation for partner in nomination.partners]
    named += [revision.organisation] if revision.organisation else []
    bodies = [organisations.standing_for(it) for it in named]
    places = {(revision.city, revision.country), *((it.city, it.country) for it in bodies)}
    cities = {
        it.id
        for city, country in places
        for table in (directory.by_name, directory.by_alias)
        for it in table.get(organisations.key_of(city), ())
        if city and it.country in (country, "")
    }
    return cities | {it.id for it in bodies}
