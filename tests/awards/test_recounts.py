"""After the close and before the announcement a sheet that may not count leaves the standing, which is frozen anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import (
    accounts,
    affiliations,
    conflicts,
    decisions,
    declarations,
    disqualifying,
    finalists,
    judges,
    leaving,
    marked,
    publication,
    recounts,
    recusals,
    shortlists,
    standings,
    suspicions,
)
from awards.audit import Actor
from awards.chairs import NotTheChair
from awards.models import (
    Decision,
    DecisionKind,
    Judge,
    Leaving,
    NominationState,
    Outbox,
    OutboxState,
    PublicationKind,
    Role,
    Suspicion,
    SuspicionKind,
)
from judging.count import standing_of
from judging.values import Round
from tests.awards.play import Play, entry, judge

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MARKS = {"ada": {"N1": 9, "N2": 8, "N3": 1, "M1": 8}, "ben": {"N1": 5, "N2": 4, "N3": 7, "M1": 6}}


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    """Closed: N1 (7) and N2 (6) advance before N3 (4); by ben alone N3 and N1 do."""
    made = Play(session(), tmp_path)
    made.nominate(*(entry(name, "openness" if name[0] == "M" else "services") for name in MARKS["ada"]))
    made.seat(judge("ada"), judge("ben"))
    made.assign()
    made.mark(
        *(
            (f"{who}@example.org", name, "" if name[0] == "M" else str(mark), str(mark))
            for who, theirs in MARKS.items()
            for name, mark in theirs.items()
        )
    )
    made.close()
    account, _ = accounts.find_or_make(
        made.session, "chair@people.example", name="chair", now=made.now, actor=made.actor
    )
    accounts.grant(made.session, account, Role.CHAIR, edition=made.edition, actor=made.actor, now=made.now)
    return made


def seat(play: Play, name: str = "ada") -> Judge:
    return judges.find(play.session, play.edition, f"{name}@example.org")


def declare(play: Play, reference: str, name: str = "ada") -> int:
    found = seat(play, name)
    me = Actor(found.account, found.account)
    return declarations.declare_one(
        play.session,
        play.edition,
        found,
        play.nomination(reference),
        reason="My sister works there.",
        actor=me,
        now=play.now,
    )


def leave(play: Play, reason: Leaving, name: str = "ada") -> leaving.Effect:
    _, effect = leaving.leave(
        play.session, play.edition, seat(play, name), reason, note="So.", actor=play.actor, now=play.now
    )
    return effect


def sign(play: Play) -> shortlists.Shortlisted:
    return shortlists.sign(play.session, play.edition, category="services", actor=play.actor, now=play.now)


def announce(play: Play) -> None:
    finalists.announce(play.session, play.edition, only=["services"], actor=play.actor, now=play.now)


def standing(play: Play, category: str = "services") -> tuple[int, dict[str, int]]:
    frozen = standings.latest(play.session, play.edition)[category]
    return frozen.number, {name: int(it) for name, it in standing_of(frozen.document).totals.items()}


def recounted(play: Play) -> list[Decision]:
    return list(play.session.query(Decision).filter(Decision.kind == DecisionKind.RECOUNTED))


def test_a_conflict_declared_after_the_close_takes_the_sheet_out(play: Play) -> None:
    before = standing(play)

    assert declare(play, "N3") == 1

    assert before == (1, {"N1": 7, "N2": 6, "N3": 4})
    assert standing(play) == (2, {"N1": 7, "N3": 7, "N2": 6})
    assert standing(play, "openness")[0] == 1
    (decision,) = recounted(play)
    assert decision.subject == {"category": "services", "nominations": ["N3"], "because": "conflict"}
    assert [it["as"] for it in decision.signers] == ["judge"]
    assert declare(play, "N3") == 0
    assert standing(play)[0] == 2


def test_a_signed_shortlist_loses_its_force_and_is_signed_anew(play: Play) -> None:
    assert sign(play).signed == {"services": ("N1", "N2")}

    declare(play, "N3")

    shortlist = play.session.query(Decision).filter(Decision.kind == DecisionKind.SHORTLIST).one()
    assert [it.supersedes_id for it in recounted(play)] == [shortlist.id]
    assert {play.nomination(it).state for it in ("N1", "N2", "N3")} == {NominationState.ELIGIBLE}
    assert set(sign(play).signed["services"]) == {"N1", "N3"}


def test_what_is_announced_stays_as_it_is(play: Play) -> None:
    sign(play)
    announce(play)

    declare(play, "N3")
    effect = leave(play, Leaving.MISCONDUCT)

    assert standing(play) == (1, {"N1": 7, "N2": 6, "N3": 4})
    assert (effect.closed, effect.announced) == (1, True)
    assert standing(play, "openness") == (2, {"M1": 6})
    assert len(marked.counted(play.session, play.edition, Round.FIRST)["N3"]) == 2


@ON_SQLITE
@pytest.mark.parametrize("reason", list(Leaving))
def test_what_becomes_of_the_sheets_of_who_leaves_follows_from_the_reason(
    play: Play, reason: Leaving
) -> None:
    leave(play, reason)

    if reason in (Leaving.CONFLICT, Leaving.MISCONDUCT):
        assert standing(play) == (2, {"N3": 7, "N1": 5, "N2": 4})
        assert standing(play, "openness") == (2, {"M1": 6})
    else:
        assert standing(play)[0] == standing(play, "openness")[0] == 1


@ON_SQLITE
def test_a_suspicion_that_is_confirmed_and_a_search_take_sheets_out_too(play: Play) -> None:
    suspicion = Suspicion(
        judge_id=seat(play).id,
        nomination_id=play.nomination("N3").id,
        kind=SuspicionKind.MAIL_DOMAIN,
        detail="example.org",
        found_at=play.now,
    )
    play.session.add(suspicion)
    play.session.flush()
    suspicions.decide(
        play.session,
        play.edition,
        suspicion,
        is_conflict=True,
        reason="The same office.",
        actor=play.actor,
        now=play.now,
    )
    assert standing(play) == (2, {"N1": 7, "N3": 7, "N2": 6})

    affiliation = affiliations.holding(play.session, [seat(play, "ben").account])[0]
    affiliation.city = "Town of N1"
    affiliation.country = "KR"
    play.session.flush()
    found = conflicts.find(play.session, play.edition, actor=play.actor, now=play.now)
    assert found.recused == 1
    assert standing(play) == (3, {"N1": 9, "N3": 7, "N2": 6})


def test_a_nomination_without_any_sheet_left_is_not_placed_by_silence(play: Play) -> None:
    sign(play)
    declare(play, "N3")
    declare(play, "N3", "ben")

    assert standings.unmarked(play.session, play.edition) == {"services": ("N3",)}
    assert standing(play) == (3, {"N1": 7, "N3": 7, "N2": 6})
    with pytest.raises(shortlists.NobodyMarked, match="N3"):
        sign(play)


def test_the_chair_disqualifies_and_the_standing_is_frozen_without_it(play: Play) -> None:
    sign(play)
    chair = accounts.find(play.session, "chair@people.example")
    assert chair is not None
    with pytest.raises(decisions.ReasonMissing):
        take_out(play, "N1", disqualifying.disqualify, reason=" ")

    decision = take_out(play, "N1", disqualifying.disqualify, actor=Actor(chair, chair))

    assert play.nomination("N1").state is NominationState.DISQUALIFIED
    assert decision.signers[0]["as"] == "chair"
    assert standing(play) == (2, {"N2": 6, "N3": 4})
    assert sign(play).signed == {"services": ("N2", "N3")}
    with pytest.raises(disqualifying.NotJudged):
        take_out(play, "N1", disqualifying.disqualify)


def test_an_organiser_records_a_withdrawal_until_the_announcement(play: Play) -> None:
    chair = accounts.find(play.session, "chair@people.example")
    assert chair is not None
    with pytest.raises(disqualifying.OrganiserRecords):
        take_out(play, "N1", disqualifying.record_withdrawal, actor=Actor(chair, chair))

    take_out(play, "N1", disqualifying.record_withdrawal)

    assert play.nomination("N1").state is NominationState.WITHDRAWN
    assert standing(play) == (2, {"N2": 6, "N3": 4})
    sign(play)
    announce(play)
    with pytest.raises(disqualifying.NotThen):
        take_out(play, "N2", disqualifying.record_withdrawal)


@ON_SQLITE
def test_nobody_but_the_chair_disqualifies(play: Play) -> None:
    ada = seat(play).account
    with pytest.raises(NotTheChair):
        take_out(play, "N1", disqualifying.disqualify, actor=Actor(ada, ada))


@ON_SQLITE
def test_who_has_an_interest_in_a_rival_does_not_disqualify(play: Play) -> None:
    chair = accounts.find(play.session, "chair@people.example")
    assert chair is not None
    recusals.declare(play.session, play.nomination("N3"), actor=Actor(chair, chair), now=play.now)

    with pytest.raises(NotTheChair):
        take_out(play, "N1", disqualifying.disqualify, actor=Actor(chair, chair))


def test_a_conflict_calls_off_an_announcement_that_is_ahead_and_no_other(play: Play) -> None:
    olga, _ = accounts.find_or_make(play.session, "olga@people.example", now=play.now, actor=play.actor)
    for name in ("N1", "M1"):
        play.nomination(name).nominator_id = olga.id
    shortlists.sign(play.session, play.edition, actor=play.actor, now=play.now)
    later = play.now + timedelta(days=1)
    finalists.announce(
        play.session,
        play.edition,
        visible_from=later,
        letters=finalists.Letters.TOGETHER,
        actor=play.actor,
        now=play.now,
    )
    with pytest.raises(disqualifying.NotThen):
        take_out(play, "N1", disqualifying.disqualify)

    declare(play, "N3")

    assert standing(play) == (2, {"N1": 7, "N3": 7, "N2": 6})
    visible = publication.visible(play.session, play.edition, PublicationKind.FINALISTS, later)
    assert [it.category for it in visible] == ["openness"]
    letters = {it.arguments["reference"]: it.state for it in play.session.query(Outbox)}
    assert letters == {"N1": OutboxState.CANCELLED, "M1": OutboxState.QUEUED}
    called_off = play.session.query(Decision).filter(Decision.kind == DecisionKind.TAKE_DOWN).one()
    assert called_off.subject == {"categories": ["services"], "because": "conflict"}
    play.now = later
    assert not recounts.still_matters(play.session, play.edition, "openness", play.now)
    assert sign(play).signed["services"]


@ON_SQLITE
def test_what_is_not_eligible_any_more_is_not_signed(play: Play) -> None:
    play.nomination("N1").state = NominationState.WITHDRAWN
    play.session.flush()

    with pytest.raises(shortlists.StandingChanged):
        sign(play)


def take_out(
    play: Play,
    reference: str,
    verb: Callable[..., Decision],
    *,
    reason: str = "Written on paper.",
    actor: Actor | None = None,
) -> Decision:
    return verb(
        play.session,
        play.edition,
        play.nomination(reference),
        reason=reason,
        actor=actor or play.actor,
        now=play.now,
    )
