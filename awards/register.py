"""The register of organisations: confirming, correcting, and merging one into the other that it turned out to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from awards import audit, conflicts, decisions, editions, organisations
from awards.audit import Actor
from awards.models import (
    Account,
    AuditEvent,
    Decision,
    Edition,
    Judge,
    Membership,
    Nomination,
    NominationPartner,
    NominationRevision,
    Organisation,
)
from awards.timetable import Phase
from judging.programme import ORGANISATION_KINDS
from judging.values import Json

REGIONS = ("asia", "oceania", "americas", "europe", "middle-east", "africa")
OPEN = (
    Phase.DRAFT,
    Phase.NOMINATIONS,
    Phase.SCREENING,
    Phase.FIRST_ROUND,
    Phase.DELIBERATION,
    Phase.SECOND_ROUND,
)
MERGED = "organisation.merged"


class NoSuchOrganisation(Exception):
    """There is no such organisation."""


class NameMissing(Exception):
    """An organisation has a name."""


class NameTooLong(Exception):
    """A name is longer than can be kept."""


class NameTaken(Exception):
    """Another organisation of that country has this name: merge the two, or tell them apart."""

    def __init__(self, other: Organisation) -> None:
        super().__init__(other.name)
        self.other = other


class NoSuchCountry(Exception):
    """There is no country of that code."""


class NoSuchKind(Exception):
    """There is no such kind of organisation, or no such region."""


class InsideItself(Exception):
    """An organisation can't lie inside itself, or inside one that lies inside it."""


class MergedAlready(Exception):
    """This organisation has been merged into another."""


class SameOrganisation(Exception):
    """An organisation is merged into another one."""


class OtherCountry(Exception):
    """The two are in different countries: correct the country first."""


class LosesMembership(Exception):
    """The one to be merged is a member and the other isn't: merge them the other way round."""


class NotMerged(Exception):
    """This organisation stands for itself."""


class DecidedSince(Exception):
    """Decisions have been taken that rest on the merge."""

    def __init__(self, references: Sequence[str]) -> None:
        super().__init__(", ".join(references))
        self.references = tuple(references)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the register says of an organisation."""

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    kind: str = organisations.OTHER
    city: str = ""
    country: str = ""
    region: str = ""
    parent: str = ""
    """The identifier of the organisation that contains it, empty for none."""


def find(session: Session, identifier: str) -> Organisation:
    """The organisation of an identifier. Raises NoSuchOrganisation."""
    found = session.scalars(select(Organisation).where(Organisation.public_id == identifier)).first()
    if found is None:
        raise NoSuchOrganisation(identifier)
    return found


def unconfirmed(session: Session) -> Sequence[Organisation]:
    """Those that nobody has vouched for yet, the oldest first."""
    return session.scalars(
        select(Organisation)
        .where(~Organisation.confirmed, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.id)
    ).all()


def merged_into(session: Session, organisation: Organisation) -> Sequence[Organisation]:
    """The ones that were merged into it."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.merged_into_id == organisation.id)
        .order_by(Organisation.sort_key, Organisation.id)
    ).all()


def confirm(session: Session, organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Vouch that an organisation is what it says. Raises MergedAlready."""
    _stands(organisation)
    if organisation.confirmed:
        return
    organisation.confirmed = True
    _record(session, "organisation.confirmed", organisation, actor=actor, now=now)


def correct(
    session: Session, organisation: Organisation, facts: Facts, *, actor: Actor, now: datetime
) -> None:
    """Say what is right about an organisation. It is still found by what it was called; pages and certificates that
    are out keep what they say. Conflicts of open editions are looked for again.

    Raises MergedAlready, NameMissing, NameTooLong, NoSuchCountry, NoSuchKind, NameTaken, NoSuchOrganisation,
    InsideItself.
    """
    _stands(organisation)
    _check(facts)
    parent = _parent(session, organisation, facts.parent)
    folded = organisations.key_of(facts.name)
    other = session.scalars(
        select(Organisation).where(
            Organisation.country == facts.country,
            Organisation.folded == folded,
            Organisation.id != organisation.id,
        )
    ).first()
    if other is not None:
        raise NameTaken(other)
    before = facts_of(organisation)
    called = [organisation.name, *(str(name) for name in organisation.names.values())]
    organisation.name, organisation.folded, organisation.sort_key = facts.name, folded, folded
    organisation.names = dict(facts.names)
    organisation.kind, organisation.city, organisation.country = facts.kind, facts.city, facts.country
    organisation.region, organisation.parent_id = facts.region, parent.id if parent else None
    organisations.add_aliases(organisation, [*called, *facts.names.values()])
    session.flush()
    session.expire(organisation, ["parent"])
    _record(
        session,
        "organisation.corrected",
        organisation,
        before=_plain(before),
        after=_plain(facts),
        actor=actor,
        now=now,
    )
    _look_for_conflicts(session, true(), actor=actor, now=now)


def facts_of(organisation: Organisation) -> Facts:
    return Facts(
        name=organisation.name,
        names={tag: str(name) for tag, name in organisation.names.items()},
        kind=organisation.kind,
        city=organisation.city,
        country=organisation.country,
        region=organisation.region,
        parent=organisation.parent.public_id if organisation.parent else "",
    )


def merge(
    session: Session,
    organisation: Organisation,
    into: Organisation,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let another organisation stand for this one from now on: in eligibility, conflicts, the roll and the search.

    Nothing is moved: whatever names this one is read as the other. Raises ReasonMissing, MergedAlready,
    SameOrganisation, OtherCountry, LosesMembership.
    """
    reason = decisions.need_reason(reason)
    _stands(organisation)
    into = organisations.standing_for(into)
    if into.id == organisation.id:
        raise SameOrganisation(organisation.name)
    if organisation.country and into.country and organisation.country != into.country:
        raise OtherCountry(f"{organisation.country} / {into.country}")
    if organisation.membership is not Membership.NONE and into.membership is Membership.NONE:
        raise LosesMembership(organisation.name)
    organisations.settle(into, country=organisation.country)
    organisation.merged_into_id = into.id
    session.flush()
    session.expire(organisation, ["merged_into"])
    _record(
        session,
        MERGED,
        organisation,
        after={"into": into.public_id, "name": into.name, "reason": reason},
        actor=actor,
        now=now,
    )
    _look_for_conflicts(session, true(), actor=actor, now=now)


def unmerge(
    session: Session, organisation: Organisation, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Let a merged organisation stand for itself again, while nothing was decided that rests on the merge.

    Raises ReasonMissing, NotMerged, DecidedSince.
    """
    reason = decisions.need_reason(reason)
    if organisation.merged_into_id is None:
        raise NotMerged(organisation.name)
    if references := decided_since(session, organisation):
        raise DecidedSince(references)
    into = organisation.merged_into_id
    organisation.merged_into_id = None
    session.flush()
    session.expire(organisation, ["merged_into"])
    _record(
        session,
        "organisation.unmerged",
        organisation,
        before={"into": session.get_one(Organisation, into).public_id},
        after={"reason": reason},
        actor=actor,
        now=now,
    )
    _look_for_conflicts(session, true(), actor=actor, now=now)


def decided_since(session: Session, organisation: Organisation) -> tuple[str, ...]:
    """The references of nominations of a merged organisation about which something was decided since."""
    merged_at = session.scalars(
        select(AuditEvent.at)
        .where(
            AuditEvent.chain == audit.SITE,
            AuditEvent.action == MERGED,
            AuditEvent.subject == organisation.public_id,
        )
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    ).first()
    if merged_at is None:
        return ()
    leads = select(NominationRevision.nomination_id).where(
        NominationRevision.organisation_id == organisation.id
    )
    partners = select(NominationPartner.nomination_id).where(
        NominationPartner.organisation_id == organisation.id
    )
    return tuple(
        session.scalars(
            select(Nomination.reference)
            .join(Decision, Decision.nomination_id == Nomination.id)
            .where(or_(Nomination.id.in_(leads), Nomination.id.in_(partners)), Decision.at >= merged_at)
            .distinct()
            .order_by(Nomination.reference)
        )
    )


def _stands(organisation: Organisation) -> None:
    if organisation.merged_into_id is not None:
        raise MergedAlready(organisation.name)


def _check(facts: Facts) -> None:
    if not organisations.key_of(facts.name):
        raise NameMissing
    if any(
        len(name) > organisations.LONGEST_NAME for name in (facts.name, facts.city, *facts.names.values())
    ):
        raise NameTooLong
    if facts.country and organisations.country_code(facts.country) != facts.country:
        raise NoSuchCountry(facts.country)
    if facts.kind not in ORGANISATION_KINDS or facts.region not in ("", *REGIONS):
        raise NoSuchKind(f"{facts.kind} / {facts.region}")


def _parent(session: Session, organisation: Organisation, identifier: str) -> Organisation | None:
    if not identifier:
        return None
    parent = organisations.standing_for(find(session, identifier))
    if organisation.id in organisations.line(organisations.parents(session), parent.id):
        raise InsideItself(parent.name)
    return parent


def look_again(session: Session, account: Account, *, actor: Actor, now: datetime) -> None:
    """Search for conflicts anew where a person is a judge, since they have said that they work elsewhere."""
    _look_for_conflicts(session, Judge.account_id == account.id, actor=actor, now=now)


def _look_for_conflicts(session: Session, moved: ColumnElement[bool], *, actor: Actor, now: datetime) -> None:
    """In every open edition with judges who may have moved; rows no longer true are dropped."""
    with_judges = select(Judge.edition_id).where(moved)
    for edition in session.scalars(
        select(Edition).where(Edition.phase.in_(OPEN), Edition.id.in_(with_judges)).order_by(Edition.id)
    ).all():
        editions.lock(session, edition)
        judges = session.scalars(select(Judge).where(Judge.edition_id == edition.id, moved)).all()
        conflicts.find(session, edition, actor=actor, now=now, moved=judges)


def _plain(facts: Facts) -> dict[str, Json]:
    return {name: dict(value) if name == "names" else value for name, value in asdict(facts).items()}


def _record(
    session: Session,
    action: str,
    organisation: Organisation,
    *,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Organisations belong to no edition: their events stand on the site's chain."""
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=organisation.public_id,
        now=now,
        before=before,
        after=after,
    )
