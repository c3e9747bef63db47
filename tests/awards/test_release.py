"""The release: two arm it, one presses or the clock does, and only what two have seen becomes public."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    accounts,
    arming,
    certificates,
    corrections,
    finalists,
    prizes,
    publication,
    publishing,
    records,
    takedowns,
)
from awards.approvals import SamePerson
from awards.arming import AlreadyArmed, NotWaiting, StandChanged
from awards.models import (
    CertificateState,
    Decision,
    DecisionKind,
    Edition,
    Outbox,
    OutboxState,
    PublicationKind,
    Release,
    ReleaseState,
)
from awards.publishing import CategoryDown, WinnersNotSigned
from awards.takedowns import NotDown
from awards.timetable import Phase
from judging.record import read_bytes
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.awards.ending import URL, Office
from tests.awards.play import NOW, entry

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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
    act = {"folder": office.folder, "url": URL, "now": office.now}
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
def test_a_name_that_no_font_draws_keeps_no_other_certificate_back(office: Office) -> None:
    office.tell()
    office.settle(office.answer(accepted=True, title="For \U00013000"))
    office.press(office.arm())

    there = certificates.of_edition(office.session(), office.edition)
    assert "SV-1" not in {it.nomination.reference for it in there}
    assert [it.number.rpartition("-")[2] for it in there] == [f"{it + 1:04d}" for it in range(len(there))]
    assert there


@ON_SQLITE
def test_no_clock_puts_back_what_was_released_otherwise_and_taken_down(office: Office) -> None:
    release = office.arm(hours=2)
    act = {"folder": office.folder, "actor": office.contest.actor, "now": office.now}
    publishing.release(office.session(), office.edition, only=["services"], **act)
    office.take_down()
    with pytest.raises(CategoryDown):
        publishing.release(office.session(), office.edition, **act)
    office.now += timedelta(days=1)

    assert (office.tick(), office.tick()) == (0, 0)
    assert (office.public(), release.state) == ([], ReleaseState.HELD)


@ON_SQLITE
def test_a_late_clock_releases_what_is_left_of_a_release_and_certifies_no_more_than_is_public(
    office: Office,
) -> None:
    office.press(office.arm("services"))
    certified = {it.nomination.category for it in certificates.of_edition(office.session(), office.edition)}
    assert certified == {"services"}

    office.arm("openness", hours=2)
    office.now += timedelta(days=3)
    assert (office.tick(), office.tick(), office.public()) == (1, 0, ["openness", "services"])


@ON_SQLITE
def test_one_release_that_breaks_keeps_no_other_from_its_moment(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.arm("openness", hours=1)
    office.arm("services", hours=2)
    office.now += timedelta(hours=3)
    press = arming.press

    def broken(session: Session, edition: Edition, release: Release, **more: Any) -> object:
        if release.categories == ["openness"]:
            raise OSError("No space left on device")
        return press(session, edition, release, **more)

    with monkeypatch.context() as full:
        full.setattr(arming, "press", broken)
        assert (office.tick(), office.public()) == (1, ["services"])
    assert (office.tick(), office.public()) == (1, ["openness", "services"])


@ON_SQLITE
def test_what_is_down_is_corrected_named_as_confirmed_and_certified_when_it_is_put_back(
    office: Office,
) -> None:
    office.tell()
    office.press(office.arm())
    office.take_down()
    proposal = corrections.propose(
        office.session(), office.edition, "services", reason="A name.", actor=office.contest.actor,
        now=office.now,
    )  # fmt: skip
    corrections.approve(
        office.session(),
        office.edition,
        "services",
        proposal.subject_sha256,
        actor=office.omar,
        now=office.now,
    )
    office.signed()
    told = office.answer(accepted=True, organisation="Town of the First", city="Town of the First")
    office.settle(told)
    back = takedowns.propose_back(
        office.session(), office.edition, ["services"], reason="Mended.", actor=office.olga, now=office.now
    )
    act = {"folder": office.folder, "url": URL, "actor": office.omar, "now": office.now}
    office.approve_proofs()
    takedowns.approve_back(office.session(), office.edition, back.subject_sha256, **act)

    theirs = {
        it.state: it.citation["nominee"]
        for it in certificates.of_edition(office.session(), office.edition)
        if it.nomination.reference == "SV-1"
    }
    assert theirs[CertificateState.IN_FORCE] == "Town of the First"
    shown = publication.visible(office.session(), office.edition, PublicationKind.WINNERS, office.now)
    page = {row["reference"]: row["organisation"] for it in shown for row in it.document["rows"]}
    record = records.kept(office.session(), office.edition, folder=office.folder, public=True)
    assert record
    lines = {
        it["nomination"]: it.get("organisation") for it in read_bytes(record[1]).lines("nominations.jsonl")
    }
    assert page["SV-1"] == lines["SV-1"] == "Town of the First"
    assert office.recount() == []


@ON_SQLITE
@pytest.mark.parametrize(("announced", "letters"), [(False, 1), (True, 0)])
def test_who_was_not_shortlisted_is_written_to_where_the_release_is_the_first_to_say_it(
    session: scoped_session[Session], tmp_path: Path, announced: bool, letters: int
) -> None:
    entries = [*(entry(name) for name in FINALISTS), entry("SV-5")]
    contest = Contest(session, tmp_path, entries=entries, marks=dict.fromkeys(FINALISTS, 8) | {"SV-5": 2})
    contest.shortlisted()
    account, _ = accounts.find_or_make(session(), "w@people.example", name="W", now=NOW, actor=None)
    contest.nomination("SV-5").nominator_id = account.id
    act = {"actor": contest.actor, "now": NOW}
    if announced:
        finalists.announce(session(), contest.edition, **act)
    contest.open()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.sign()

    publishing.release(session(), contest.edition, folder=tmp_path / "files", **act)

    found = session.scalars(select(Outbox.recipient).where(Outbox.template == "not_shortlisted")).all()
    assert found == ["w@people.example"] * letters
