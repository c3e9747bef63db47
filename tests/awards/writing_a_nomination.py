"""Nominations written in the form, for tests of the use cases: an officer, a deadline, a complete draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from awards import deadlines, drafts, editions, submitting
from awards.audit import Actor
from awards.models import (
    Account,
    AccountAddress,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationReturn,
    NominationState,
    NominationSubmission,
)
from awards.timetable import Moment
from tests.awards.builders import NOW, Work, edition_of, operator

CLOSES = datetime(2026, 4, 10, 21, 59, tzinfo=UTC)
ZONE = "Europe/Berlin"
FIELDS = """
[[fields]]
key = "problem"
kind = "text"
required = true
public = true
judges = true
limit = 20
name.en = "Problem"
[[fields]]
key = "declaration"
kind = "consent"
required = true
public = false
judges = false
name.en = "Declaration"
"""
RULES = """
deadline = true
grace_minutes = 15
"""
WHOLE: dict[str, Any] = {
    "title": "Buses that say when they come",
    "summary": "Every stop shows when the next bus comes.",
    "organisation_name": "City of Quillonia",
    "city": "Quillonia",
    "country": "KR",
    "problem": "Nobody knew when a bus would come.",
    "declaration": True,
}


@dataclass
class Desk:
    """An edition whose nominations close on 10 April at 23:59 in Berlin, and an officer who writes."""

    session: Work

    def __post_init__(self) -> None:
        self.operator = operator(self.session)
        self.edition: Edition = edition_of(self.session, self.operator, fields=FIELDS, eligibility=RULES)
        editions.set_moment(
            self.session,
            self.edition,
            Moment.NOMINATIONS_CLOSE,
            datetime(2026, 4, 10, 23, 59),  # noqa: DTZ001 (local, as stated)
            zone=ZONE,
            actor=self.operator,
            now=NOW,
        )
        self.officer = self.somebody("officer@city.example")

    def somebody(self, email: str) -> Actor:
        account = Account(name="Officer Example", created_at=NOW)
        self.session.add(account)
        self.session.flush()
        self.session.add(AccountAddress(account_id=account.id, email=email))
        self.session.flush()
        return Actor(account=account, real=account)

    def begin(
        self, *, category: str = "services", by: Actor | None = None, now: datetime = NOW
    ) -> Nomination:
        return drafts.start(
            self.session, self.edition, category=category, language="en", actor=by or self.officer, now=now
        )

    def write(self, nomination: Nomination, *, now: datetime = NOW, **said: Any) -> int:
        made = drafts.change(self.session, nomination, said, base=None, actor=self.officer, now=now)
        return made.number

    def draft(self, **said: Any) -> Nomination:
        """A complete draft, but for what is named."""
        nomination = self.begin()
        self.write(nomination, **(WHOLE | said))
        return nomination

    def submit(
        self, nomination: Nomination, *, now: datetime = NOW, opened: datetime | None = None
    ) -> NominationSubmission:
        return submitting.submit(self.session, nomination, opened=opened or now, actor=self.officer, now=now)

    def submitted(self, **said: Any) -> Nomination:
        nomination = self.draft(**said)
        self.submit(nomination)
        return nomination

    def give_back(self, nomination: Nomination, *fields: str, until: datetime) -> NominationReturn:
        """As a screener does it: the fields named are open again until a moment."""
        decision = Decision(
            edition_id=self.edition.id,
            number=900,
            kind=DecisionKind.RETURNED,
            nomination_id=nomination.id,
            at=NOW,
        )
        self.session.add(decision)
        self.session.flush()
        returned = NominationReturn(
            nomination_id=nomination.id,
            revision_number=nomination.submitted_number,
            fields=list(fields),
            note="The problem is not clear.",
            local=until.replace(tzinfo=None).isoformat(),
            zone="UTC",
            until=until,
            decision_id=decision.id,
            at=NOW,
        )
        self.session.add(returned)
        nomination.state = NominationState.RETURNED
        self.session.flush()
        return returned

    def own_deadline(self, nomination: Nomination, until: datetime) -> None:
        deadlines.grant(
            self.session,
            self.edition,
            until.replace(tzinfo=None),
            zone="UTC",
            reason="The city hall was flooded.",
            nomination=nomination,
            actor=self.operator,
            now=NOW,
        )


AFTER = timedelta(seconds=1)
