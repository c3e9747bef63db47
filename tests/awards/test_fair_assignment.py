"""What the assignment weighs: expertise, languages, freshness, wishes, regions; and what people say of pairs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    assignments,
    decisions,
    editions,
    fitness,
    leaving,
    linking,
    pair_rules,
    pairing,
    preferences,
    problems,
    proposals,
)
from awards.config import ROOT
from awards.fitness import Fitness, Tongue
from awards.linking import Gulf
from awards.models import (
    AssignmentRun,
    AuditEvent,
    Conflict,
    ConflictSource,
    Judge,
    Leaving,
    PairRule,
    Wish,
)
from awards.pairing import Pairs
from awards.problems import Wanted
from awards.proposals import LeftOut
from awards.timetable import Phase
from judging.assignment import Cause, Problem
from judging.values import Round
from tests.awards.play import Play, entry, judge
from tests.awards.test_proposals import confirm, issued, person, propose, proposed

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PANEL = ("ada", "ben", "cy", "dee")


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    """Four judges and four nominations, of which everyone could read all."""
    play = Play(session(), tmp_path)
    play.nominate(*(entry(f"N{number}") for number in range(1, 5)))
    play.seat(*(judge(name) for name in PANEL))
    play.reach(Phase.FIRST_ROUND)
    return play


def asked(play: Play, **wanted: int) -> Problem:
    pairs = Pairs.of(play.session, play.edition, Round.FIRST)
    fit = Fitness.of(play.session, play.edition, pairs.judges)
    return problems.of(pairs, editions.rules_of(play.session, play.edition), Wanted(2, **wanted), "7", fit)


def score(problem: Problem, name: str, reference: str = "N1") -> int:
    return problem.scores[f"{name}@example.org", reference]


def rule(play: Play, verb: object, name: str, reference: str) -> PairRule:
    return verb(  # type: ignore[operator,no-any-return]
        play.session,
        play.edition,
        person(play, name),
        play.nomination(reference),
        reason="Knows the place",
        actor=play.actor,
        now=play.now,
    )


def test_a_pair_is_scored_by_expertise_language_freshness_and_wish(play: Play) -> None:
    """0.50 + 0.20 + 0.15 + 0.15: 2 is an expert, effort is 0.6 of a language, nothing wished is half of a wish."""
    ada, ben, cy = (person(play, name) for name in ("ada", "ben", "cy"))
    ada.expertise, ben.expertise = {"services": 2}, {"services": 0}
    ben.working_languages = ["en"]
    first = play.nomination("N1")
    preferences.keep(play.session, play.edition, cy, {first.id: Wish.GLADLY}, actor=play.actor, now=play.now)

    found = asked(play)

    assert score(found, "ada") == 500_000 + 200_000 + 150_000 + 75_000
    assert score(found, "ben") == 0 + 120_000 + 150_000 + 75_000
    assert score(found, "cy") == 250_000 + 200_000 + 150_000 + 150_000
    assert score(found, "dee") == 250_000 + 200_000 + 150_000 + 75_000
    assert found.experts == {("ada@example.org", f"N{number}") for number in range(1, 5)}


def test_who_has_most_of_a_nominator_gets_the_rest_last(play: Play) -> None:
    for reference in ("N1", "N2", "N3"):
        play.nomination(reference).nominator_id = play.actor.account.id
    assignments.issue(
        play.session, play.edition, person(play, "ada"), play.nomination("N1"), actor=play.actor, now=play.now
    )

    found = asked(play)

    assert score(found, "ben", "N2") - score(found, "ada", "N2") == 50_000
    assert score(found, "ben", "N4") == score(found, "ada", "N4")


def test_many_wishes_weigh_no_more_than_a_few(play: Play) -> None:
    """Whoever ticks everything gains next to nothing on any one of them."""
    few = {(1, number): Wish.GLADLY for number in range(5)}
    many = {(2, number): Wish.GLADLY for number in range(50)}
    fit = Fitness(few | many, {})
    judges = {1: person(play, "ada"), 2: person(play, "ben")}
    nominations = {number: play.nomination("N1") for number in range(50)}
    tongues = {(who, number): Tongue.FLUENT for who in judges for number in nominations}

    found = fit.scores(judges, nominations, tongues, ())

    assert found[1, 0] - found[1, 9] == 75_000
    assert sum(found[2, number] for number in range(50)) - 50 * found[1, 9] == 5 * 75_000


def test_a_language_is_hard_unless_a_translation_is_attached(play: Play) -> None:
    ada, ben = person(play, "ada"), person(play, "ben")
    ben.languages = ["fr"]

    assert asked(play).unreadable == {("ben@example.org", f"N{number}") for number in range(1, 5)}
    with pytest.raises(pair_rules.DoesNotRead):
        rule(play, pair_rules.pin, "ben", "N1")
    assert fitness.tongue(ada, "ko", {"en"}) is Tongue.TRANSLATED
    assert fitness.tongue(ada, "ko", {"fr"}) is Tongue.FOREIGN


def test_a_run_keeps_its_certificate_and_alternates_and_another_never_moves_what_was_issued(
    play: Play,
) -> None:
    for name, level in zip(PANEL, (2, 1, 1, 0), strict=True):
        person(play, name).expertise = {"services": level}
    run = propose(play, per_nomination=2).run
    confirm(play, run)
    before = issued(play)

    certificate = run.document["certificate"]
    again = propose(play).run

    assert certificate["total"] <= certificate["before_fairness"] <= certificate["optimum"]
    assert len(certificate["inputs_sha256"]) == 64
    assert set(run.document["alternates"]) == {"N1", "N2", "N3", "N4"}
    assert (again.pairs, issued(play)) == ([], before)
    kept = play.session.scalars(select(AuditEvent).where(AuditEvent.action == "assignment.confirmed")).one()
    assert json.loads(kept.payload.after)["certificate"] == certificate


def test_a_pinned_pair_is_given_and_a_forbidden_one_at_no_door(play: Play) -> None:
    rule(play, pair_rules.pin, "dee", "N1")
    forbidden = rule(play, pair_rules.forbid, "ada", "N1")

    run = propose(play, per_nomination=3).run

    assert ("dee", "N1") in proposed(play, run)
    assert ("ada", "N1") not in proposed(play, run)
    with pytest.raises(pairing.PairForbidden):
        proposals.add(
            play.session, play.edition, person(play, "ada"), play.nomination("N1"),
            actor=play.actor, now=play.now,
        )  # fmt: skip
    with pytest.raises(pairing.PairForbidden):
        assignments.issue(
            play.session, play.edition, person(play, "ada"), play.nomination("N1"),
            actor=play.actor, now=play.now,
        )  # fmt: skip
    pair_rules.end(play.session, play.edition, forbidden, actor=play.actor, now=play.now)
    assignments.issue(
        play.session, play.edition, person(play, "ada"), play.nomination("N1"), actor=play.actor, now=play.now
    )
    assert ("ada", "N1") in issued(play)


def test_a_pair_forbidden_after_the_draw_is_left_out_when_it_is_confirmed(play: Play) -> None:
    run = propose(play, per_nomination=4).run
    rule(play, pair_rules.forbid, "ben", "N2")

    done = confirm(play, run)

    pair = (person(play, "ben").id, play.nomination("N2").id)
    assert done.left_out == ((pair, LeftOut.FORBIDDEN),)
    assert len(done.issued) == 15


def test_a_load_is_checked_again_when_it_is_confirmed(play: Play) -> None:
    run = propose(play, per_nomination=4).run
    person(play, "cy").capacity = 1

    done = confirm(play, run)

    assert [why for _pair, why in done.left_out] == [LeftOut.NO_ROOM] * 3
    assert sum(name == "cy" for name, _reference in issued(play)) == 1


def test_a_pin_is_refused_with_the_conflict_and_needs_a_reason(play: Play) -> None:
    who, what = person(play, "ada"), play.nomination("N1")
    with pytest.raises(decisions.ReasonMissing):
        pair_rules.pin(play.session, play.edition, who, what, reason=" ", actor=play.actor, now=play.now)
    play.session.add(
        Conflict(judge_id=who.id, nomination_id=what.id, source=ConflictSource.DECLARED, found_at=play.now)
    )
    play.session.flush()

    with pytest.raises(pairing.InConflict) as refused:
        rule(play, pair_rules.pin, "ada", "N1")

    assert refused.value.sources == {ConflictSource.DECLARED}
    rule(play, pair_rules.pin, "ben", "N1")
    with pytest.raises(pair_rules.AlreadyRuled):
        rule(play, pair_rules.forbid, "ben", "N1")


def test_a_pin_that_a_conflict_overtook_is_said_and_not_made(play: Play) -> None:
    rule(play, pair_rules.pin, "ada", "N1")
    play.session.add(
        Conflict(
            judge_id=person(play, "ada").id,
            nomination_id=play.nomination("N1").id,
            source=ConflictSource.DECLARED,
            found_at=play.now,
        )
    )
    play.session.flush()

    run = propose(play, per_nomination=2).run

    assert ("ada", "N1") not in proposed(play, run)
    assert [it["cause"] for it in run.shortages] == [Cause.PIN_IN_CONFLICT.value]


def test_when_a_judge_leaves_the_alternates_take_over_and_nothing_else_changes(play: Play) -> None:
    for name, level in zip(PANEL, (2, 1, 1, 0), strict=True):
        person(play, name).expertise = {"services": level}
    run = propose(play, per_nomination=2).run
    confirm(play, run)
    before = issued(play)
    lost = {reference for name, reference in before if name == "ada"}
    names = {it.public_id: it.account.email.partition("@")[0] for it in play.session.scalars(select(Judge))}
    leaving.leave(
        play.session, play.edition, person(play, "ada"), Leaving.ILLNESS, note="Ill",
        actor=play.actor, now=play.now,
    )  # fmt: skip

    new = proposed(play, propose(play).run)

    assert {reference for _name, reference in new} == lost
    assert len(new) == len(lost)
    for name, reference in new:
        named = [names[it] for it in run.document["alternates"][reference] if names[it] != "ada"]
        assert name == named[0]
    assert {pair for pair in before if pair[0] != "ada"} == issued(play)


def test_an_alternate_steps_back_where_the_panel_has_its_share_of_their_region(play: Play) -> None:
    known = zip(PANEL, (1, 2, 2, 0), ("europe", "asia", "asia", "africa"), strict=True)
    for name, level, region in known:
        person(play, name).expertise, person(play, name).region = {"services": level}, region
    confirm(play, propose(play, per_nomination=2).run)
    leaving.leave(
        play.session, play.edition, person(play, "ada"), Leaving.ILLNESS, note="Ill",
        actor=play.actor, now=play.now,
    )  # fmt: skip

    run = propose(play).run

    assert run.pairs
    assert [it for it in run.document["yields"] if it["rule"] == "region"] == []


def test_regions_are_mixed_by_default_and_what_yielded_is_said(play: Play) -> None:
    for name, region in zip(PANEL, ("asia", "asia", "asia", "europe"), strict=True):
        person(play, name).region = region

    run = propose(play, per_nomination=2).run

    assert run.document["per_region"] == 1
    assert run.document["certificate"]["inputs_sha256"]
    assert {it["rule"] for it in run.document["yields"]} <= {"region", "load"}
    assert propose(play, per_nomination=2, per_region=0).run.document["per_region"] is None


def test_a_category_whose_judges_share_nothing_is_warned_of(play: Play) -> None:
    rows = {it.account.email.partition("@")[0]: it.id for it in play.session.scalars(select(Judge))}
    keys = {reference: play.nomination(reference).id for reference in ("N1", "N2")}
    pairs = Pairs.of(play.session, play.edition, Round.FIRST)
    made = [(rows["ada"], keys["N1"]), (rows["ben"], keys["N1"]), (rows["cy"], keys["N2"])]

    parted = linking.unlinked(pairs, made, {})
    joined = linking.unlinked(pairs, [*made, (rows["ben"], keys["N2"])], {})
    regions = {rows["ada"]: "asia", rows["ben"]: "asia", rows["cy"]: "europe"}

    assert [(it.category, it.gulf, len(it.groups)) for it in parted] == [("services", Gulf.PARTED, 2)]
    assert joined == ()
    assert linking.unlinked(pairs, [*made, (rows["ben"], keys["N2"])], regions) == ()


def test_where_everybody_reads_everything_nothing_is_weighed(play: Play) -> None:
    person(play, "ada").expertise = {"services": 2}

    run = propose(play).run

    assert run.document["per_nomination"] is None
    assert "certificate" not in run.document
    assert len(play.session.scalars(select(AssignmentRun)).all()) == 1


def test_the_web_process_stays_light(database: str) -> None:
    """Whoever only looks loads neither numpy nor SciPy nor OR-Tools."""
    code = "import sys, wsgi; print({it.partition('.')[0] for it in sys.modules} & {'numpy', 'scipy', 'ortools'})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
