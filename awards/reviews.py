"""Reviews: what the rules find about every nomination put forward, and what people said about each finding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import deadlines, editions, eligibility, fields, nominations, organisations
from awards.eligibility import Candidate, Finding, NotChecked, Winner
from awards.folding import fold
from awards.models import (
    Attachment,
    AttachmentState,
    Award,
    AwardState,
    Edition,
    FindingReview,
    Membership,
    Nomination,
    NominationRevision,
    NominationState,
    NominationSubmission,
)
from awards.organisations import Directory, OrganisationAmbiguous
from awards.timetable import Moment
from judging.programme import LOCAL_GOVERNMENTS
from judging.rules import Rules
from judging.values import canonical

PUT_FORWARD = tuple(
    state for state in NominationState if state not in (NominationState.DRAFT, NominationState.WITHDRAWN)
)
FALLEN = (NominationState.INELIGIBLE, NominationState.DISQUALIFIED)
APPEAL = "appeal"
"""The field of files that belong to an appeal and not to a nomination's text."""


@dataclass(frozen=True, slots=True)
class Review:
    """Every nomination put forward, by reference, with its standing revision and its findings.

    `words` holds people's last word on findings of the standing revision, by reference and by the finding's key.
    """

    nominations: tuple[Nomination, ...]
    revisions: Mapping[int, NominationRevision]
    findings: Mapping[str, tuple[Finding, ...]]
    not_checked: tuple[NotChecked, ...]
    words: Mapping[str, Mapping[str, FindingReview]]

    def word_on(self, reference: str, finding: Finding) -> FindingReview | None:
        return self.words.get(reference, {}).get(key_of(finding))

    def is_overridden(self, reference: str, finding: Finding) -> bool:
        word = self.word_on(reference, finding)
        return word is not None and word.overridden

    def counting(self, reference: str) -> tuple[Finding, ...]:
        """The findings that nobody has overridden."""
        return tuple(it for it in self.findings[reference] if not self.is_overridden(reference, it))

    def is_clean(self, reference: str) -> bool:
        """Whether nothing that counts makes a nomination ineligible."""
        return eligibility.is_clean(self.counting(reference))

    def stored(self, reference: str) -> list[dict[str, object]]:
        """The findings as JSON, those overridden marked so."""
        return [
            as_stored([it])[0] | ({"overridden": True} if self.is_overridden(reference, it) else {})
            for it in self.findings[reference]
        ]

    def stamp(self, nomination: Nomination) -> str:
        """What somebody saw who saw this: text, category and findings. Another stamp is another sight."""
        revision = self.revisions[nomination.id]
        seen = [
            nomination.reference,
            nomination.category,
            nomination.state.value,
            revision.number,
            revision.sha256,
            self.stored(nomination.reference),
        ]
        return hashlib.sha256(canonical(seen)).hexdigest()[:24]  # type: ignore[arg-type]


def review(session: Session, edition: Edition) -> Review:
    """Hold every nomination of an edition against its rules. Changes nothing."""
    rules = editions.rules_of(session, edition)
    field = nominations.of_edition(session, edition, *PUT_FORWARD)
    revisions = nominations.current_revisions(session, field)
    field = [it for it in field if it.id in revisions]
    directory = organisations.directory(session)
    files, taken = _files(session, edition), _taken(session, edition)
    screened = eligibility.screen(
        rules,
        [
            _candidate(
                rules,
                it,
                revisions[it.id],
                directory,
                files=files.get(it.id, frozenset()),
                taken=(it.id, it.submitted_number) in taken,
            )
            for it in field
        ],
        close=editions.timetable_of(session, edition).get(Moment.NOMINATIONS_CLOSE),
        own_deadlines=deadlines.own(session, edition),
        winners=earlier_winners(session, edition),
    )
    words = _words(session, edition)
    return Review(tuple(field), revisions, screened.findings, screened.not_checked, words)


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


def key_of(finding: Finding) -> str:
    """What a word on a finding is found by: its kind and all its numbers, so that other numbers ask again."""
    return _key(as_stored([finding])[0])


def _key(stored: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(dict(stored))).hexdigest()[:24]  # type: ignore[arg-type]


def _words(session: Session, edition: Edition) -> dict[str, dict[str, FindingReview]]:
    """People's last word on each finding about the standing revisions."""
    query = (
        select(Nomination.reference, FindingReview)
        .join(Nomination, Nomination.id == FindingReview.nomination_id)
        .where(
            Nomination.edition_id == edition.id, FindingReview.revision_number == Nomination.submitted_number
        )
        .order_by(FindingReview.id)
    )
    found: dict[str, dict[str, FindingReview]] = {}
    for reference, word in session.execute(query):
        found.setdefault(reference, {})[_key(word.finding)] = word
    return found


def _files(session: Session, edition: Edition) -> dict[int, frozenset[str]]:
    """The hashes of the files of each nomination."""
    query = (
        select(Attachment.nomination_id, Attachment.sha256)
        .join(Nomination, Nomination.id == Attachment.nomination_id)
        .where(
            Nomination.edition_id == edition.id,
            Attachment.state != AttachmentState.REFUSED,
            Attachment.field != APPEAL,
        )
    )
    found: dict[int, set[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.nomination_id, set()).add(row.sha256)
    return {nomination: frozenset(hashes) for nomination, hashes in found.items()}


def _taken(session: Session, edition: Edition) -> set[tuple[int, int]]:
    """The revisions that were sent through the form, by nomination and number."""
    rows = session.execute(
        select(NominationSubmission.nomination_id, NominationSubmission.revision_number)
        .join(Nomination, Nomination.id == NominationSubmission.nomination_id)
        .where(Nomination.edition_id == edition.id)
    )
    return {(nomination, number) for nomination, number in rows}


def _candidate(
    rules: Rules,
    nomination: Nomination,
    revision: NominationRevision,
    directory: Directory,
    *,
    files: frozenset[str],
    taken: bool,
) -> Candidate:
    owner = organisations.standing_for(revision.organisation) if revision.organisation else None
    columns = nomination.imported_columns
    started = revision.content.get(eligibility.STARTED_ON)
    said = revision.content | ({"topics": revision.topics} if revision.topics else {})
    asked = {field.key for field in rules.fields}
    answered = {key for key, value in said.items() if key not in asked and value}
    answered |= {field.key for field in rules.fields if fields.is_given(field, said.get(field.key))}
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
        answered=frozenset(answered),
        started_on=fields.date_of(str(started)) if started else None,
        files=files,
        columns=None if columns is None else frozenset(columns),
        stands=nomination.state not in FALLEN,
        taken=taken,
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
