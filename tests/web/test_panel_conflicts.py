"""The organisers' page of conflicts, suspicions decided there, and the chair's waivers."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event, insert, select, update

from awards.models import (
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    Grant,
    Judge,
    JudgeState,
    Nomination,
    Role,
)
from tests.web.desk import CY
from tests.web.interested import CHAIR, DEPUTY, JUDGE, KEY, OTHER, SAME_TOWN, Bench
from tests.web.office import well
from tests.web.signing import send
from tests.web.world import NOW

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGE = f"/en/secretariat/{KEY}/conflicts"
WAIVERS = f"/en/table/{KEY}/waivers"
FOUND = [(JUDGE, SAME_TOWN, "same_city"), (JUDGE, SAME_TOWN, "same_country")]


@pytest.fixture
def bench(site: Flask) -> Bench:
    return Bench(site)


def home(bench: Bench, *emails: str) -> None:
    """Make judges nationals of the country that all nominations come from."""
    with bench.writing():
        from awards.extensions import db

        for judge in db.session.scalars(select(Judge)):
            if judge.account.email in emails:
                judge.nationality = "KR"
    bench.search()


def pair(bench: Bench, email: str, reference: str) -> str:
    with bench.site.app_context():
        from awards.extensions import db

        judge = next(it for it in db.session.scalars(select(Judge)) if it.account.email == email)
        return f"{judge.public_id} {bench.key(reference)}"


def waived(bench: Bench) -> list[str]:
    with bench.site.app_context():
        from awards.extensions import db

        found = db.session.scalars(select(Decision).where(Decision.kind == DecisionKind.CONFLICT_WAIVED))
        return [f"{it.subject['nomination']} as {it.signers[-1]['as']}" for it in found]


def test_the_page_names_both_sides_with_filters_and_counts(bench: Bench) -> None:
    page = well(bench.at(CY).get(PAGE))

    assert "Kit Kimson ≈ k. kimson" in page
    assert "2 conflicts" in page
    assert "2 judges have not declared" in page
    assert "No conflict fits" in well(
        bench.at(CY).get(f"{PAGE}?source=declared&page=999&judge=%00&category=x")
    )


def test_behind_the_last_page_stands_the_last_page(bench: Bench) -> None:
    whole = well(bench.at(CY).get(PAGE))
    behind = well(bench.at(CY).get(f"{PAGE}?page=999&decided=999999999999"))

    assert whole.count("<tr") == behind.count("<tr") > 1


def test_the_file_holds_the_conflicts_of_the_page(bench: Bench) -> None:
    answer = bench.at(CY).get(f"{PAGE}.csv?source=same_city")

    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[1].startswith(f"Jo Jonson,{JUDGE},{SAME_TOWN},Project {SAME_TOWN},open-city,same_city,")
    assert len(bench.at(CY).get(f"{PAGE}.csv?source=named").text.splitlines()) == 1


def test_a_suspicion_becomes_a_conflict_and_is_decided_anew(bench: Bench) -> None:
    address = f"{PAGE}/{bench.suspicion()}"
    shown = well(bench.at(CY).get(address))

    empty = send(bench.at(CY), address, {"act": "conflict", "reason": " \0"})
    yes = send(bench.at(CY), address, {"act": "conflict", "reason": "It is her."})
    apart = bench.kept_apart()
    no = send(bench.at(CY), address, {"act": "none", "reason": "It was a namesake."})

    assert "Kit Kimson" in shown
    assert "Project BN-02" in shown
    assert (empty.status_code, "Write why" in well(empty)) == (422, True)
    assert (yes.status_code, apart) == (303, [*FOUND, (OTHER, "BN-02", "named")])
    assert (no.status_code, bench.kept_apart()) == (303, FOUND)
    assert "It was a namesake." in well(bench.at(CY).get(PAGE))


def test_only_organisers_of_the_edition_decide(bench: Bench) -> None:
    address = f"{PAGE}/{bench.suspicion()}"

    for who in (JUDGE, OTHER, CHAIR):
        assert bench.at(who).get(PAGE).status_code == 404
        assert bench.at(who).get(address).status_code == 404
    assert bench.at(CY).get(f"{PAGE}/no-such").status_code == 404
    assert send(bench.at(CY), address, {"act": "perhaps", "reason": "So."}).status_code == 400


def test_the_page_asks_the_database_as_often_for_many_conflicts_as_for_few(bench: Bench) -> None:
    from awards.extensions import db

    counts = []
    for _round in range(2):
        run: list[str] = []
        with bench.site.app_context():
            engine = db.engine

        def note(
            _connection: object, _cursor: object, statement: str, *_: object, run: list[str] = run
        ) -> None:
            run.append(statement)

        bench.at(CY).get(PAGE)
        event.listen(engine, "before_cursor_execute", note)
        bench.at(CY).get(PAGE)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(run))
        with bench.writing():
            pairs = [
                {"judge_id": judge, "nomination_id": nomination}
                for judge in db.session.scalars(select(Judge.id))
                for nomination in db.session.scalars(select(Nomination.id))
            ]
            rest = {"source": ConflictSource.DECLARED, "detail": "", "found_at": NOW}
            if not _round:
                db.session.execute(insert(Conflict), [it | rest for it in pairs])

    assert counts[0] == counts[1]


def test_the_chair_waives_one_pair_where_no_other_judge_is_left(bench: Bench) -> None:
    home(bench, JUDGE, OTHER)
    seen = well(bench.at(CHAIR).get(WAIVERS))

    blank = send(bench.at(CHAIR), WAIVERS, {"pair": pair(bench, JUDGE, "BN-01"), "reason": " "})
    done = send(bench.at(CHAIR), WAIVERS, {"pair": pair(bench, JUDGE, "BN-01"), "reason": "Nobody else."})

    assert seen.count('name="pair"') == 4
    assert (blank.status_code, "Write why" in well(blank)) == (422, True)
    assert (done.status_code, waived(bench)) == (303, ["BN-01 as chair"])
    after = well(bench.at(CHAIR).get(WAIVERS))
    assert "Nobody else." in after
    assert pair(bench, OTHER, "BN-01") not in after
    again = send(bench.at(CHAIR), WAIVERS, {"pair": pair(bench, OTHER, "BN-01"), "reason": "Too."})
    assert (again.status_code, len(waived(bench))) == (303, 1)


def test_an_organiser_and_a_deputy_see_the_pairs_and_waive_none(bench: Bench) -> None:
    home(bench, JUDGE, OTHER)
    fields = {"pair": pair(bench, JUDGE, "BN-01"), "reason": "Please."}

    deputy = send(bench.at(DEPUTY), WAIVERS, fields)
    organiser = bench.at(CY).get(WAIVERS)
    posted = send(bench.at(CY), WAIVERS, fields, page=f"{PAGE}/{bench.suspicion()}")

    assert "Jo Jonson" in well(organiser)
    assert 'name="pair"' not in organiser.text
    assert (deputy.status_code, posted.status_code, waived(bench)) == (422, 422, [])
    assert "Example Chair acts as chair" in deputy.text


def test_a_chair_who_is_the_judge_of_the_pair_does_not_waive_it_the_deputy_does(bench: Bench) -> None:
    home(bench, JUDGE, OTHER)
    with bench.writing():
        from awards.extensions import db

        jo = next(it for it in db.session.scalars(select(Judge)) if it.account.email == JUDGE)
        db.session.execute(update(Grant).where(Grant.role == Role.CHAIR).values(account_id=jo.account_id))
    fields = {"pair": pair(bench, JUDGE, "BN-01"), "reason": "I may."}

    own = send(bench.at(JUDGE), WAIVERS, fields, page="/en/account")
    by_deputy = send(bench.at(DEPUTY), WAIVERS, fields)

    assert (own.status_code, by_deputy.status_code) == (422, 303)
    assert waived(bench) == ["BN-01 as deputy"]


def test_no_pair_is_waivable_while_another_judge_is_left(bench: Bench) -> None:
    home(bench, JUDGE)

    page = well(bench.at(CHAIR).get(WAIVERS))
    refused = send(
        bench.at(CHAIR), WAIVERS, {"pair": pair(bench, JUDGE, "BN-01"), "reason": "So."}, page="/en/account"
    )

    assert "Every nomination has a judge" in page
    assert (refused.status_code, waived(bench)) == (303, [])
    with bench.writing():
        from awards.extensions import db

        kit = next(it for it in db.session.scalars(select(Judge)) if it.account.email == OTHER)
        kit.state = JudgeState.LEFT
    assert "Jo Jonson" in bench.at(CHAIR).get(WAIVERS).text
