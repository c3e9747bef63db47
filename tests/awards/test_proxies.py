"""Proxies: for how many electors one person votes, checked where one is named, loaded, let in."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, editions, own_ballots, passes, proxies, readiness, roll
from awards.delegates import Named
from awards.models import Account
from awards.readiness import Lack
from awards.tables import FileRefused, Reason
from judging.rules import digest
from tests.awards.contest import Contest, address
from tests.awards.test_electors import ADA, association, build, entry, mails, name

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
pytestmark = SQLITE
TWO = "max_ballots = 2\n"


def known(contest: Contest, email: str) -> Account:
    found, _ = accounts.find_or_make(
        contest.session, email, name="Ada Example", now=contest.now, actor=contest.actor
    )
    return found


def test_nobody_is_named_for_a_second_elector_where_the_rules_let_one(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = association(session, tmp_path)
    build(contest)
    name(contest, ADA)
    with pytest.raises(proxies.TooManyBallots):
        name(contest, Named("ADA  example", ADA.email.upper()), "Hanoi")
    name(contest, Named("Min Example", ADA.email), "Seoul")
    assert len(roll.by_letter(roll.on(contest.session, contest.edition))) == 3, "two people of one office"


def test_a_list_that_names_one_person_twice_is_refused_as_a_whole(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = association(session, tmp_path)
    with pytest.raises(FileRefused) as refused:
        contest.enrol(
            ("Porto", "Ada", "a@x.example", ""),
            ("Hanoi", "Ada", "a@x.example", ""),
            ("Seoul", "Min", "m@x.example", ""),
        )
    assert [(it.row, it.reason) for it in refused.value.lines] == [
        (2, Reason.TOO_MANY_BALLOTS),
        (3, Reason.TOO_MANY_BALLOTS),
    ]


def test_where_the_rules_let_two_each_has_a_mail_of_its_own_and_no_third(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = association(session, tmp_path, TWO)
    build(contest)
    name(contest, ADA)
    name(contest, ADA, "Hanoi")
    with pytest.raises(proxies.TooManyBallots):
        name(contest, ADA, "Seoul")
    porto = entry(contest, "Porto")
    assert [it.elector for it in proxies.others(contest.session, porto)] == ["Hanoi"]
    name(contest, Named("Min Example", "min@seoul.example"), "Seoul")
    contest.opened()
    passes.invite(
        contest.session,
        contest.edition,
        roll.on(contest.session, contest.edition),
        actor=contest.actor,
        now=contest.now,
    )
    ballots = [who for what, who in mails(contest) if what == "ballot"]
    assert sorted(ballots) == [ADA.email, ADA.email, "min@seoul.example"]
    account = known(contest, ADA.email)
    assert passes.of_account(contest.session, contest.edition, account) is not None
    (mine,) = own_ballots.waiting(contest.session, account, contest.now)
    assert mine.number == 2, "one for each elector"


def test_a_judge_casts_one_ballot_whatever_others_may(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = association(session, tmp_path, "max_ballots = 3\n")
    build(contest)
    contest.marked()
    judge = Named("Judge Example", address("ann"))
    name(contest, judge)
    with pytest.raises(proxies.JudgeIsNoProxy):
        name(contest, judge, "Hanoi")


def test_more_than_the_rules_allow_stand_in_the_way_of_the_opening(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = association(session, tmp_path)
    build(contest)
    for elector in ("Porto", "Hanoi"):
        found = entry(contest, elector)
        found.name, found.email = ADA.name, ADA.email
    found = readiness.checklist(contest.session, contest.edition, contest.now, key_folder=contest.keys)
    assert [it.stops for it in found if it.kind is Lack.TOO_MANY_BALLOTS] == [True]


def test_rules_with_one_ballot_each_have_the_hash_that_they_had(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = association(session, tmp_path, "max_ballots = 1\n")
    rules = editions.rules_of(contest.session, contest.edition)
    stated = editions.rules_document(contest.session, contest.edition)
    assert "max_ballots" not in stated.document["vote"]
    assert digest(rules) == stated.sha256
