"""A nomination as it is read, on a page or on paper: sections with the answers given, and what its receipt states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _

from awards import drafts, fields, partners, sections
from awards.extensions import db
from awards.models import Account, Nomination, NominationSubmission
from awards.partners import Standing
from awards.sections import Section
from awards.web import built_in, sessions, words
from awards.web.nominations import says
from awards.web.nominations.desk import Desk
from awards.web.questions import Naming
from judging.rules import Field
from judging.values import Json

AGREED = frozenset([Standing.CONFIRMED, Standing.BY_LETTER])
UNANSWERED = frozenset([Standing.NOT_ASKED, Standing.WAITING])


@dataclass(frozen=True)
class Reading:
    """A nomination as it is read: its sections with the answers given. `said` is what it says, by key."""

    desk: Desk
    said: dict[str, Json]

    @cached_property
    def answers(self) -> dict[str, Json]:
        found = sections.answers(self.said, self.desk.rules)
        return found | {"country": words.country(str(self.said["country"] or ""))}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return sections.of_form(self.desk.rules, self.desk.texts, self.said)

    @cached_property
    def names(self) -> dict[str, Naming]:
        return built_in.namings(self.desk.texts, self.desk.rules, self.sections, self.desk.edition.language)

    def given(self, section: Section) -> list[Field]:
        answers = self.answers
        return [
            it for it in section.fields if it.key != "kept_back" and fields.is_given(it, answers.get(it.key))
        ]

    def language(self, question: Field) -> str:
        return sections.language_of(question, self.said, self.desk.rules)

    def is_kept_back(self, question: Field) -> bool:
        """Whether it is not for publication: by the rules, or because its people want it so."""
        return not question.public or question.key in _keys(self.said.get("kept_back"))


@dataclass(frozen=True)
class Partnership:
    """The partners of a nomination by name: those that have agreed, and those of which there is no answer yet."""

    confirmed: tuple[str, ...]
    unanswered: tuple[str, ...]

    @classmethod
    def of(cls, nomination: Nomination) -> Partnership:
        found = partners.of(db.session(), nomination)
        return cls(
            tuple(it.organisation.name for it in found if it.standing in AGREED),
            tuple(it.organisation.name for it in found if it.standing in UNANSWERED),
        )


def _confirmed(desk: Desk) -> list[str]:
    """The partners that have agreed, each with the day on which it did."""
    return [
        f"{it.organisation.name} ({says.day(it.row.approved_at, desk.edition.zone)})"
        for it in partners.of(db.session(), desk.nomination)
        if it.standing in AGREED and it.row.approved_at is not None
    ]


def _keys(answer: Json) -> list[Json]:
    return answer if isinstance(answer, list) else []


def of_submission(desk: Desk, submission: NominationSubmission) -> Reading:
    """The text that was submitted."""
    revision = drafts.revision(db.session(), desk.nomination, submission.revision_number)
    assert revision is not None
    return Reading(desk, drafts.said_by(revision))


def facts(desk: Desk, submission: NominationSubmission) -> tuple[tuple[str, str], ...]:
    """What a receipt states beside the text and its hash, name by name."""
    sender = db.session.get(Account, submission.by_id)
    at = dict.fromkeys(says.at(submission.at, zone) for zone in (desk.edition.zone, sessions.me().zone))
    stated = (
        (_("Reference"), desk.nomination.reference),
        (_("Submitted"), "\n".join(at)),
        (_("How"), str(says.TIMELINESS[submission.timeliness])),
        (_("By"), (sender.name or sender.email) if sender else ""),
        (_("Awards"), str(desk.edition_name)),
        (_("Submission"), str(submission.number)),
        (_("Partners that have confirmed"), "\n".join(_confirmed(desk))),
    )
    return tuple((name, value) for name, value in stated if value)
