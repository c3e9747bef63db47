"""What lies on the desks of the demo while nominations are checked: one nomination for each thing to be done."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import click
from sqlalchemy import select

from awards import accounts, appeals, editions, moving, releasing, returning, screening, submitting, uploads
from awards.audit import Actor
from awards.cli.demo.drafts import COLLEAGUE, NOMINATOR, night_bus
from awards.cli.demo.schedule import PAST, SEOUL, ZONE
from awards.cli.demo.writing import Writer, letter, texts, writer
from awards.cli.shell import Shell, acting
from awards.models import Edition, Nomination, NominationRevision, Role
from awards.timetable import Moment

OFFICER = "officer@example.org"
SCREENER = "screener@example.org"

COMPANY = "The rules take nominations of cities and public agencies. A company can be named as a partner of its city."
OWNED = "The water company belongs to the city, which holds all its shares, and is bound by the law on public bodies."
MOVED = "The benches serve the running of the transport. Urban Management has more nominations of that kind."
RETURNED = "The second figure says nothing about when it was counted. Please add the survey and the day."
LATE = (
    "The mains failed in the whole quarter from ten in the evening; the power company's notice can be shown."
)


@click.command("demo-in-time", hidden=True)
@click.argument("key")
@acting
def write_in_time(shell: Shell, key: str) -> None:
    """Write and submit as the demo's nominators did, two days before nominations closed."""
    edition = editions.find(shell.session, key)
    before = PAST[Moment.NOMINATIONS_CLOSE] - timedelta(days=2)
    nominator, colleague, officer = _writers(shell, edition, before)
    night_bus(nominator)
    for name in ("benches", "queue"):
        nominator.submit(name)
    for name in ("minutes", "water"):
        colleague.submit(name)
    officer.submit("library")
    officer.fill(officer.begin("ferry"))


@click.command("demo-desks", hidden=True)
@click.argument("key")
@acting
def screen(shell: Shell, key: str) -> None:
    """Decide, return, ask and appeal as the demo's people would, in the days before today."""
    edition = editions.find(shell.session, key)
    account, _ = accounts.find_or_make(
        shell.session, SCREENER, name="Screener of the demo", now=shell.now, actor=shell.actor
    )
    accounts.grant(shell.session, account, Role.SCREENER, edition=edition, actor=shell.actor, now=shell.now)
    desk = _Desk(shell, edition, Actor(account=account, real=account))
    desk.refuse_and_tell(shell.now - timedelta(days=3))
    desk.appeal(shell.now - timedelta(days=1))
    desk.give_back_and_ask(shell.now - timedelta(days=1))
    desk.decide_without_telling(shell.now)
    _come_late(shell, edition)


@click.command("demo-tell", hidden=True)
@click.argument("key")
@acting
def tell(shell: Shell, key: str) -> None:
    """Let the mails about eligibility go, as the secretariat does before judges read."""
    edition = editions.find(shell.session, key)
    waiting = [it.decision.number for it in releasing.pending(shell.session, edition)]
    releasing.release(shell.session, edition, waiting, actor=shell.actor, now=shell.now)


class _Desk:
    """The screener's desk in the days before today."""

    def __init__(self, shell: Shell, edition: Edition, screener: Actor) -> None:
        self.shell, self.edition, self.screener = shell, edition, screener

    def refuse_and_tell(self, now: datetime) -> None:
        """Two are ineligible and have been told: one may appeal still, one has."""
        taken = [self._decide(name, eligible=False, now=now, reason=COMPANY) for name in ("queue", "water")]
        releasing.release(self.shell.session, self.edition, taken, actor=self.screener, now=now)

    def appeal(self, now: datetime) -> None:
        """The colleague appeals, with a file."""
        colleague = _writers(self.shell, self.edition, now)[1]
        nomination = written(self.shell, self.edition, "water")
        extract = uploads.inspect(
            "Extract of the register.pdf", letter("Extract of the register of companies", OWNED)
        )
        appeals.lodge(
            self.shell.session,
            self.edition,
            nomination,
            text=OWNED,
            attachment_key=colleague.keep(nomination, "appeal", extract),
            actor=colleague.actor,
            now=now,
        )

    def give_back_and_ask(self, now: datetime) -> None:
        """One goes back to its nominator for a week, another is asked to change its category."""
        until = datetime.combine(now.astimezone(SEOUL).date() + timedelta(days=8), time(23, 59))
        returning.send_back(
            self.shell.session,
            self.edition,
            written(self.shell, self.edition, "night-bus"),
            named=("results", "documents"),
            note=RETURNED,
            local=until,
            zone=ZONE,
            actor=self.screener,
            now=now,
        )
        moving.ask(
            self.shell.session,
            self.edition,
            written(self.shell, self.edition, "benches"),
            "urban-management",
            reason=MOVED,
            actor=self.screener,
            now=now,
        )

    def decide_without_telling(self, now: datetime) -> None:
        """Two decisions whose mails wait for a second look."""
        self._decide("minutes", eligible=True, now=now)
        self._decide("library", eligible=True, now=now)

    def _decide(self, name: str, *, eligible: bool, now: datetime, reason: str = "") -> int:
        verdict = screening.decide(
            self.shell.session,
            self.edition,
            written(self.shell, self.edition, name).reference,
            eligible=eligible,
            reason=reason,
            actor=self.screener,
            now=now,
        )
        assert verdict.decision is not None
        return verdict.decision.number


def _come_late(shell: Shell, edition: Edition) -> None:
    """A nomination that was ready an hour after the deadline, with the request to take it."""
    officer = _writers(shell, edition, PAST[Moment.NOMINATIONS_CLOSE] + timedelta(hours=1))[2]
    draft = written(shell, edition, "ferry")
    submitting.ask_for_late(shell.session, draft, reason=LATE, actor=officer.actor, now=officer.now)


def _writers(shell: Shell, edition: Edition, now: datetime) -> tuple[Writer, Writer, Writer]:
    return (
        writer(shell, edition, NOMINATOR, "Nominator of the demo", now=now),
        writer(shell, edition, COLLEAGUE, "Colleague of the demo", now=now, language="ko", zone="Asia/Seoul"),
        writer(shell, edition, OFFICER, "Officer of the demo", now=now, zone="Europe/Stockholm"),
    )


def written(shell: Shell, edition: Edition, name: str) -> Nomination:
    """One of those that were written in the form, found by its title."""
    return shell.session.scalars(
        select(Nomination)
        .join(NominationRevision, NominationRevision.nomination_id == Nomination.id)
        .where(
            Nomination.edition_id == edition.id,
            NominationRevision.title == texts()["nominations"][name]["title"],
        )
        .limit(1)
    ).one()
