"""An edition decided, with those who bring its result to the public: two organisers, and who writes the winner."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    acceptances,
    accounts,
    arming,
    declining,
    jobs,
    publication,
    records,
    takedowns,
    wishes,
)
from awards.audit import Actor
from awards.jobs import Work
from awards.models import (
    Acceptance,
    Decision,
    Outbox,
    OutboxState,
    PublicationKind,
    Release,
    Role,
)
from judging.record import read_bytes
from judging.recount import recount
from tests.awards import certified
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.awards.play import entry

TWO = [*(entry(name) for name in FINALISTS), entry("M-1", "openness"), entry("M-2", "openness")]
MARKS = dict.fromkeys(FINALISTS, 8) | {"M-1": 9, "M-2": 5}
URL = "https://awards.example.org"


class Office:
    """An edition decided, with two organisers and the writer of SV-1; SV-1 has the best prize, then SV-2."""

    def __init__(
        self,
        session: scoped_session[Session],
        folder: Path,
        rules: dict[str, object] | None = None,
        more: str = "",
    ):
        self.contest = Contest(session, folder, rules=rules or {}, more=more, entries=TWO, marks=MARKS)
        self.session, self.now = session, self.contest.now
        self.contest.opened()
        self.contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
        self.contest.ballots(*(("openness", address(name), "M-2", "M-1") for name in JUDGES))
        self.contest.close()
        self.edition = self.contest.edition
        self.olga, self.omar = (self._person(name, Role.ORGANISER) for name in ("olga", "omar"))
        self.writer = self._person("wilma")
        self.contest.nomination("SV-1").nominator_id = self.writer.account.id
        self.folder = folder / "files"

    def _person(self, name: str, *roles: Role) -> Actor:
        account, _ = accounts.find_or_make(
            self.session(), f"{name}@people.example", name=name, now=self.now, actor=None
        )
        for role in roles:
            accounts.grant(
                self.session(), account, role, edition=self.edition, actor=self.contest.actor, now=self.now
            )
        return Actor(account, account)

    def signed(self) -> Office:
        self.contest.sign()
        return self

    def propose(self, *categories: str, hours: int = 0) -> str:
        return arming.propose(
            self.session(),
            self.edition,
            categories or ("services", "openness"),
            due=self.now + timedelta(hours=hours) if hours else None,
            reason="The board agrees.",
            actor=self.olga,
            now=self.now,
        ).subject_sha256

    def arm(self, *categories: str, hours: int = 0) -> Release:
        return arming.approve(
            self.session(),
            self.edition,
            self.propose(*categories, hours=hours),
            actor=self.omar,
            now=self.now,
        )

    def approve_proofs(self) -> None:
        certified.approve_proofs(self.session, self.edition, self.contest.actor, self.now)

    def press(self, release: Release) -> None:
        self.approve_proofs()
        arming.press(
            self.session(),
            self.edition,
            release,
            folder=self.folder,
            url=URL,
            actor=self.olga,
            now=self.now,
        )

    def tick(self) -> int:
        work = Work(
            self.session(),
            self.contest.actor,
            self.now,
            self.contest.keys,
            URL,
            "laurels@awards.example",
            self.folder,
        )
        return jobs.tick(work).releases

    def public(self) -> list[str]:
        found = publication.visible(self.session(), self.edition, PublicationKind.WINNERS, self.now)
        return sorted(it.category for it in found)

    def tell(self) -> list[Acceptance]:
        waiting = acceptances.telling(self.session(), self.edition)
        return acceptances.tell(
            self.session(), self.edition, [it.id for it in waiting], actor=self.olga, now=self.now
        )

    def told(self, reference: str) -> Acceptance:
        found = acceptances.of_edition(self.session(), self.edition)
        return next(it for it in found if it.award.nomination.reference == reference)

    def answer(self, accepted: bool, **names: str) -> Acceptance:
        told = self.told("SV-1")
        acceptances.answer(
            self.session(),
            self.edition,
            told,
            accepted=accepted,
            names=names,
            actor=self.writer,
            now=self.now,
        )
        return told

    def settle(self, told: Acceptance, seen: str = "") -> None:
        wishes.settle(
            self.session(),
            self.edition,
            told,
            seen=seen or wishes.fingerprint(told),
            adopt=True,
            actor=self.olga,
            now=self.now,
        )

    def decline(self, told: Acceptance) -> Decision:
        follows = declining.consequence(self.session(), self.edition, told.award)
        return declining.record(
            self.session(),
            self.edition,
            told,
            seen=follows.seen,
            reason="The city writes that it has left the association.",
            actor=self.olga,
            now=self.now,
        )

    def letters(self, template: str) -> list[OutboxState]:
        return list(self.session.scalars(select(Outbox.state).where(Outbox.template == template)))

    def take_down(self) -> None:
        takedowns.take_down(
            self.session(), self.edition, ["services"], reason="A name.", actor=self.olga, now=self.now
        )

    def recount(self, *, public: bool = True) -> list[object]:
        found = records.kept(self.session(), self.edition, folder=self.folder, public=public)
        assert found is not None
        return list(recount(read_bytes(found[1])).differences)
