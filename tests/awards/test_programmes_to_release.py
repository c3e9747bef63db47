"""Seoul's prize, the form of 2020 and the feasibility call, each from its nominations to its release."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import audit, certificates, decisions, elections, prizes, results, reviews
from awards.documents import CertificateKind
from awards.eligibility import FindingKind
from awards.models import DecisionKind, Election, NominationState, PublicationKind
from awards.prizes import NotByDecision, NotTheTime, PrizeSpent
from awards.timetable import IllegalTransition, Phase
from judging.values import SecondRound, Step
from tests.awards.contest import member
from tests.awards.play import entry
from tests.awards.programme_run import Run

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

Work = scoped_session[Session]
THREE, FIVE = ("ann", "ben", "cho"), ("ann", "ben", "cho", "dia", "eli")


def of(reference: str, category: str, kind: str, **more: str) -> tuple[str, ...]:
    """A row of nominations, whose organisation is of a kind."""
    return (*entry(reference, category, **more), kind)


def number(reference: str) -> int:
    return int(reference.rpartition("-")[2])


def ranked(prefix: str, numbers: str) -> list[str]:
    """References in the order of their numbers, written as one word."""
    return [f"{prefix}-{it}" for it in numbers]


SEOUL = {"tech-innovacity": ("T", 24), "human-centricity": ("H", 18), "leadership": ("L", 6)}


def seoul(session: Work, folder: Path) -> Run:
    """Two more than there are places in each category; in Leadership persons."""
    run = Run(session, folder, "seoul-smart-city-prize", THREE)
    rows = []
    for category, (prefix, many) in SEOUL.items():
        for each in range(1, many + 1):
            row = list(of(f"{prefix}-{each}", category, "city"))
            if category == "leadership":
                row[2], row[4] = "individual", f"Person {each}"
            rows.append(row)
    run.nominate(*rows)
    run.screen()
    return run


def test_seouls_prize_is_ranked_by_its_panel_with_places_and_prizes_by_category(
    session: Work, tmp_path: Path
) -> None:
    run = seoul(session, tmp_path)

    run.judge_first(lambda reference: 10 + 2 * number(reference))
    run.reach(Phase.SECOND_ROUND)
    assert session.scalars(select(Election)).all() == []
    run.mark(lambda reference: 60 - 2 * number(reference))
    run.close_second()
    with pytest.raises(NotByDecision):
        run.give("T-3", "tech-winner")
    for reference in ("T-24", "H-1", "L-1"):
        run.give(reference, "special-mention")
    with pytest.raises(PrizeSpent):
        run.give("H-2", "special-mention")
    run.sign()
    assert run.edition.phase is Phase.DECIDED
    assert run.public(PublicationKind.WINNERS) == {}
    run.release()
    with pytest.raises(NotTheTime):
        prizes.give(session, run.edition, "H-2", "special-mention", reason="Late.", **run.act)

    finalists = run.public(PublicationKind.FINALISTS)
    assert {key: len(rows) for key, rows in finalists.items()} == {
        "tech-innovacity": 22, "human-centricity": 16, "leadership": 4,
    }  # fmt: skip
    assert {row["nominee_kind"] for row in finalists["leadership"]} == {"individual"}
    assert {row["organisation"] for row in finalists["leadership"]} == {f"Person {n}" for n in (3, 4, 5, 6)}
    assert run.prizes() == {
        "tech-innovacity": dict.fromkeys(ranked("T", "3456789"), "tech-winner")
        | {"T-10": "tech-winner", "T-24": "special-mention"},
        "human-centricity": dict.fromkeys(ranked("H", "3456789"), "human-winner")
        | {"H-10": "human-winner", "H-1": "special-mention"},
        "leadership": {"L-3": "leadership-winner", "L-4": "leadership-winner", "L-1": "special-mention"},
    }
    reasons = [it.reason for it in decisions.of_edition(session, run.edition, DecisionKind.AWARD)]
    assert reasons == ["For its courage."] * 3
    assert run.in_state(NominationState.WINNER, "leadership") == {"L-1", "L-3", "L-4"}
    assert run.in_state(NominationState.NOT_AWARDED, "leadership") == {"L-5", "L-6"}
    assert certified(run) == {CertificateKind.WINNER: 21, CertificateKind.FINALIST: 42 - 19}
    check(session, run)


FORM_OF_2020 = {
    "efficient-government": "EG", "emerging-technology": "ET", "mobility": "MO",
    "open-inclusive-city": "OC", "safe-city": "SC", "sustainable-city": "SU",
}  # fmt: skip
UNLIKE = ("34567",) * 3 + ("35647", "35467")
"""Five rankings under which 4 and 5 are level with twelve points, and three judges of five place 4 above 5."""


def test_the_form_of_2020_gives_gold_silver_and_special_mention_by_the_judges_vote(
    session: Work, tmp_path: Path
) -> None:
    run = Run(session, tmp_path, "wego-awards-2020", FIVE)
    run.nominate(
        *(
            of(f"{prefix}-{each}", category, "city")
            for category, prefix in FORM_OF_2020.items()
            for each in range(1, 8)
        ),
        of("SC-8", "safe-city", "academic"),
    )
    found = reviews.review(session, run.edition).findings
    assert {key: [it.kind for it in its] for key, its in found.items() if its} == {
        "SC-8": [FindingKind.ORGANISATION_KIND]
    }
    run.screen(SC_8="Universities don't take part.")

    run.judge_first(lambda reference: 20 + number(reference))
    run.reach(Phase.SECOND_ROUND)
    orders = {
        category: [ranked(prefix, "76543")] * 5 if prefix != "MO" else [ranked(prefix, it) for it in UNLIKE]
        for category, prefix in FORM_OF_2020.items()
    }
    run.vote(orders)
    run.close_second()
    run.sign()
    run.release()

    given = run.prizes()
    assert given["mobility"] == {"MO-3": "gold", "MO-4": "silver", "MO-5": "special-mention"}
    settled = {row["nomination"]: row["settled_by"] for row in outcome(run, "mobility")}
    assert settled["MO-4"] == settled["MO-5"] == Step.HEAD_TO_HEAD
    for category, prefix in FORM_OF_2020.items():
        if prefix != "MO":
            assert given[category] == {
                f"{prefix}-7": "gold", f"{prefix}-6": "silver", f"{prefix}-5": "special-mention",
            }  # fmt: skip
    assert certified(run) == {CertificateKind.WINNER: 18, CertificateKind.FINALIST: 12}
    check(session, run)


MEMBERS = ("Arda", "Brisk", "Calm", "Dune")


def test_the_feasibility_call_takes_members_only_and_needs_no_second_round(
    session: Work, tmp_path: Path
) -> None:
    for name in MEMBERS:
        member(session, name)
    run = Run(session, tmp_path, "feasibility-study", THREE)
    call = "feasibility-study"
    run.nominate(
        *(of(f"FS-{each}", call, "", organisation=name) for each, name in enumerate(MEMBERS, 1)),
        of("FS-5", call, "", organisation="Arda", title="Another of the same city"),
        of("FS-6", call, "city", organisation="Outland"),
    )  # fmt: skip
    found = reviews.review(session, run.edition).findings
    kinds = {key: [it.kind for it in its] for key, its in found.items() if its}
    assert kinds == {
        "FS-1": [FindingKind.TOO_MANY_FROM_CITY],
        "FS-5": [FindingKind.TOO_MANY_FROM_CITY],
        "FS-6": [FindingKind.NOT_A_MEMBER],
    }
    run.screen(FS_5="One nomination a city; the city keeps FS-1.", FS_6="Only members may apply.")

    run.judge_first(lambda reference: 20 + 3 * number(reference))
    assert run.rules.second_round is SecondRound.NONE
    with pytest.raises(IllegalTransition):
        run.reach(Phase.SECOND_ROUND)
    run.sign()
    run.release()

    assert elections.of_edition(session, run.edition) == []
    assert run.edition.phase is Phase.PUBLISHED
    assert run.prizes() == {call: {"FS-4": "study", "FS-3": "study"}}
    assert run.in_state(NominationState.INELIGIBLE, call) == {"FS-5", "FS-6"}
    assert certified(run) == {CertificateKind.WINNER: 2}
    check(session, run)


def outcome(run: Run, category: str) -> list[dict[str, str]]:
    return list(results.frozen(run.session, run.edition)[category].document["rows"])


def certified(run: Run) -> dict[str, int]:
    """How many winners and finalists have certificates, whatever the languages."""
    issued = certificates.of_edition(run.session, run.edition)
    return dict(Counter(kind for kind, *_ in {(it.kind, it.nomination_id, it.prize) for it in issued}))


def check(session: Work, run: Run) -> None:
    """Both records give the same result again, and the audit holds."""
    assert run.edition.phase is Phase.PUBLISHED
    for public in (False, True):
        again = run.recounted(public=public)
        assert (again.differences, again.lacks) == ((), ())
    assert list(audit.verify(session)) == []
