"""Suspected conflicts: found beside the certain ones, blocking nothing, decided by a person, and anew."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from awards import conflicts, judges, suspicions
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.likeness import Names, Text, domain
from awards.models import (
    Affiliation,
    Assignment,
    AssignmentState,
    Conflict,
    ConflictSource,
    Judge,
    JudgeState,
    Organisation,
    OrganisationAlias,
    ScoreSheet,
    Suspicion,
    SuspicionKind,
)
from awards.organisations import fold
from awards.recusals import InterestBinds
from tests.awards.desks import account_of
from tests.awards.play import NOW, Play, entry, judge

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    return Play(session(), tmp_path)


def rows(play: Play) -> list[tuple[str, str, str, bool | None]]:
    return [
        (it.judge.account.name.split()[0], it.nomination.reference, it.kind.value, it.is_conflict)
        for it in suspicions.of_edition(play.session, play.edition)
    ]


def search(play: Play) -> conflicts.Search:
    return conflicts.find(play.session, play.edition, actor=play.actor, now=NOW)


def only(play: Play) -> Suspicion:
    return play.session.scalars(select(Suspicion)).one()


def decide(play: Play, *, is_conflict: bool, reason: str = "Asked them.", actor: Actor | None = None) -> int:
    return suspicions.decide(
        play.session,
        play.edition,
        only(play),
        is_conflict=is_conflict,
        reason=reason,
        actor=actor or play.actor,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("ada@data.city.example", "data.city.example"),
        ("ada@GMAIL.com", ""),
        ("ada@yahoo.co.kr", ""),
        ("ada@naver.com", ""),
        ("ada@seoul.go.kr", "seoul.go.kr"),
        ("no address", ""),
    ],
)
def test_a_provider_of_mailboxes_is_nobodys_domain(address: str, found: str) -> None:
    assert domain(address) == found


@pytest.mark.parametrize(
    ("mine", "theirs", "alike"),
    [
        ("Bridge Works", "Bridge Works Ltd.", True),
        ("Institute of Bridge Building", "Bridge Building Institute, Lyon", True),
        ("서울디지털재단", "서울 디지털 재단", True),
        ("Fictopolis Data Agency", "Fictopolis Dat Agency", True),
        ("Port Authority", "Airport Authority", False),
        ("City University", "University of the City", False),
        ("Green Bridge Works", "Green Harbour Club", False),
        ("Lyon Data Club", "Nice Data Club", False),
    ],
)
def test_names_are_alike_by_their_telling_words_or_but_for_a_letter(
    mine: str, theirs: str, alike: bool
) -> None:
    names = Names()
    names.add(1, theirs)

    assert bool(list(names.like(mine))) is alike


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ada Fictional", "Advice by Fictional, Ada.", "fictional ada"),
        ("Ada Fictional", "Advice by A. Fictional and others.", "a. fictional"),
        ("Ada Fictional", "Written by Ada Quimera Fictional.", "ada quimera fictional"),
        ("Kim Mi-Na", "Director: Mina Kim", "mina kim"),
        ("Ada Fictional", "A fictional approach to Ada's town", ""),
        ("Ada Fictional", "Ada wrote it. Ben Fictional read it, much later.", ""),
    ],
)
def test_a_text_may_mean_a_person_by_another_form_of_the_name(name: str, text: str, found: str) -> None:
    said = Text.of(text).names(name)

    assert said == found


@ON_SQLITE
def test_a_mail_domain_in_common_is_suspected_and_keeps_nobody_apart(play: Play) -> None:
    play.nominate(entry("N1", summary="Write to mayor@fictopolis.example."), entry("N2"))

    loaded = play.seat(("Ada Fictional", "ada@data.fictopolis.example", "Club", "Nice", "FR", "en", ""))

    assert loaded.search.suspected == 1
    assert rows(play) == [("Ada", "N1", "mail_domain", None)]
    assert play.assign().pairs == 2
    assert len(suspicions.open_pairs(play.session, play.edition)) == 1


@ON_SQLITE
def test_the_writers_address_counts_like_one_in_the_text(play: Play) -> None:
    play.nominate(entry("N1"))
    play.nomination("N1").nominator_id = account_of(play.session, "writer@fictopolis.example").id

    play.seat(("Ada Fictional", "ada@fictopolis.example", "Club", "Nice", "FR", "en", ""))

    assert rows(play) == [("Ada", "N1", "mail_domain", None)]


@ON_SQLITE
def test_a_body_known_by_another_name_is_like_it(play: Play) -> None:
    body = Organisation(name="Yeongi Data Hall", folded=fold("Yeongi Data Hall"), country="KR", kind="other")
    body.aliases.append(OrganisationAlias(name="연기데이터회관", folded=fold("연기데이터회관")))
    play.session.add(body)
    play.nominate(entry("N1", organisation="연기 데이터 회관", city="Busan", country="JP"))

    play.seat(judge("ada", organisation="Yeongi Data Hall", city="", country="KR"))

    assert rows(play) == [("Ada", "N1", "similar_organisation", None)]


@ON_SQLITE
def test_what_is_known_to_be_in_conflict_is_not_suspected_besides(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR", summary="Write to a@lyon.example."))

    play.seat(("Ada Fictional", "ada@lyon.example", "Club", "Lyon", "FR", "en", ""))

    assert rows(play) == []


def test_a_conflict_that_a_person_sees_ends_the_assignment(play: Play) -> None:
    play.nominate(entry("N1", summary="With A. Fictional."))
    play.seat(judge("ada"))
    play.assign()
    play.mark(("ada@example.org", "N1", "8", "8"))

    ended = decide(play, is_conflict=True)

    row = play.session.scalars(select(Conflict)).one()
    assert ended == 1
    assert (row.source, row.detail) == (ConflictSource.NAMED, "Ada Fictional ≈ a. fictional")
    assert play.session.scalars(select(Assignment)).one().state is AssignmentState.RECUSED
    assert play.session.scalars(select(ScoreSheet)).one().counted is False


@ON_SQLITE
def test_a_conflict_that_a_person_sees_survives_a_move_of_the_judge(play: Play) -> None:
    play.nominate(entry("N1", summary="With A. Fictional."))
    play.seat(judge("ada"))
    decide(play, is_conflict=True)

    loaded = play.seat(judge("ada", organisation="Another Club", city="Far away"))

    assert loaded.search.dropped == 0
    assert len(play.session.scalars(select(Conflict)).all()) == 1


def test_what_a_judge_no_longer_states_is_left_for_a_person_to_decide(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"), entry("N2", organisation="Old Club", city="Nice"))
    play.seat(judge("ada", organisation="Old Club;Hall", city="Far away;Lyon", country="KR;FR"))
    assert rows(play) == []

    moved = play.seat(judge("ada")).search

    assert (moved.dropped, moved.suspected) == (3, 3)
    assert sorted(rows(play)) == [
        ("Ada", "N1", "former_city", None),
        ("Ada", "N2", "former_city", None),
        ("Ada", "N2", "former_organisation", None),
    ]
    city = next(
        it for it in suspicions.of_edition(play.session, play.edition) if it.kind is SuspicionKind.FORMER_CITY
    )
    suspicions.decide(
        play.session,
        play.edition,
        city,
        is_conflict=True,
        reason="Left last week",
        actor=play.actor,
        now=NOW,
    )
    bound = play.session.scalars(select(Conflict)).one()
    assert (bound.nomination.reference, bound.source) == ("N1", ConflictSource.SAME_CITY)


@ON_SQLITE
def test_where_a_judge_belonged_before_they_were_asked_suggests_nothing(play: Play) -> None:
    play.nominate(entry("N1", city="Lyon", country="FR"))
    play.seat(judge("ada"))
    ada = judges.find(play.session, play.edition, "ada@example.org")
    tie = Affiliation(account_id=ada.account_id, city="Lyon", country="FR", started_on=date(2010, 1, 1))
    tie.ended_on = NOW.date() - timedelta(days=1)
    play.session.add(tie)

    assert search(play).suspected == 0
    tie.ended_on = NOW.date()
    assert search(play).suspected == 1


def test_a_suspicion_is_decided_anew_and_the_pair_is_free_again(play: Play) -> None:
    play.nominate(entry("N1", summary="With A. Fictional."))
    play.seat(judge("ada"))
    decide(play, is_conflict=True)

    decide(play, is_conflict=False, reason="It was Alba Fictional.")

    assert play.session.scalars(select(Conflict)).all() == []
    assert rows(play) == [("Ada", "N1", "named_in_text", False)]
    assert play.assign().new == 1


def test_a_suspicion_found_to_be_none_is_not_raised_again_unless_it_rests_on_something_else(
    play: Play,
) -> None:
    play.nominate(entry("N1", summary="With A. Fictional."))
    play.seat(judge("ada"))
    decide(play, is_conflict=False)

    assert (search(play).suspected, rows(play)[0][3]) == (0, False)

    play.session.execute(update(Suspicion).values(detail="Ada Fictional ≈ fictional, a."))
    play.session.expire_all()
    assert (search(play).suspected, rows(play)[0][3]) == (1, None)


@ON_SQLITE
def test_a_suspicion_goes_when_nothing_suggests_it_any_more(play: Play) -> None:
    play.nominate(entry("N1", summary="With A. Fictional."))
    play.seat(judge("ada"))
    play.session.execute(update(Judge).values(state=JudgeState.LEFT))

    search(play)

    assert rows(play) == []


@ON_SQLITE
def test_whoever_has_an_interest_decides_no_suspicion_and_nobody_without_a_reason(play: Play) -> None:
    play.nominate(entry("N1", summary="With A. Fictional."))
    play.seat(judge("ada"))
    account = judges.find(play.session, play.edition, "ada@example.org").account

    with pytest.raises(InterestBinds):
        decide(play, is_conflict=False, actor=Actor(account, account))
    with pytest.raises(ReasonMissing):
        decide(play, is_conflict=False, reason=" ")


@ON_SQLITE
@pytest.mark.parametrize("column", ["nationality", "residence"])
def test_a_judges_nationality_and_residence_are_countries_of_theirs(
    session: scoped_session[Session], tmp_path: Path, column: str
) -> None:
    play = Play(session(), tmp_path, {"same_country": "waivable"})
    play.nominate(entry("N1", country="KR"), entry("N2", country="FR"))
    play.seat(judge("ada"))
    play.session.execute(update(Judge).values({column: "KR"}))
    play.session.expire_all()

    search(play)

    found = play.session.scalars(select(Conflict)).all()
    assert [(it.nomination.reference, it.source.value, it.detail) for it in found] == [
        ("N1", "same_country", "KR")
    ]
