"""Conflicts: found from every source, kept as rows, refused by the database, waived one pair at a time."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from awards import conflicts, judges
from awards.decisions import ReasonMissing
from awards.models import (
    Assignment,
    AssignmentState,
    AuditEvent,
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    NominationPartner,
    Organisation,
    OrganisationAlias,
    ScoreSheet,
)
from awards.organisations import fold
from awards.tables import FileRefused, Reason
from tests.awards.play import NOW, Play, entry, judge


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    return Play(session(), tmp_path)


@pytest.fixture
def waivable(session: scoped_session[Session], tmp_path: Path) -> Play:
    return Play(session(), tmp_path, {"same_country": "waivable"})


def add(
    play: Play, name: str, *, country: str = "CN", kind: str = "city", inside: str = "", alias: str = ""
) -> None:
    """An organisation of the directory."""
    parent = play.session.scalars(select(Organisation).where(Organisation.name == inside)).first()
    made = Organisation(
        name=name,
        folded=fold(name),
        country=country,
        kind=kind,
        city=name,
        parent_id=parent.id if parent else None,
        confirmed=True,
    )
    if alias:
        made.aliases.append(OrganisationAlias(name=alias, folded=fold(alias)))
    play.session.add(made)
    play.session.flush()


def found(play: Play) -> set[tuple[str, str, str]]:
    rows = play.session.scalars(select(Conflict))
    return {
        (row.judge.account.email.partition("@")[0], row.nomination.reference, row.source.value)
        for row in rows
    }


def test_a_judge_of_the_same_city_is_in_conflict_however_it_is_written(play: Play) -> None:
    play.nominate(entry("N1", organisation="Port Office", city="Málaga", country="ES"), entry("N2"))

    play.seat(judge("ada", city="MALAGA", country="ES"), judge("ben", city="Malaga", country="MX"))

    assert found(play) == {("ada", "N1", "same_city")}


def test_a_city_is_known_by_its_other_names(play: Play) -> None:
    add(play, "Seoul", country="KR", alias="서울특별시")
    play.nominate(entry("N1", organisation="서울특별시", city="", country="KR"))

    play.seat(judge("ada", city="Seoul", country="KR"))

    assert found(play) == {("ada", "N1", "same_city")}


def test_a_judge_of_the_same_organisation_is_in_conflict_wherever_they_live(play: Play) -> None:
    play.nominate(entry("N1", organisation="Bridge Works", city="Lyon", country="FR"))

    play.seat(judge("ada", organisation="bridge works", city="Nice", country="FR"))

    assert found(play) == {("ada", "N1", "same_organisation"), ("ada", "N1", "same_city")}


@pytest.mark.parametrize(
    ("judged", "judges_city"), [("Ningbo", "Zhejiang"), ("Zhejiang", "Ningbo"), ("Zhejiang", "Haishu")]
)
def test_parent_and_child_are_the_same_city(play: Play, judged: str, judges_city: str) -> None:
    add(play, "Zhejiang", kind="province")
    add(play, "Ningbo", inside="Zhejiang")
    add(play, "Haishu", kind="district", inside="Ningbo")
    play.nominate(entry("N1", organisation=judged, city=judged, country="CN"))

    play.seat(judge("ada", city=judges_city, country="CN"))

    assert found(play) == {("ada", "N1", "same_city")}


def test_two_cities_of_one_province_are_two_cities(play: Play) -> None:
    add(play, "Zhejiang", kind="province")
    add(play, "Ningbo", inside="Zhejiang")
    add(play, "Hangzhou", inside="Zhejiang")
    play.nominate(entry("N1", organisation="Ningbo", city="Ningbo", country="CN"))

    play.seat(judge("ada", city="Hangzhou", country="CN"))

    assert found(play) == set()


def test_a_body_of_the_city_is_its_child(play: Play) -> None:
    add(play, "Ningbo")
    add(play, "Ningbo Data Agency", kind="public-agency", inside="Ningbo")
    play.nominate(entry("N1", organisation="Ningbo", city="Ningbo", country="CN"))

    play.seat(judge("ada", organisation="Ningbo Data Agency", city="Shanghai", country="CN"))

    assert found(play) == {("ada", "N1", "same_city")}


def test_partners_of_a_joint_nomination_count_like_its_lead(play: Play) -> None:
    add(play, "Lyon", country="FR")
    add(play, "Rhone Data Club", country="FR", kind="association")
    play.nominate(entry("N1", country="KR", partners="Lyon;Rhone Data Club"))

    play.seat(
        judge("ada", city="Lyon", country="FR"),
        judge("ben", organisation="Rhone Data Club", city="", country="FR"),
    )

    assert {("ada", "N1", "same_city"), ("ben", "N1", "same_organisation")} <= found(play)


@pytest.mark.parametrize("how", ["ended_at", "declined_at"])
def test_a_partner_that_was_taken_off_or_declined_is_in_nobodys_way(play: Play, how: str) -> None:
    add(play, "Lyon", country="FR")
    play.nominate(entry("N1", country="KR", partners="Lyon"))
    play.session.execute(update(NominationPartner).values({how: NOW}))

    play.seat(judge("ada", city="Lyon", country="FR"))

    assert found(play) == set()


def test_a_partner_that_nobody_knows_counts_as_the_city_of_its_name(play: Play) -> None:
    play.nominate(entry("N1", partners="Lyon; Porto"), entry("N2", partners="Nantes"))

    play.seat(judge("ada", city="Lyon", country="FR"), judge("ben", organisation="Porto Club", city="porto"))

    assert found(play) == {("ada", "N1", "same_city"), ("ben", "N1", "same_city")}


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("Prof. Ana Quimera-Sol", "Advised by ANA QUIMERA SOL."),
        ("Dr. Zoë Ünlü", "Thanks to Zoe Unlu, engineer."),
        ("가나다", "자문 위원 가나다가 참여하였다."),
    ],
)
def test_a_judge_named_in_the_text_is_in_conflict(play: Play, name: str, summary: str) -> None:
    play.nominate(entry("N1", summary=summary), entry("N2"))

    play.seat((name, "ada@example.org", "Club", "Nice", "FR", "en", ""))

    assert found(play) == {("ada", "N1", "named")}


def test_one_word_or_a_part_of_a_longer_name_names_nobody(play: Play) -> None:
    play.nominate(entry("N1", summary="Smart Ada Fictionalised; Solo."))

    play.seat(judge("ada"), ("Solo", "solo@example.org", "Club", "Nice", "FR", "en", ""))

    assert found(play) == set()


def test_the_same_country_is_a_conflict_unless_the_rules_say_off(waivable: Play) -> None:
    waivable.nominate(entry("N1", country="KR"), entry("N2", country="FR"))

    waivable.seat(judge("ada", country="KR"))

    assert found(waivable) == {("ada", "N1", "same_country")}


def test_the_seat_of_an_international_body_is_nobodys_country(waivable: Play) -> None:
    add(waivable, "World Meeting", country="KR", kind="international")
    waivable.nominate(entry("N1", country="KR"))

    waivable.seat(judge("ada", organisation="World Meeting", city="", country="KR"))

    assert found(waivable) == set()


def test_who_put_a_nomination_forward_does_not_judge_it(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    nomination = play.nomination("N1")
    nomination.nominator_id = judges.find(play.session, play.edition, "ada@example.org").account_id

    conflicts.find(play.session, play.edition, actor=play.actor, now=play.now)

    assert found(play) == {("ada", "N1", "named")}


def test_a_nomination_of_a_person_without_city_or_organisation_has_a_country_only(waivable: Play) -> None:
    waivable.nominate(("N1", "services", "individual", "A life", "", "", "KR", "", ""))

    waivable.seat(judge("ada", organisation="Club", city="", country="KR"))

    assert found(waivable) == {("ada", "N1", "same_country")}


def test_a_search_again_finds_nothing_new_and_forgets_nothing(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"))
    play.seat(judge("ada", city="Lyon", country="FR"))
    before = found(play)

    again = conflicts.find(play.session, play.edition, actor=play.actor, now=play.now)

    assert (sum(again.found.values()), again.dropped, again.recused) == (0, 0, 0)
    assert found(play) == before != set()


def test_a_judge_who_moves_leaves_the_old_citys_conflict_behind(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"), entry("N2", city="Nice", country="FR"))
    play.seat(judge("ada", organisation="Old Club", city="Lyon", country="FR"))

    loaded = play.seat(judge("ada", organisation="New Club", city="Nice", country="FR"))

    assert found(play) == {("ada", "N2", "same_city")}
    assert loaded.search.dropped == 1


def test_no_pair_in_conflict_is_given_out(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"), entry("N2"))
    play.seat(judge("ada", city="Lyon", country="FR"))

    done = play.assign()

    assert done.kept_out == {ConflictSource.SAME_CITY: 1}
    assert [row.nomination.reference for row in play.session.scalars(select(Assignment))] == ["N2"]


def test_marks_for_a_nomination_in_conflict_are_refused(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"))
    play.seat(judge("ada", city="Lyon", country="FR"))
    play.assign()

    with pytest.raises(FileRefused) as refused:
        play.mark(("ada@example.org", "N1", "8", "8"))

    assert [line.reason for line in refused.value.lines] == [Reason.IN_CONFLICT]


def test_a_conflict_found_late_ends_the_assignment_and_its_sheet_no_longer_counts(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"))
    play.seat(judge("ada"))
    play.assign()
    play.mark(("ada@example.org", "N1", "8", "8"))

    loaded = play.seat(judge("ada", city="Lyon", country="FR"))

    sheet = play.session.scalars(select(ScoreSheet)).one()
    assert loaded.search.recused == 1
    assert (sheet.counted, sheet.reason) == (False, "conflict")
    assert sheet.assignment.state is AssignmentState.RECUSED


def test_the_audit_says_what_a_search_changed(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    play.assign()
    play.mark(("ada@example.org", "N1", "8", "8"))
    before = len(play.session.scalars(select(AuditEvent)).all())
    nomination = play.nomination("N1")
    nomination.nominator_id = judges.find(play.session, play.edition, "ada@example.org").account_id

    conflicts.find(play.session, play.edition, actor=play.actor, now=play.now)
    conflicts.find(play.session, play.edition, actor=play.actor, now=play.now)

    events = play.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[before:]
    assert [event.action for event in events] == ["conflicts.found"]
    assert json.loads(events[0].payload.after) == {
        "dropped": 0,
        "found": {"named": 1},
        "recused": 1,
        "suspected": 0,
    }


def test_the_database_refuses_an_assignment_in_conflict_written_by_hand(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"))
    play.seat(judge("ada", city="Lyon", country="FR"))
    ada, nomination = judges.find(play.session, play.edition, "ada@example.org"), play.nomination("N1")

    with pytest.raises(DBAPIError, match="in conflict"):
        play.session.execute(
            text(
                "INSERT INTO assignment (judge_id, nomination_id, round, kind, state, at)"
                " VALUES (:judge, :nomination, 'first', 'regular', 'issued', '2014-09-01 09:30:00')"
            ),
            {"judge": ada.id, "nomination": nomination.id},
        )


def test_the_database_refuses_a_sheet_in_conflict_written_by_hand(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    play.assign()
    play.mark(("ada@example.org", "N1", "8", "8"))
    sheet = play.session.scalars(select(ScoreSheet)).one()
    play.session.execute(
        insert(Conflict).values(
            judge_id=sheet.assignment.judge_id,
            nomination_id=sheet.assignment.nomination_id,
            source=ConflictSource.DECLARED,
            detail="",
            found_at=NOW,
        )
    )

    with pytest.raises(DBAPIError, match="in conflict"):
        play.session.execute(
            text(
                "INSERT INTO score_sheet_version (sheet_id, number, marks, origin, comment, feedback, at)"
                " VALUES (:sheet, 2, '{}', 'file', '', '', '2014-09-01 09:30:00')"
            ),
            {"sheet": sheet.id},
        )


def test_the_database_refuses_to_move_an_assignment_to_another_judge(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada", categories="openness"), judge("ben"))
    play.assign()
    ada = judges.find(play.session, play.edition, "ada@example.org")

    with pytest.raises(DBAPIError, match="never moved"):
        play.session.execute(text("UPDATE assignment SET judge_id = :judge"), {"judge": ada.id})


def test_the_same_country_is_waived_where_no_other_judge_is_left(waivable: Play) -> None:
    waivable.nominate(entry("N1", country="KR"))
    waivable.seat(judge("ada", country="KR"), judge("ben", country="KR"))
    ada, nomination = (
        judges.find(waivable.session, waivable.edition, "ada@example.org"),
        waivable.nomination("N1"),
    )

    decision, new = conflicts.waive(
        waivable.session,
        waivable.edition,
        ada,
        nomination,
        reason="Nobody else.",
        actor=waivable.actor,
        now=NOW,
    )
    again, new_again = conflicts.waive(
        waivable.session,
        waivable.edition,
        ada,
        nomination,
        reason="Nobody else.",
        actor=waivable.actor,
        now=NOW,
    )
    done = waivable.assign()

    assert (new, new_again, again) == (True, False, decision)
    assert (decision.kind, decision.subject) == (
        DecisionKind.CONFLICT_WAIVED,
        {"nomination": "N1", "judge": ada.public_id, "source": "same_country"},
    )
    assert decision.names["N1"]["title"] == "Project N1"
    assert done.loads == {"ada@example.org": 1, "ben@example.org": 0}


def test_the_same_country_is_not_waived_while_another_judge_is_left(waivable: Play) -> None:
    waivable.nominate(entry("N1", country="KR"))
    waivable.seat(judge("ada", country="KR"), judge("ben"), judge("cy", categories="openness"))
    ada, nomination = (
        judges.find(waivable.session, waivable.edition, "ada@example.org"),
        waivable.nomination("N1"),
    )

    with pytest.raises(conflicts.OtherJudgesLeft) as refused:
        conflicts.waive(
            waivable.session,
            waivable.edition,
            ada,
            nomination,
            reason="Please.",
            actor=waivable.actor,
            now=NOW,
        )

    assert str(refused.value) == "ben@example.org"


def test_no_other_conflict_is_ever_waived(waivable: Play) -> None:
    waivable.nominate(entry("N1", city="Seoul", country="KR"), entry("N2", country="FR"))
    waivable.seat(judge("ada", city="Seoul", country="KR"))
    ada = judges.find(waivable.session, waivable.edition, "ada@example.org")

    for reference, reason, fact in (
        ("N1", "Please.", conflicts.NotWaivable),
        ("N2", "Please.", conflicts.NoConflict),
        ("N1", " ", ReasonMissing),
    ):
        with pytest.raises(fact):
            conflicts.waive(
                waivable.session,
                waivable.edition,
                ada,
                waivable.nomination(reference),
                reason=reason,
                actor=waivable.actor,
                now=NOW,
            )

    assert (
        waivable.session.scalars(select(Decision).where(Decision.kind == DecisionKind.CONFLICT_WAIVED)).all()
        == []
    )


def test_the_same_country_is_not_waived_where_the_rules_say_block(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"same_country": "block"})
    play.nominate(entry("N1", country="KR"))
    play.seat(judge("ada", country="KR"))
    ada = judges.find(play.session, play.edition, "ada@example.org")

    with pytest.raises(conflicts.NotWaivable):
        conflicts.waive(
            play.session,
            play.edition,
            ada,
            play.nomination("N1"),
            reason="Please.",
            actor=play.actor,
            now=NOW,
        )
