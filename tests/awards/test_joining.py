"""Judges are asked, join with what they state, and leave by a rule; the panel's coverage is counted."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    accounts,
    categories,
    conduct,
    coverage,
    invitations,
    inviting,
    joining,
    judges,
    leaving,
    marked,
    openings,
    pool,
    sheets,
)
from awards.audit import Actor
from awards.categories import Closing
from awards.coverage import Lack, OfCategory, Shortfall
from awards.exclusions import NeverBoth
from awards.inviting import Wanted
from awards.joining import Place, Statement
from awards.models import (
    Assignment,
    AssignmentState,
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    Invitation,
    InvitationKind,
    Judge,
    JudgeState,
    Leaving,
    Outbox,
    Role,
    ScoreSheet,
)
from awards.notices import Template
from awards.timetable import Phase
from judging.values import Round
from tests.awards.play import Play, entry, judge, statements

ADA = Wanted("ada@judge.example", name="Ada Example")
STATED = Statement("Ada Example", "", "TN", "TN", (Place("", "Tunis", "TN"),), ("en",), (), None, ())


SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    return Play(session(), tmp_path)


def invite(play: Play, wanted: Wanted = ADA) -> Judge:
    return inviting.invite(play.session, play.edition, wanted, actor=play.actor, now=play.now)


def answer(play: Play, found: Judge, *, accepted: bool = True) -> None:
    asked = inviting.asked(play.session, play.edition)[found.id]
    account = found.account if accepted else None
    invitations.answer(play.session, asked, accepted=accepted, account=account, now=play.now)


def join(play: Play, found: Judge, **changes: object) -> joining.Joined:
    stated = replace(STATED, **changes)  # type: ignore[arg-type]
    me = Actor(account=found.account, real=found.account)
    return joining.join(play.session, play.edition, found, stated, actor=me, now=play.now)


def leave(play: Play, found: Judge, why: Leaving) -> leaving.Effect:
    _decision, effect = leaving.leave(
        play.session, play.edition, found, why, note="As it was", actor=play.actor, now=play.now
    )
    return effect


def on_panel(play: Play, *names: str) -> list[Judge]:
    """A round under way: everybody reads A-1 and A-2, and has submitted A-1."""
    play.nominate(entry("A-1"), entry("A-2"))
    play.seat(*(judge(name) for name in names))
    play.assign()
    play.mark(*((f"{name}@example.org", "A-1", "7", "8", "") for name in names))
    return [judges.find(play.session, play.edition, f"{name}@example.org") for name in names]


def test_a_conflict_is_known_before_the_judge_answers(play: Play) -> None:
    play.nominate(entry("A-1", city="Tidemouth"))
    body = judges.organisations.make("Harbour of Tidemouth", country="KR", city="Tidemouth")
    play.session.add(body)
    play.session.flush()

    found = invite(play, replace(ADA, places=((body.id, "Tidemouth", "KR"),)))

    assert found.state is JudgeState.INVITED
    assert not accounts.has_grant(play.session, found.account, Role.JUDGE, edition=play.edition)
    assert play.session.scalars(select(Conflict.source)).all() == [ConflictSource.SAME_CITY]


def test_declined_and_withdrawn_can_be_asked_again_and_those_on_the_panel_can_not(play: Play) -> None:
    found = invite(play)
    with pytest.raises(inviting.InvitedAlready):
        invite(play)
    answer(play, found, accepted=False)
    assert found.state is JudgeState.DECLINED

    invite(play)
    inviting.withdraw(play.session, play.edition, found, actor=play.actor, now=play.now)
    assert found.state is JudgeState.DECLINED
    invite(play)
    answer(play, found)

    assert (found.state, judges.joined(found)) == (JudgeState.ACCEPTED, True)
    with pytest.raises(inviting.OnPanel):
        invite(play)
    with pytest.raises(inviting.NotAsked):
        inviting.withdraw(play.session, play.edition, found, actor=play.actor, now=play.now)
    assert play.session.scalar(select(func.count()).select_from(Invitation)) == 3


@SQLITE
@pytest.mark.parametrize("role", [Role.SCREENER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_checks_audits_or_administers_never_judges(play: Play, role: Role) -> None:
    account, _ = accounts.find_or_make(play.session, ADA.email, now=play.now, actor=play.actor)
    where = None if role in accounts.EVERYWHERE else play.edition
    accounts.grant(play.session, account, role, edition=where, actor=play.actor, now=play.now)

    with pytest.raises(NeverBoth):
        invite(play)
    with pytest.raises((NeverBoth, judges.ScreenersDoNotJudge)):
        play.seat((*judge("ada")[:1], ADA.email, *judge("ada")[2:]))


@SQLITE
def test_a_list_seats_whoever_was_asked_and_the_link_changes_nothing_then(play: Play) -> None:
    found = invite(play, replace(ADA, email="ada@example.org"))
    play.seat(judge("ada"))
    assert accounts.has_grant(play.session, found.account, Role.JUDGE, edition=play.edition)

    answer(play, found, accepted=False)

    assert found.state is JudgeState.ACCEPTED


def test_a_judge_who_moves_loses_what_is_now_in_conflict(play: Play) -> None:
    ada = on_panel(play, "ada")[0]
    town = "Town of A-1"

    done = join(play, ada, places=(Place("", town, "KR"),))

    ended = play.session.scalars(
        select(Assignment.state).where(Assignment.judge_id == ada.id).order_by(Assignment.nomination_id)
    ).all()
    sheet = play.session.scalars(select(ScoreSheet)).one()
    assert (done.search.recused, done.closed) == (1, 1)
    assert ended == [AssignmentState.RECUSED, AssignmentState.ISSUED]
    assert (sheet.counted, sheet.reason) == (False, "conflict")
    assert join(play, ada, places=(Place("", town, "KR"),)).changed is False


@SQLITE
def test_a_judge_reads_only_categories_for_which_they_were_asked(play: Play) -> None:
    found = invite(play, replace(ADA, categories=("services",)))
    answer(play, found)

    with pytest.raises(joining.CategoryNotAsked):
        join(play, found, categories=("openness",))
    join(play, found, categories=("services",))

    assert found.categories == ["services"]
    assert inviting.offered(play.session, play.edition, found) == ("services",)


@SQLITE
def test_a_judge_of_categories_that_are_closed_chooses_among_the_others(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"minimum_nominations": 2})
    found = invite(play, replace(ADA, categories=("services",)))
    answer(play, found)
    play.nominate(entry("A-1"))
    categories.close(
        play.session,
        play.edition,
        "services",
        Closing.MERGE,
        into="openness",
        reason="One entry alone",
        actor=play.actor,
        now=play.now,
    )

    assert inviting.offered(play.session, play.edition, found) == ("openness",)
    join(play, found, categories=("openness",))
    assert found.reads("openness")


def test_an_organiser_changes_what_a_judge_reads_and_the_judge_keeps_it(play: Play) -> None:
    found = invite(play, replace(ADA, categories=("services",)))
    answer(play, found)

    def change(*keys: str, most: int | None = None) -> bool:
        return joining.set_reading(
            play.session, play.edition, found, keys, most, actor=play.actor, now=play.now
        )

    assert change("openness", most=10)
    assert (found.categories, found.capacity) == (["openness"], 10)
    assert inviting.offered(play.session, play.edition, found) == ("services", "openness")
    assert change("openness", most=10) is False
    join(play, found, categories=("openness",), capacity=12)
    assert change("services", "openness")
    assert (found.categories, found.capacity) == ([], None)
    with pytest.raises(joining.CategoryNotAsked):
        change("no-such")
    leave(play, found, Leaving.ILLNESS)
    with pytest.raises(joining.NotOnPanel):
        change("services")


@SQLITE
def test_who_declined_or_left_states_nothing(play: Play) -> None:
    with pytest.raises(joining.NotOnPanel):
        join(play, invite(play))


@pytest.mark.parametrize("why", list(Leaving))
def test_what_becomes_of_the_sheets_follows_from_the_reason(play: Play, why: Leaving) -> None:
    play.rules = {}
    ada, bo = on_panel(play, "ada", "bo")
    counts = why not in (Leaving.CONFLICT, Leaving.MISCONDUCT)

    effect = leave(play, ada, why)

    mine = {
        it.nomination.reference: it.state
        for it in play.session.scalars(select(Assignment).where(Assignment.judge_id == ada.id))
    }
    counted = play.session.scalars(
        select(ScoreSheet.counted).join(Assignment).where(Assignment.judge_id == ada.id)
    ).one()
    decided = play.session.scalars(select(Decision).where(Decision.kind == DecisionKind.JUDGE_LEFT)).one()
    assert (effect.submitted, effect.counts, effect.unfinished) == (1, counts, 1)
    assert mine == {
        "A-1": AssignmentState.ISSUED if counts else AssignmentState.LEFT,
        "A-2": AssignmentState.LEFT,
    }
    assert counted is counts
    assert decided.subject == {"judge": ada.public_id, "leaving": why.value}
    assert not accounts.has_grant(play.session, ada.account, Role.JUDGE, edition=play.edition)
    assert bo.state is JudgeState.ACCEPTED
    with pytest.raises(joining.NotOnPanel):
        leave(play, ada, why)


def test_what_falls_below_the_minimum_is_said_in_numbers_of_sheets(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"minimum": 2})
    ada, bo = on_panel(play, "ada", "bo")

    seen = leaving.effect(play.session, play.edition, ada, Leaving.ILLNESS, now=play.now)
    assert seen.short == (("A-2", 1),)
    assert leave(play, ada, Leaving.MISCONDUCT).short == (("A-1", 1), ("A-2", 1))
    assert leave(play, bo, Leaving.SILENCE).short == (("A-2", 0),)


@SQLITE
def test_misconduct_after_the_close_takes_the_sheets_out_of_the_standing(play: Play) -> None:
    ada = on_panel(play, "ada", "bo")[0]
    play.mark(*((f"{name}@example.org", "A-2", "5", "5", "") for name in ("ada", "bo")))
    play.close()

    effect = leave(play, ada, Leaving.MISCONDUCT)

    assert (effect.submitted, effect.unfinished, effect.short, effect.closed) == (0, 0, (), 2)
    assert sorted(play.session.scalars(select(ScoreSheet.counted))) == [False, False, True, True]


@SQLITE
def test_illness_ends_and_misconduct_does_not(play: Play) -> None:
    ada, bo = on_panel(play, "ada", "bo")
    leave(play, ada, Leaving.ILLNESS)
    leave(play, bo, Leaving.MISCONDUCT)

    again = invite(play, Wanted("ada@example.org"))
    answer(play, again)

    assert (again.id, again.state, again.leaving) == (ada.id, JudgeState.ACCEPTED, None)
    with pytest.raises(inviting.LeftForGood):
        invite(play, Wanted("bo@example.org"))


def test_a_graver_reason_that_comes_to_light_later_takes_the_place_of_the_first(play: Play) -> None:
    ada = on_panel(play, "ada", "bo")[0]
    leave(play, ada, Leaving.ILLNESS)
    since = ada.left_at

    with pytest.raises(joining.NotOnPanel):
        leave(play, ada, Leaving.SILENCE)
    effect = leave(play, ada, Leaving.CONFLICT)
    leave(play, ada, Leaving.MISCONDUCT)
    with pytest.raises(joining.NotOnPanel):
        leave(play, ada, Leaving.CONFLICT)

    first, second, third = leaving.decided(play.session, play.edition, ada)
    assert (first.supersedes_id, second.supersedes_id, third.supersedes_id) == (None, first.id, second.id)
    assert (effect.submitted, effect.counts, effect.unfinished) == (1, False, 0)
    assert (ada.leaving, ada.left_at) == (Leaving.MISCONDUCT, since)
    sheet = play.session.scalars(
        select(ScoreSheet).join(Assignment).where(Assignment.judge_id == ada.id)
    ).one()
    assert (sheet.counted, sheet.assignment.state) == (False, AssignmentState.LEFT)
    again = play.session.scalars(select(Outbox).where(Outbox.template == Template.JUDGE_LEFT)).all()
    assert [it.arguments["again"] for it in again] == [False, True, True]


@SQLITE
def test_misconduct_of_a_judge_who_left_takes_the_sheets_out_of_the_standing_too(play: Play) -> None:
    ada, bo = on_panel(play, "ada", "bo")
    play.mark(("bo@example.org", "A-2", "5", "5", ""))
    leave(play, ada, Leaving.SILENCE)
    play.close()

    effect = leave(play, ada, Leaving.MISCONDUCT)

    assert (effect.submitted, effect.closed) == (0, 1)
    assert [len(it) for it in marked.counted(play.session, play.edition, Round.FIRST).values()] == [1, 1]
    assert bo.state is JudgeState.ACCEPTED


@SQLITE
@pytest.mark.parametrize("back", ["declines", "taken back"])
def test_who_is_asked_back_and_does_not_come_has_left_as_before(play: Play, back: str) -> None:
    ada = on_panel(play, "ada")[0]
    leave(play, ada, Leaving.ILLNESS)
    invite(play, Wanted("ada@example.org"))
    with pytest.raises(joining.NotOnPanel):
        leave(play, ada, Leaving.MISCONDUCT)

    if back == "declines":
        answer(play, ada, accepted=False)
    else:
        inviting.withdraw(play.session, play.edition, ada, actor=play.actor, now=play.now)

    assert (ada.state, ada.leaving) == (JudgeState.LEFT, Leaving.ILLNESS)
    assert leave(play, ada, Leaving.MISCONDUCT).counts is False


@SQLITE
def test_nobody_gives_silence_or_misconduct_as_their_own_reason(play: Play) -> None:
    ada = on_panel(play, "ada")[0]
    me = Actor(account=ada.account, real=ada.account)

    with pytest.raises(leaving.NotYourReason):
        leaving.leave(play.session, play.edition, ada, Leaving.SILENCE, note="x", actor=me, now=play.now)


@SQLITE
def test_a_panel_of_the_second_round_can_be_asked_until_that_is_closed(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"second_round": "panel"})
    play.edition.first_closed_at, play.edition.phase = play.now, Phase.DELIBERATION
    invite(play)
    play.edition.phase = Phase.SECOND_ROUND
    answer(play, play.session.scalars(select(Judge)).one())
    clerk = Invitation(kind=InvitationKind.ROLE, role=Role.CLERK, edition_id=play.edition.id)
    while_open = openings.is_closed(play.session, clerk, play.now)
    play.edition.second_closed_at = play.now

    with pytest.raises(judges.PanelComplete):
        invite(play, Wanted("bo@judge.example"))
    assert (while_open, openings.is_closed(play.session, clerk, play.now)) == (False, True)


def test_coverage_counts_judges_without_a_conflict_and_the_languages_they_read(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"minimum": 2})
    play.nominate(entry("A-1", city="Tidemouth"), entry("A-2"), entry("B-1", "openness"))
    invite(play, replace(ADA, languages=("ar",), categories=("services",)))
    play.seat(judge("bo", city="Tidemouth", country="KR", languages="en", categories="services"))

    found = coverage.of(play.session, play.edition)

    assert found.categories == (OfCategory("services", 2, 1, 1, 1), OfCategory("openness", 1, 0, 0, 0))
    assert [(it.language, it.nominations, it.accepted) for it in found.languages] == [("en", 3, 1)]
    assert found.lacks == (
        Lack(Shortfall.BELOW_MINIMUM, "services", 1, 2),
        Lack(Shortfall.NO_JUDGE, "openness", 1, 2),
        Lack(Shortfall.FEW_READ, "en", 1, 2),
    )


@SQLITE
def test_lists_ask_the_database_as_often_for_many_as_for_few(play: Play) -> None:
    def asked() -> int:
        play.session.flush()
        play.session.expire_all()
        with statements(play.session) as said:
            coverage.of(play.session, play.edition)
            inviting.asked(play.session, play.edition)
            pool.known(play.session, play.edition)
            [it.account.email for it in judges.of_edition(play.session, play.edition)]
        return len(said)

    play.nominate(entry("A-1"))
    invite(play)
    few = asked()
    for number in range(12):
        invite(play, Wanted(f"judge-{number}@judge.example", name=f"Judge {number}"))

    assert asked() == few


@SQLITE
def test_the_code_is_asked_for_where_the_edition_has_one(play: Play) -> None:
    from awards import editions

    found = invite(play)
    answer(play, found)
    assert judges.joined(found)
    document = dict(editions.texts_of(play.session, play.edition)) | {"conduct": {"text": {"en": "Be fair."}}}
    editions.save_texts(play.session, play.edition, document, reason="asked", actor=play.actor, now=play.now)

    assert not judges.joined(found)
    with pytest.raises(conduct.ConductNotAgreed):
        join(play, found)


@SQLITE
def test_a_judge_who_left_marks_nothing_more(play: Play) -> None:
    ada = on_panel(play, "ada", "bo")[0]
    leave(play, ada, Leaving.RESIGNATION)

    with pytest.raises(sheets.FileRefused):
        play.mark(("ada@example.org", "A-2", "5", "5", ""))
