"""Screening: what the rules find about each nomination, and the decisions on eligibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import deadlines, decisions, editions, eligibility, fields, nominations, organisations
from awards.audit import Actor
from awards.decisions import Act
from awards.eligibility import Candidate, Finding, NotChecked, Winner
from awards.folding import fold
from awards.models import (
    Attachment,
    Award,
    AwardState,
    Decision,
    DecisionKind,
    Edition,
    Membership,
    Nomination,
    NominationRevision,
    NominationState,
    Screening,
)
from awards.organisations import Directory, OrganisationAmbiguous
from awards.timetable import Moment, Phase
from judging.programme import LOCAL_GOVERNMENTS
from judging.rules import Rules

PUT_FORWARD = tuple(
    state for state in NominationState if state not in (NominationState.DRAFT, NominationState.WITHDRAWN)
)
FALLEN = (NominationState.INELIGIBLE, NominationState.DISQUALIFIED)
VERDICTS = {True: NominationState.ELIGIBLE, False: NominationState.INELIGIBLE}


class ScreeningClosed(Exception):
    """Eligibility is decided in the phases screening and first_round only."""


class NotDecidable(Exception):
    """A nomination in this state can't be decided on."""


@dataclass(frozen=True, slots=True)
class Review:
    """Every nomination put forward, by reference, with its standing revision and its findings."""

    nominations: tuple[Nomination, ...]
    revisions: Mapping[int, NominationRevision]
    findings: Mapping[str, tuple[Finding, ...]]
    not_checked: tuple[NotChecked, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a decision on eligibility did; nothing where `decision` is None, because it stood already."""

    nomination: Nomination
    eligible: bool
    decision: Decision | None


def review(session: Session, edition: Edition) -> Review:
    """Hold every nomination of an edition against its rules. Changes nothing."""
    rules = editions.rules_of(session, edition)
    field = nominations.of_edition(session, edition, *PUT_FORWARD)
    revisions = nominations.current_revisions(session, field)
    directory = organisations.directory(session)
    files = _files(session, edition)
    screened = eligibility.screen(
        rules,
        [_candidate(rules, it, revisions[it.id], directory, files.get(it.id, frozenset())) for it in field],
        close=editions.timetable_of(session, edition).get(Moment.NOMINATIONS_CLOSE),
        own_deadlines=deadlines.own(session, edition),
        winners=earlier_winners(session, edition),
    )
    return Review(tuple(field), revisions, screened.findings, screened.not_checked)


def decide(
    session: Session,
    edition: Edition,
    reference: str,
    *,
    eligible: bool,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Verdict:
    """Decide whether a nomination is eligible; a second decision supersedes the first one.

    A reason is asked for wherever the nomination is kept out, has findings or was decided before. Raises
    ScreeningClosed, NoSuchNomination, NotDecidable, ReasonMissing.
    """
    _open(session, edition)
    nomination = nominations.find(session, edition, reference)
    if nomination.state is VERDICTS[eligible]:
        return Verdict(nomination, eligible, None)
    if VERDICTS[eligible] not in nominations.MOVES[nomination.state]:
        raise NotDecidable(f"{nomination.reference} is {nomination.state.value}")
    reviewed = review(session, edition)
    findings = reviewed.findings[nomination.reference]
    earlier = _latest(session, nomination)
    if not eligible or earlier or not eligibility.is_clean(findings):
        reason = decisions.need_reason(reason)
    act = _act(nomination, reviewed, eligible=eligible)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.ELIGIBILITY,
        actor=actor,
        now=now,
        category=act.category,
        nomination=nomination,
        subject=act.subject,
        names=act.names,
        reason=reason,
        signed_as="screener",
        supersedes=earlier,
    )
    _settle(session, nomination, reviewed, decision, eligible=eligible)
    session.flush()
    return Verdict(nomination, eligible, decision)


def accept_clean(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Find every undecided nomination without a finding that counts eligible, by one decision each.

    Returns their references. Raises ScreeningClosed.
    """
    _open(session, edition)
    reviewed = review(session, edition)
    categories = editions.open_categories(session, edition)
    clean = [
        it
        for it in reviewed.nominations
        if it.state is NominationState.SUBMITTED
        and it.category in categories
        and eligibility.is_clean(reviewed.findings[it.reference])
    ]
    acts = [_act(it, reviewed, eligible=True) for it in clean]
    taken = decisions.decide_all(
        session, edition, DecisionKind.ELIGIBILITY, acts, actor=actor, now=now, signed_as="screener"
    )
    for nomination, decision in zip(clean, taken, strict=True):
        _settle(session, nomination, reviewed, decision, eligible=True)
    session.flush()
    return tuple(it.reference for it in clean)


def earlier_winners(session: Session, edition: Edition) -> frozenset[Winner]:
    """What won in the programme's other editions: organisations' keys with each of the folded titles."""
    query = (
        select(NominationRevision)
        .join(NominationRevision.nomination)
        .join(Award, Award.nomination_id == Nomination.id)
        .join(Edition, Edition.id == Nomination.edition_id)
        .where(
            Edition.programme_id == edition.programme_id,
            Edition.id != edition.id,
            Award.state == AwardState.GIVEN,
            NominationRevision.number == Nomination.submitted_number,
        )
    )
    return frozenset(
        (_owner(revision), title) for revision in session.scalars(query) for title in _titles(revision)
    )


def as_stored(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Findings as JSON."""
    return [{**asdict(it), "kind": it.kind.value, "data": dict(it.data)} for it in findings]


def _open(session: Session, edition: Edition) -> None:
    editions.lock(session, edition)
    if edition.phase not in (Phase.SCREENING, Phase.FIRST_ROUND):
        raise ScreeningClosed(edition.phase.value)


def _act(nomination: Nomination, reviewed: Review, *, eligible: bool) -> Act:
    """What a decision on eligibility is about, with the names as they stand."""
    revision = reviewed.revisions[nomination.id]
    return Act(
        category=nomination.category,
        nomination=nomination,
        subject={"nomination": nomination.reference, "eligible": eligible},
        names={"title": revision.title, "organisation": revision.organisation_name},
    )


def _settle(
    session: Session, nomination: Nomination, reviewed: Review, decision: Decision, *, eligible: bool
) -> None:
    """Move a nomination as it was decided, and keep the findings that it was decided on."""
    nominations.advance(nomination, VERDICTS[eligible])
    session.add(
        Screening(
            nomination_id=nomination.id,
            revision_number=reviewed.revisions[nomination.id].number,
            findings=as_stored(reviewed.findings[nomination.reference]),
            decision_id=decision.id,
        )
    )


def _latest(session: Session, nomination: Nomination) -> Decision | None:
    return session.scalars(
        select(Decision)
        .where(Decision.nomination_id == nomination.id, Decision.kind == DecisionKind.ELIGIBILITY)
        .order_by(Decision.number.desc())
        .limit(1)
    ).first()


def _files(session: Session, edition: Edition) -> dict[int, frozenset[str]]:
    """The hashes of the files of each nomination."""
    query = (
        select(Attachment.nomination_id, Attachment.sha256)
        .join(Nomination, Nomination.id == Attachment.nomination_id)
        .where(Nomination.edition_id == edition.id)
    )
    found: dict[int, set[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.nomination_id, set()).add(row.sha256)
    return {nomination: frozenset(hashes) for nomination, hashes in found.items()}


def _candidate(
    rules: Rules,
    nomination: Nomination,
    revision: NominationRevision,
    directory: Directory,
    files: frozenset[str],
) -> Candidate:
    owner = organisations.standing_for(revision.organisation) if revision.organisation else None
    columns = nomination.imported_columns
    started = revision.content.get(eligibility.STARTED_ON)
    said = revision.content | ({"topics": revision.topics} if revision.topics else {})
    answered = frozenset(it.key for it in rules.fields if fields.is_given(it, said.get(it.key)))
    return Candidate(
        reference=nomination.reference,
        category=nomination.category,
        nominee_kind=revision.nominee_kind,
        titles=_titles(revision),
        organisation=_owner(revision),
        organisation_kind=owner.kind if owner else eligibility.UNKNOWN_KIND,
        member=owner is not None and owner.membership is not Membership.NONE,
        city=_city(revision, directory),
        language=revision.language,
        submitted_at=nomination.submitted_at,
        answered=answered,
        started_on=fields.date_of(str(started)) if started else None,
        files=files,
        columns=None if columns is None else frozenset(columns),
        stands=nomination.state not in FALLEN,
    )


def _titles(revision: NominationRevision) -> frozenset[str]:
    return frozenset(fold(str(title)) for title in (revision.title, *revision.titles.values()))


def _owner(revision: NominationRevision) -> str:
    """What a nominee's organisation is compared by."""
    owner = revision.organisation
    return fold(revision.organisation_name) if owner is None else f"#{organisations.standing_for(owner).id}"


def _city(revision: NominationRevision, directory: Directory) -> str:
    """What a nominee's city is compared by: the local government of that name, else country and folded name."""
    if not revision.city:
        return ""
    try:
        city = directory.match(revision.city, revision.country)
    except OrganisationAmbiguous:
        city = None
    if city is not None and city.kind in LOCAL_GOVERNMENTS:
        return f"#{city.id}"
    return f"{revision.country}:{fold(revision.city)}"
