"""Panels: judges taken from a list, and nominations given to them."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import judges, panels
from awards.models import (
    Affiliation,
    Assignment,
    AssignmentRun,
    AuditEvent,
    Grant,
    Judge,
    JudgeState,
    Organisation,
    OrganisationAlias,
    Role,
)
from awards.organisations import fold
from awards.tables import FileRefused, Line, Reason
from awards.timetable import Phase
from judging.assignment import Cause
from judging.values import Round
from tests.awards.play import Play, entry, judge, statements


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    return Play(session(), tmp_path)


def count(play: Play, model: type) -> int:
    return play.session.scalar(select(func.count()).select_from(model)) or 0


def pairs(play: Play, of_round: Round = Round.FIRST) -> set[tuple[str, str]]:
    rows = play.session.scalars(select(Assignment).where(Assignment.round == of_round))
    return {(row.judge.account.email.partition("@")[0], row.nomination.reference) for row in rows}


def test_a_list_of_judges_makes_accounts_grants_and_organisations(play: Play) -> None:
    loaded = play.seat(
        judge("ada", organisation="Institute of Tides", languages="EN;ko", categories="services")
    )

    found = judges.find(play.session, play.edition, " ADA@example.org ")
    grant = play.session.scalars(select(Grant)).one()
    organisation = play.session.scalars(select(Organisation)).one()
    assert loaded.new == ("ada@example.org",)
    assert loaded.organisations == ("Institute of Tides (NZ)",)
    assert (found.state, found.languages, found.categories) == (
        JudgeState.ACCEPTED,
        ["en", "ko"],
        ["services"],
    )
    assert (grant.role, grant.edition_id, grant.account_id) == (Role.JUDGE, play.edition.id, found.account_id)
    assert (organisation.confirmed, organisation.city, organisation.country) == (True, "Elsewhere", "NZ")


def test_the_same_list_again_changes_nothing(play: Play) -> None:
    play.seat(judge("ada"), judge("ben"))

    loaded = play.seat(judge("ada"), judge("ben"))

    assert (loaded.new, loaded.changed) == ((), ())
    assert loaded.unchanged == ("ada@example.org", "ben@example.org")
    assert (count(play, Judge), count(play, Affiliation), count(play, Grant)) == (2, 2, 2)


def test_a_list_that_differs_changes_languages_categories_and_affiliations(play: Play) -> None:
    play.seat(judge("ada", city="Oldtown"), judge("ben"))

    loaded = play.seat(
        judge("ada", city="Newtown", categories="openness"),
        judge("ben", organisation="Club A; Club B", city="X"),
    )

    ada = judges.find(play.session, play.edition, "ada@example.org")
    held = {
        (tie.city, tie.ended_on is None)
        for tie in play.session.scalars(select(Affiliation).where(Affiliation.account_id == ada.account_id))
    }
    assert loaded.changed == ("ada@example.org", "ben@example.org")
    assert ada.categories == ["openness"]
    assert held == {("Oldtown", False), ("Newtown", True)}


def test_a_person_may_have_several_affiliations(play: Play) -> None:
    play.seat(judge("ada", organisation="Club A;Club B", city="Lyon;Porto", country="FR;pt"))

    ties = play.session.scalars(select(Affiliation).order_by(Affiliation.id)).all()

    assert [(tie.organisation.name, tie.city, tie.country) for tie in ties if tie.organisation] == [
        ("Club A", "Lyon", "FR"),
        ("Club B", "Porto", "PT"),
    ]


def test_a_list_with_bad_rows_names_them_all_and_changes_nothing(play: Play) -> None:
    with pytest.raises(FileRefused) as refused:
        play.seat(
            judge("ada"),
            ("", "no address", "Club", "Lyon", "XX", "english", "sports"),
            judge("ada"),
            ("Cy Fictional", "cy@example.org", "A;B;C", "X;Y", "", "", ""),
            ("D" * 201, "dee@example.org", "", "", "FR", "", ""),
        )

    assert refused.value.lines == (
        Line(3, "name", "", Reason.EMPTY),
        Line(3, "email", "no address", Reason.NOT_AN_ADDRESS),
        Line(3, "country", "XX", Reason.NOT_A_COUNTRY),
        Line(3, "languages", "english", Reason.NOT_ONE_OF, ("ISO 639 codes",)),
        Line(3, "categories", "sports", Reason.NOT_ONE_OF, ("services", "openness")),
        Line(4, "email", "ada@example.org", Reason.TWICE_IN_FILE),
        Line(5, "country", "", Reason.EMPTY),
        Line(5, "organisation", "A;B;C", Reason.AMBIGUOUS),
        Line(6, "name", "D" * 201, Reason.TOO_LONG, ("200",)),
    )
    assert (count(play, Judge), count(play, Organisation)) == (0, 0)


def test_a_name_that_fits_two_organisations_is_refused(play: Play) -> None:
    for name in ("Tidal Institute", "Institute for Tides"):
        play.session.add(
            Organisation(
                name=name,
                folded=fold(name),
                country="NZ",
                aliases=[OrganisationAlias(name="TI", folded="ti")],
            )
        )
    play.session.flush()

    with pytest.raises(FileRefused) as refused:
        play.seat(judge("ada", organisation="T.I."), judge("ben", organisation="TI"))

    assert refused.value.lines == (Line(3, "organisation", "TI", Reason.AMBIGUOUS),)


def test_no_judge_is_seated_once_the_panel_has_no_round_left(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    play.assign()
    play.mark(("ada@example.org", "N1", "8", "8"))
    play.close()

    with pytest.raises(judges.PanelComplete):
        play.seat(judge("ben"))


def test_an_unknown_judge_is_not_found(play: Play) -> None:
    with pytest.raises(judges.NoSuchJudge):
        judges.find(play.session, play.edition, "nobody@example.org")


def test_everybody_reads_everything_in_their_categories(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2", "openness"))
    play.seat(judge("ada"), judge("ben", categories="openness"))

    done = play.assign()

    assert pairs(play) == {("ada", "N1"), ("ada", "N2"), ("ben", "N2")}
    assert (done.per_nomination, done.pairs, done.new) == (None, 3, 3)
    assert done.loads == {"ada@example.org": 2, "ben@example.org": 1}


def test_a_second_run_adds_only_what_is_new(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    play.assign()
    play.seat(judge("ben"))

    done = play.assign()

    assert (done.pairs, done.new) == (2, 1)
    assert pairs(play) == {("ada", "N1"), ("ben", "N1")}
    assert [run.document["new"] for run in play.session.scalars(select(AssignmentRun))] == [1, 1]


def test_above_the_load_that_the_rules_state_each_nomination_gets_k_judges(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"everyone_up_to": 3, "per_nomination": 2})
    play.nominate(*(entry(f"N{number}") for number in range(6)))
    play.seat(judge("ada"), judge("ben"), judge("cy"))

    done = play.assign(seed="1")

    assert done.per_nomination == 2
    assert set(done.loads.values()) == {4}


def test_a_second_run_goes_on_with_what_the_first_was_asked(play: Play) -> None:
    play.nominate(*(entry(f"N{number}") for number in range(6)))
    play.seat(judge("ada"), judge("ben"), judge("cy"))
    play.assign(per_nomination=1, seed="7")
    before = pairs(play)

    done = play.assign()

    assert (done.per_nomination, done.new) == (1, 0)
    assert pairs(play) == before


def test_the_same_seed_gives_the_same_pairs(session: scoped_session[Session], tmp_path: Path) -> None:
    found = []
    for seed in ("4", "4", "5"):
        play = Play(session(), tmp_path)
        play.nominate(*(entry(f"N{number}") for number in range(8)))
        play.seat(*(judge(name) for name in ("ada", "ben", "cy", "dee")))
        play.assign(per_nomination=2, seed=seed)
        found.append(pairs(play))
        session.rollback()

    assert found[0] == found[1] != found[2]


def test_nominations_under_the_minimum_are_named_with_what_is_missing(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"minimum": 2})
    play.nominate(entry("N1", city="Seoul"), entry("N2"), entry("N3", "openness"))
    play.seat(
        judge("ada", categories="services"), judge("ben", city="Seoul", country="KR", categories="services")
    )

    done = play.assign()

    assert [(it.reference, it.found, it.needed, it.cause) for it in done.short] == [
        ("N1", 1, 2, None),
        ("N3", 0, 2, Cause.NO_JUDGES),
    ]


def test_what_nobody_has_screened_is_named_and_not_given_out(play: Play) -> None:
    play.nominate(entry("N1"), accept=False)
    play.seat(judge("ada"))

    done = play.assign()

    assert done.undecided == ("N1",)
    assert pairs(play) == set()


def test_a_category_that_too_few_entered_is_decided_on_first(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"minimum_nominations": 2})
    play.nominate(entry("N1"))
    play.seat(judge("ada"))

    with pytest.raises(panels.TooFewNominations) as refused:
        play.assign()

    assert refused.value.found == {"services": 1}


def test_nothing_is_given_out_before_or_after_the_round(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    with pytest.raises(panels.RoundNotOpen):
        panels.assign(play.session, play.edition, actor=play.actor, now=play.now)
    play.assign()
    play.mark(("ada@example.org", "N1", "8", "8"))
    play.close()

    with pytest.raises(panels.RoundClosed):
        panels.assign(play.session, play.edition, actor=play.actor, now=play.now)

    assert play.edition.phase is Phase.DELIBERATION


def test_the_audit_says_how_many_pairs_were_given_out(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    play.assign()

    event = play.session.scalars(select(AuditEvent).where(AuditEvent.action == "assignment.run")).one()

    assert event.payload is not None
    assert '"new":1' in event.payload.after


def test_the_number_of_statements_does_not_grow_with_the_nominations(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    counts = []
    for number in (3, 30):
        play = Play(session(), tmp_path)
        play.nominate(*(entry(f"N{n}", summary="Shared. " * 50) for n in range(number)))
        play.seat(*(judge(name) for name in ("ada", "ben", "cy")))
        play.reach(Phase.FIRST_ROUND)
        with statements(session) as run:
            play.assign()
            play.mark(
                *(
                    (f"{name}@example.org", f"N{n}", "8", "8")
                    for name in ("ada", "ben")
                    for n in range(number)
                )
            )
            play.close()
        counts.append(len(run))
        session.rollback()

    assert counts[0] == counts[1]
