"""One nomination: its text, what the rules find about it, what people said of that, and what has happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.wrappers import Response

from awards import appeals, collaboration, moving, partners, recusals, returning, reviews, sections
from awards.eligibility import Finding, FindingKind
from awards.extensions import db
from awards.models import (
    Account,
    Appeal,
    FindingReview,
    Invitation,
    Nomination,
    NominationReturn,
    NominationRevision,
    NominationState,
)
from awards.nominations import MOVES
from awards.partners import Standing
from awards.reviews import Review
from awards.screening import VERDICTS
from awards.web import door, findings, sessions, words
from awards.web.access import Audience, audience
from awards.web.screening import history, reading, sayings
from awards.web.screening.forms import DecideForm, RuleForm
from awards.web.screening.reading import Form
from awards.web.screening.routes import Desk, blueprint, desk, kept_out, nomination, page
from awards.web.screening.rows import stands_for_reader
from awards.web.screening.sayings import STATES
from awards.web.texts import Text

BESIDE = (FindingKind.POSSIBLE_DUPLICATE, FindingKind.IN_TWO_CATEGORIES)


@dataclass(frozen=True)
class Seen:
    """One finding in words, and what a person said of it."""

    key: str
    sentence: str
    ineligible: bool
    word: FindingReview | None
    by: str
    others: Sequence[str]

    @property
    def overridden(self) -> bool:
        return self.word is not None and self.word.overridden


@dataclass(frozen=True)
class Sight:
    """A nomination as screeners see it."""

    desk: Desk
    nomination: Nomination
    revision: NominationRevision
    form: Form
    findings: Sequence[Seen]
    clean: bool
    returned: NominationReturn | None
    asked: Invitation | None
    appeal: Appeal | None
    may_rule: bool

    @property
    def title(self) -> Text:
        return Text(self.revision.title, self.revision.language)

    @property
    def category(self) -> Text:
        return self.desk.names.name("categories", self.nomination.category)

    @property
    def moved_from(self) -> Text | None:
        """The category that its text names, where it is judged in another one."""
        if self.revision.category == self.nomination.category:
            return None
        return self.desk.names.name("categories", self.revision.category)

    @property
    def state(self) -> str:
        of_table = door.may(Audience.TABLE, sessions.me(), self.desk.edition, reading=True)
        return str(STATES[stands_for_reader(self.nomination, of_table=of_table)])

    @property
    def place(self) -> str:
        it = self.revision
        parts = [it.organisation_name, "" if it.city == it.organisation_name else it.city]
        return ", ".join(part for part in (*parts, words.country(it.country)) if part)

    @property
    def appeal_waits(self) -> bool:
        return self.appeal is not None and self.appeal.decision_id is None

    @property
    def over(self) -> bool:
        return self.returned is not None and returning.is_over(self.returned, sessions.now())

    @property
    def verdicts(self) -> list[bool]:
        """The verdicts that can be given now."""
        moves = MOVES[self.nomination.state]
        return [eligible for eligible, state in VERDICTS.items() if state in moves]

    @property
    def is_undecided(self) -> bool:
        return self.nomination.state is NominationState.SUBMITTED

    def moment(self, instant: object) -> str:
        """A moment by the edition's clocks."""
        return words.when(words.in_zone(instant, self.desk.edition.zone))  # type: ignore[arg-type]

    @property
    def until(self) -> str:
        assert self.returned is not None
        return words.when(returning.until(self.returned))

    @property
    def open_names(self) -> list[object]:
        assert self.returned is not None
        return [self.form.name(key) for key in sections.named(self.returned.fields)]


def sight(found: Nomination) -> Sight:
    """A nomination with all that is found about it. Whoever asks has no interest in it."""
    at, session = desk(), db.session()
    review = reviews.review(session, at.edition)
    revision = review.revisions.get(found.id) or _standing(found)
    form = Form.of(session, at, found)
    appeal = appeals.of(session, found)
    return Sight(
        at,
        found,
        revision,
        form,
        _seen(review, found, form),
        found.reference in review.findings and review.is_clean(found.reference),
        returning.current(session, found),
        moving.pending(session, found),
        appeal,
        appeals.may_decide(session, found, sessions.me()),
    )


@blueprint.get("/<path:reference>")
@audience(Audience.SCREENER)
def show(reference: str, **_edition: str) -> str | Response | tuple[str, int]:
    found = nomination(reference)
    return kept_out(found) or render(found)


def render(
    found: Nomination,
    *,
    decide: DecideForm | None = None,
    rule: RuleForm | None = None,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> str:
    """The page, with forms as they were sent; `typed` holds reasons given for findings, by the finding's key."""
    seen, session = sight(found), db.session()
    last = returning.last(session, found)
    answered = last is not None and last.answered_number is not None
    texts = {it.number: it for it in found.revisions}
    changes = (
        reading.changed(seen.form, texts[last.revision_number], texts[last.answered_number])
        if answered and last and last.answered_number in texts and last.revision_number in texts
        else ()
    )
    return page(
        "show.html",
        seen.desk,
        seen=seen,
        answers=seen.form.answers(seen.revision),
        files=reading.files_of(session, seen.desk.edition, found),
        drawn=reading.drawn_files(session, seen.form, seen.revision),
        unsettled=[sayings.unsettled(it) for it in collaboration.open_questions(session, found)],
        agreed=_agreed(found),
        history=history.entries(session, seen.desk, found),
        versions=history.versions(session, found),
        declared=recusals.declared_in(session, found) if seen.desk.organises else (),
        changes=changes,
        answered=answered,
        decide=decide or DecideForm.empty(seen.verdicts),
        rule=rule or RuleForm.empty(),
        typed=typed or {},
        wrong=wrong,
    )


def _agreed(found: Nomination) -> list[tuple[str, str]]:
    """The partners that have agreed, each with where its signed letter is read if that is how."""
    by_key = reading.files_of(db.session(), desk().edition, found)
    return [
        (it.organisation.name, by_key.get(it.row.approval_key or "", {}).get("href", ""))
        for it in partners.of(db.session(), found)
        if it.standing in (Standing.CONFIRMED, Standing.BY_LETTER)
    ]


def _seen(review: Review, found: Nomination, form: Form) -> list[Seen]:
    listed = review.findings.get(found.reference, ())
    said = [review.word_on(found.reference, it) for it in listed]
    people = {
        number: db.session.get_one(Account, number).name
        for number in {it.by_id for it in said if it is not None}
    }
    return [
        Seen(
            reviews.key_of(it),
            findings.sentence(it.kind, dict(it.data), form.name),
            it.ineligible,
            word,
            people[word.by_id] if word else "",
            _others(it),
        )
        for it, word in zip(listed, said, strict=True)
    ]


def _others(finding: Finding) -> list[str]:
    """The references of the nominations that a finding speaks of."""
    if finding.kind not in BESIDE:
        return []
    return str(dict(finding.data).get("other", "")).split("; ")


def _standing(found: Nomination) -> NominationRevision:
    return next(it for it in found.revisions if it.number == found.submitted_number)
