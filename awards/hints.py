"""Hints of an interest: mail domains, names of bodies that are alike, people that a text may mean, where a judge
belonged until lately."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from awards import interests
from awards.folding import fold
from awards.interests import NOT_PUT_FORWARD
from awards.likeness import Names, Text, above, domain, domains_in, ends
from awards.models import (
    Account,
    AccountAddress,
    Affiliation,
    ConflictSource,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationEditor,
    NominationPartner,
    Organisation,
    SuspicionKind,
)
from awards.organisations import standing_for

LONGEST_NAME = 190
ALIKE = " ≈ "
FORMER: Mapping[ConflictSource, SuspicionKind] = {
    ConflictSource.SAME_CITY: SuspicionKind.FORMER_CITY,
    ConflictSource.SAME_ORGANISATION: SuspicionKind.FORMER_ORGANISATION,
}
"""What an affiliation that has ended suggests, by the conflict that it would be if it held."""


@dataclass(frozen=True, slots=True)
class Suspected:
    """What suggests an interest; `detail` is what the two have in common, as it stands on either side."""

    judge: int
    nomination: int
    kind: SuspicionKind
    detail: str


def search(session: Session, edition: Edition) -> Iterator[Suspected]:
    """All that is suspected; a pair may come more than once for one kind."""
    judges = session.scalars(
        select(Judge)
        .where(Judge.edition_id == edition.id, Judge.state.in_((JudgeState.INVITED, JudgeState.ACCEPTED)))
        .order_by(Judge.id)
        .options(selectinload(Judge.account).selectinload(Account.addresses))
    ).all()
    if not judges:
        return
    side = _Side.of(session, edition)
    ties: dict[int, list[int]] = {}
    for account, body in session.execute(
        select(Affiliation.account_id, Affiliation.organisation_id)
        .where(
            Affiliation.account_id.in_([judge.account_id for judge in judges]),
            Affiliation.ended_on.is_(None),
            Affiliation.organisation_id.is_not(None),
        )
        .order_by(Affiliation.id)
    ):
        if body is not None:
            ties.setdefault(account, []).append(body)
    near = side.near({word for judge in judges for name in _called(judge) for word in ends(name)})
    for judge in judges:
        yield from side.by_mail(judge)
        yield from side.by_organisation(judge, ties.get(judge.account_id, ()))
        yield from side.by_name(judge, near)
    for it in interests.former(session, edition):
        yield Suspected(it.judge, it.nomination, FORMER[it.source], it.detail)


@dataclass(frozen=True, slots=True)
class _Side:
    """The nominations' side: mail domains, names of bodies, texts; and the directory's names for both sides."""

    domains: dict[str, set[int]]
    bodies: Names
    own: dict[int, set[int]]
    texts: dict[int, Text]
    standing: dict[int, Organisation]

    @classmethod
    def of(cls, session: Session, edition: Edition) -> _Side:
        everything = session.scalars(select(Organisation).options(selectinload(Organisation.aliases))).all()
        standing = {it.id: standing_for(it) for it in everything}
        names: dict[int, set[str]] = {}
        for it in everything:
            names.setdefault(standing[it.id].id, set()).update(_names_of(it))
        domains: dict[str, set[int]] = {}
        bodies, own, texts = Names(), dict[int, set[int]](), dict[int, Text]()
        stands: list[tuple[int, int]] = []
        for _nominator, revision in interests.revisions(session, edition):
            text = interests.text_of(revision)
            texts[revision.nomination_id] = Text.of(text)
            for found in domains_in(text):
                domains.setdefault(found, set()).add(revision.nomination_id)
            if revision.organisation_id is not None:
                stands.append((revision.nomination_id, revision.organisation_id))
            if revision.organisation_name:
                bodies.add(revision.nomination_id, revision.organisation_name)
        stands += _partners(session, edition)
        for nomination, organisation in stands:
            body = standing[organisation].id
            own.setdefault(nomination, set()).add(body)
            for name in sorted(names[body]):
                bodies.add(nomination, name)
        for nomination, address in _writers(session, edition):
            if found := domain(address):
                domains.setdefault(found, set()).add(nomination)
        return cls(domains, bodies, own, texts, standing)

    def by_mail(self, judge: Judge) -> Iterator[Suspected]:
        mine = sorted({found for it in judge.account.addresses if (found := domain(it.email))})
        for own in mine:
            for theirs, nominations in sorted(self.domains.items()):
                if theirs in above(own) or own in above(theirs):
                    detail = own if own == theirs else f"{own}{ALIKE}{theirs}"
                    for nomination in sorted(nominations):
                        yield Suspected(judge.id, nomination, SuspicionKind.MAIL_DOMAIN, detail)

    def by_organisation(self, judge: Judge, ties: Sequence[int]) -> Iterator[Suspected]:
        for tie in ties:
            body = self.standing[tie]
            for name in sorted(_names_of(body)):
                for nomination, other in self.bodies.like(name):
                    if body.id not in self.own.get(nomination, ()):
                        detail = f"{name[:LONGEST_NAME]}{ALIKE}{other[:LONGEST_NAME]}"
                        yield Suspected(judge.id, nomination, SuspicionKind.SIMILAR_ORGANISATION, detail)

    def near(self, words: set[str]) -> dict[str, set[int]]:
        """The nominations whose text has a word, for each of some words."""
        found: dict[str, set[int]] = {}
        for nomination, text in self.texts.items():
            for word in text.words & words:
                found.setdefault(word, set()).add(nomination)
        return found

    def by_name(self, judge: Judge, near: Mapping[str, set[int]]) -> Iterator[Suspected]:
        for name in _called(judge):
            for nomination in sorted(set[int]().union(*(near.get(word, ()) for word in ends(name)))):
                if found := self.texts[nomination].names(name):
                    detail = f"{name[:LONGEST_NAME]}{ALIKE}{found[:LONGEST_NAME]}"
                    yield Suspected(judge.id, nomination, SuspicionKind.NAMED_IN_TEXT, detail)


def _called(judge: Judge) -> list[str]:
    """The names of a judge, in their own script and in Latin letters."""
    return list(dict.fromkeys(it for it in (judge.account.name, judge.account.latin_name) if it))


def _names_of(organisation: Organisation) -> set[str]:
    said = [organisation.name, *map(str, organisation.names.values())]
    return {name for name in [*said, *(alias.name for alias in organisation.aliases)] if fold(name)}


def _partners(session: Session, edition: Edition) -> list[tuple[int, int]]:
    rows = session.execute(
        select(NominationPartner.nomination_id, NominationPartner.organisation_id)
        .join(Nomination)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.state.not_in(NOT_PUT_FORWARD),
            NominationPartner.stands(),
        )
    )
    return [(nomination, organisation) for nomination, organisation in rows]


def _writers(session: Session, edition: Edition) -> list[tuple[int, str]]:
    """The addresses of those who wrote a nomination or helped to."""
    wrote = select(Nomination.id, AccountAddress.email).join(
        AccountAddress, AccountAddress.account_id == Nomination.nominator_id
    )
    helped = (
        select(Nomination.id, AccountAddress.email)
        .join(NominationEditor, NominationEditor.nomination_id == Nomination.id)
        .join(AccountAddress, AccountAddress.account_id == NominationEditor.account_id)
    )
    return [
        (nomination, address)
        for query in (wrote, helped)
        for nomination, address in session.execute(
            query.where(Nomination.edition_id == edition.id, Nomination.state.not_in(NOT_PUT_FORWARD))
        )
    ]
