"""The release: two arm it, one presses or the clock does, and only what two have seen becomes public."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    acceptances,
    accounts,
    arming,
    certificates,
    confidences,
    declining,
    jobs,
    prizes,
    publication,
    records,
    takedowns,
)
from awards.acceptances import NothingToTell, Released
from awards.approvals import SamePerson
from awards.arming import AlreadyArmed, CategoryDown, NotWaiting, StandChanged
from awards.audit import Actor
from awards.declining import ConsequencesChanged, NotDeclined
from awards.jobs import Work
from awards.models import (
    Acceptance,
    Answer,
    Award,
    CertificateState,
    Decision,
    DecisionKind,
    Outbox,
    OutboxState,
    PublicationKind,
    Release,
    ReleaseState,
    Role,
)
from awards.publishing import WinnersNotSigned
from awards.takedowns import NotDown
from awards.timetable import Phase
from judging.record import read_bytes
from judging.recount import recount
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.awards.play import entry

TWO = [*(entry(name) for name in FINALISTS), entry("M-1", "openness"), entry("M-2", "openness")]
MARKS = dict.fromkeys(FINALISTS, 8) | {"M-1": 9, "M-2": 5}
URL = "https://awards.example.org"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Office:
    """An edition decided, with two organisers and the writer of SV-1; SV-1 has the best prize, then SV-2."""

    def __init__(
        self, session: scoped_session[Session], folder: Path, rules: dict[str, object] | None = None
    ):
        self.contest = Contest(session, folder, rules=rules or {}, entries=TWO, marks=MARKS)
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

    def press(self, release: Release) -> None:
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


@pytest.fixture
def office(session: scoped_session[Session], tmp_path: Path) -> Office:
    return Office(session, tmp_path).signed()


@ON_SQLITE
def test_two_arm_and_one_presses_and_three_names_stand_under_it(office: Office) -> None:
    sha256 = office.propose()
    with pytest.raises(SamePerson):
        arming.approve(office.session(), office.edition, sha256, actor=office.olga, now=office.now)
    release = arming.approve(office.session(), office.edition, sha256, actor=office.omar, now=office.now)
    assert office.public() == []

    office.press(release)

    assert office.public() == ["openness", "services"]
    assert office.edition.phase is Phase.PUBLISHED
    signed = office.session.scalars(select(Decision).where(Decision.kind == DecisionKind.RELEASE)).one()
    assert [it["name"] for it in signed.signers] == ["olga", "omar", "olga"]
    assert office.recount() == []
    with pytest.raises(NotWaiting):
        office.press(release)


def test_the_clock_releases_once_and_two_names_stand_under_it(office: Office) -> None:
    release = office.arm("services", hours=2)
    assert (office.tick(), office.public()) == (0, [])

    office.now += timedelta(hours=2)

    assert (office.tick(), office.tick()) == (1, 0)
    assert (office.public(), release.state) == (["services"], ReleaseState.DONE)
    signed = office.session.scalars(select(Decision).where(Decision.kind == DecisionKind.RELEASE)).one()
    assert [it["name"] for it in signed.signers] == ["olga", "omar"]


@ON_SQLITE
def test_a_held_release_waits_for_nothing_until_it_is_let_go_on(office: Office) -> None:
    release = office.arm("services", hours=2)
    arming.hold(office.session(), office.edition, release, actor=office.omar, now=office.now)
    office.now += timedelta(hours=3)

    assert (office.tick(), office.public()) == (0, [])
    with pytest.raises(NotWaiting):
        office.press(release)

    arming.go_on(office.session(), office.edition, release, actor=office.omar, now=office.now)
    assert (office.tick(), release.due_at) == (0, None)
    office.press(release)
    assert office.public() == ["services"]


@ON_SQLITE
def test_what_changed_since_it_was_armed_is_not_released(office: Office) -> None:
    release = office.arm("services", hours=1)
    award = prizes.of_edition(office.session(), office.edition)[-1]
    award.names = {**award.names, "title": "Another title"}
    office.session.flush()

    with pytest.raises(StandChanged):
        office.press(release)
    office.now += timedelta(hours=1)

    assert (office.tick(), release.state, office.public()) == (0, ReleaseState.HELD, [])


@ON_SQLITE
def test_what_is_not_signed_armed_twice_or_down_is_not_armed(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    office = Office(session, tmp_path)
    with pytest.raises(WinnersNotSigned):
        office.propose()
    office.signed()
    release = office.arm("services")
    with pytest.raises(AlreadyArmed):
        office.propose("services")
    office.press(release)
    office.take_down()
    with pytest.raises(CategoryDown):
        office.propose("services")


@ON_SQLITE
def test_one_takes_down_and_two_put_back_with_letters_and_a_record_of_its_own(office: Office) -> None:
    office.press(office.arm())
    assert office.letters("result") == [OutboxState.QUEUED]

    office.take_down()

    assert office.public() == ["openness"]
    assert office.letters("taken_down") == [OutboxState.QUEUED]
    proposal = takedowns.propose_back(
        office.session(), office.edition, ["services"], reason="Mended.", actor=office.olga, now=office.now
    )
    act = {"folder": office.folder, "now": office.now}
    with pytest.raises(SamePerson):
        takedowns.approve_back(
            office.session(), office.edition, proposal.subject_sha256, actor=office.olga, **act
        )
    takedowns.approve_back(
        office.session(), office.edition, proposal.subject_sha256, actor=office.omar, **act
    )
    assert office.public() == ["openness", "services"]
    assert office.recount() == []
    with pytest.raises(NotDown):
        takedowns.propose_back(
            office.session(), office.edition, ["services"], reason="x", actor=office.olga, now=office.now
        )


@ON_SQLITE
def test_winners_are_told_once_and_their_names_stand_as_they_confirm_them(office: Office) -> None:
    office.tell()
    with pytest.raises(NothingToTell):
        office.tell()
    assert office.letters("won") == [OutboxState.QUEUED]

    told = office.answer(accepted=True, **{"organisation": "Town of the First", "titles.ko": "새 이름"})
    acceptances.settle(office.session(), office.edition, told, adopt=True, actor=office.olga, now=office.now)

    assert told.award.names["organisation"] == "Town of the First"
    assert told.award.names["titles"]["ko"] == "새 이름"
    office.press(office.arm())
    rows = publication.visible(office.session(), office.edition, PublicationKind.WINNERS, office.now)
    assert "Town of the First" in str([it.document for it in rows])
    with pytest.raises(Released):
        office.answer(accepted=False)


@ON_SQLITE
def test_a_certificate_issued_under_the_old_name_is_replaced(office: Office) -> None:
    certificates.issue(office.session(), office.edition, url=URL, actor=office.olga, now=office.now)
    office.tell()
    told = office.answer(accepted=True, organisation="Town of the First", city="Town of the First")
    acceptances.settle(office.session(), office.edition, told, adopt=True, actor=office.olga, now=office.now)
    office.press(office.arm())

    theirs = [
        (it.state, it.citation["nominee"])
        for it in certificates.of_edition(office.session(), office.edition)
        if it.nomination.reference == "SV-1"
    ]
    assert theirs == [
        (CertificateState.REISSUED, "Town of SV-1"),
        (CertificateState.IN_FORCE, "Town of the First"),
    ]


@pytest.mark.parametrize(
    ("rule", "then"),
    [("vacant", {}), ("move_up", {"SV-2": "best"})],
)
@ON_SQLITE
def test_a_declined_prize_goes_where_the_rules_say_and_the_record_recounts(
    session: scoped_session[Session], tmp_path: Path, rule: str, then: dict[str, str]
) -> None:
    office = Office(session, tmp_path, {"minimum_nominations": f'1\nvacated = "{rule}"'}).signed()
    office.tell()
    with pytest.raises(NotDeclined):
        office.decline(office.told("SV-1"))
    told = office.answer(accepted=False)
    stale = office.arm("services")

    office.decline(told)

    given = {
        it.nomination.reference: it.prize
        for it in prizes.of_edition(office.session(), office.edition)
        if it.category == "services"
    }
    assert given == then
    with pytest.raises(StandChanged):
        office.press(stale)
    arming.call_off(
        office.session(), office.edition, stale, reason="Anew.", actor=office.olga, now=office.now
    )
    office.press(office.arm())
    assert (office.recount(), office.recount(public=False)) == ([], [])


@ON_SQLITE
def test_what_follows_is_what_was_looked_at(office: Office) -> None:
    office.tell()
    told = office.answer(accepted=False)

    with pytest.raises(ConsequencesChanged):
        declining.record(
            office.session(), office.edition, told, seen="SV-9:best - ", reason="x", actor=office.olga,
            now=office.now,
        )  # fmt: skip
    told.answer = Answer.ACCEPTED
    assert len(office.session.scalars(select(Award)).all()) == 2


@ON_SQLITE
def test_whoever_opens_it_is_named_once(office: Office) -> None:
    office.tell()
    nomination = office.contest.nomination("SV-1")
    stranger = replace(office.writer, account=office.olga.account, real=office.olga.account)

    for _ in range(2):
        confidences.read(office.session(), office.edition, nomination, actor=office.writer, now=office.now)

    names = [it.name for it in confidences.readers(office.session(), office.edition)[nomination.public_id]]
    assert names == ["wilma"]
    assert not confidences.has_read(office.session(), office.edition, nomination, stranger.account)
