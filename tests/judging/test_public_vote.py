"""The rule that gives the public a prize of its own: what may stand in it, what is read out, what it gives."""

from fractions import Fraction

import pytest

from judging.ballot import count
from judging.clauses import ClauseKind, clauses
from judging.count import outcome_document, public_round, standing_of, tally_document
from judging.ladder import Verdicts
from judging.outcome import Outcome
from judging.programme import ProgrammeInvalid, read_rules
from judging.reading import MistakeKind as K
from judging.record import RecordDamaged, read_bytes
from judging.recount import recount
from judging.rules import Rules, document
from judging.vacancies import in_the_running
from judging.values import Electorate, Method, Step, StepResult
from tests.builders import CATEGORY, rules
from tests.judging.records import Case, Parts

PRIZES = [
    {"key": "best"},
    {"key": "people"},
    {"key": "mention", "by_decision": True},
    {"key": "three", "count": 3},
]
SLATE = ("NC-1", "NC-2", "NC-3")
TOTALS = {"NC-1": Fraction(9), "NC-2": Fraction(7), "NC-3": Fraction(7)}


def with_the_public(**stated: object) -> Rules:
    return rules(prizes=PRIZES, public_vote={"prize": "people", **stated})


def mistakes(**changes: object) -> list[tuple[K, str]]:
    with pytest.raises(ProgrammeInvalid) as found:
        rules(**changes)
    return [(it.kind, it.place) for it in found.value.mistakes]


def given(*ballots: tuple[str, ...], verdicts: Verdicts | None = None) -> Outcome:
    cast = {it: ballots.count(it) for it in ballots}
    return public_round(
        with_the_public(),
        CATEGORY,
        totals=TOTALS,
        tally=count(Method.ONE_CHOICE, SLATE, cast),
        verdicts=verdicts or Verdicts(),
        seed=None,
    )


def test_its_prize_is_contested_by_nothing_else_and_older_rules_keep_their_document() -> None:
    found = with_the_public(method="approval", approve_up_to=3)

    assert all("people" not in it.prizes for it in found.categories)
    assert (found.is_the_publics("people"), found.is_the_publics("best")) == (True, False)
    assert read_rules(document(found)) == found
    assert document(found)["public_vote"] == {"prize": "people", "method": "approval", "approve_up_to": 3}
    assert "public_vote" not in document(rules())
    public = found.for_the_public()
    assert public.vote is not None
    assert (public.vote.electorate, public.vote.method, public.vote.quorum) == (
        Electorate.PUBLIC,
        Method.APPROVAL,
        0,
    )
    with pytest.raises(LookupError):
        rules().for_the_public()


@pytest.mark.parametrize("prize", ["nothing", "mention", "three"])
def test_the_prize_is_one_in_each_category_and_not_by_decision(prize: str) -> None:
    assert mistakes(prizes=PRIZES, public_vote={"prize": prize}) == [(K.NOT_ONE_OF, "public_vote.prize")]


def test_the_public_votes_beside_a_vote_only_and_no_category_lists_its_prize() -> None:
    public = {"prize": "people"}

    assert mistakes(prizes=PRIZES, public_vote={}) == [(K.MISSING, "public_vote.prize")]
    assert mistakes(prizes=PRIZES, public_vote=public, second_round="none") == [
        (K.DOES_NOT_APPLY, "public_vote")
    ]
    listed = [{"key": CATEGORY, "prizes": ["best", "people"]}]
    assert mistakes(prizes=PRIZES, public_vote=public, categories=listed) == [
        (K.NOT_DEFINED, "categories[1].prizes[2]")
    ]


def test_it_is_read_out_among_the_prizes() -> None:
    told = {it.kind: it for it in clauses(with_the_public())}

    assert told[ClauseKind.PUBLIC_VOTE]["prize"] == "people"
    assert told[ClauseKind.PUBLIC_METHOD]["method"] == "one_choice"
    assert not {ClauseKind.PUBLIC_VOTE, ClauseKind.PUBLIC_TIE} & {it.kind for it in clauses(rules())}


def test_most_votes_win_level_ones_go_to_the_first_round_then_wait_for_the_chair() -> None:
    assert [it.prize for it in given(("NC-3",), ("NC-3",), ("NC-1",)).rows] == ["people", None, None]
    level = given(("NC-3",), ("NC-1",))
    assert (level.rows[0].nomination, level.rows[0].settled_by) == ("NC-1", Step.FIRST_ROUND)
    waits = given(("NC-3",), ("NC-2",))
    assert [(it.step, it.result) for it in waits.steps][-1] == (Step.CHAIR, StepResult.WAITING)
    ordered = given(
        ("NC-3",), ("NC-2",), verdicts=Verdicts(orders={frozenset({"NC-2", "NC-3"}): ("NC-3", "NC-2")})
    )
    assert [it.nomination for it in ordered.rows if it.prize] == ["NC-3"]


def test_without_a_choice_it_is_not_given_and_nobody_without_a_vote_moves_up_to_it() -> None:
    assert given(()) == given() == Outcome(CATEGORY, (), (), ("people",))
    found = given(("NC-3",), ("NC-3",), ("NC-1",))
    assert [it.nomination for it in in_the_running(found.rows)] == ["NC-3", "NC-1"]


def recorded() -> Parts:
    """A record whose public chose among the same, with a table in place of its ballots."""
    found = Case(with_the_public()).parts()
    vote = dict(found.category["elections"][0])
    slate = [*vote["slate"]]
    tally = count(Method.ONE_CHOICE, slate, {(slate[0],): 3})
    ruled = with_the_public()
    totals = standing_of(found.category["standing"]).totals
    outcome = public_round(ruled, CATEGORY, totals=totals, tally=tally, verdicts=Verdicts(), seed=None)
    public = vote | {"election": "public-1", "number": 2, "kind": "public", "tally": tally_document(tally)}
    found.category["public"] = {"election": public, "result": outcome_document(outcome)}
    found.outcome["awards"].append(
        {"category": CATEGORY, "nomination": slate[0], "prize": "people", "place": 1, "by_decision": False}
    )
    found.lines["ballots.jsonl"].append({"election": "public-1", "table": tally_document(tally)})
    found.lines["commitments.jsonl"] += [
        {"election": "public-1", "commitment": f"{it:064x}"} for it in range(3)
    ]
    return found


def test_a_record_of_the_public_s_vote_recounts_and_what_it_can_t_be_is_none() -> None:
    assert recount(read_bytes(recorded().written())).differences == ()
    of_another_kind, among_the_others, uncounted = recorded(), recorded(), recorded()
    of_another_kind.category["public"]["election"]["kind"] = "regular"
    among_the_others.category["elections"].append(among_the_others.category["public"]["election"])
    uncounted.category["public"]["election"]["tally"] = None
    uncounted.lines["ballots.jsonl"].pop()
    del uncounted.lines["commitments.jsonl"][-3:]

    for damaged in (of_another_kind, among_the_others):
        with pytest.raises(RecordDamaged):
            recount(read_bytes(damaged.written()))
    assert "nothing to count it from" in [
        it.counted for it in recount(read_bytes(uncounted.written())).differences
    ]


def test_only_delegates_of_members_may_cast_more_than_one_ballot() -> None:
    assert rules(vote={"electorate": "members", "max_ballots": 2}).vote is not None
    assert mistakes(vote={"electorate": "judges", "max_ballots": 2}) == [
        (K.DOES_NOT_APPLY, "vote.max_ballots")
    ]
