"""Who acts as chair: asked anew for every set of nominations."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, chairs, judges, recusals
from awards.audit import Actor
from awards.chairs import NotTheChair
from awards.models import Conflict, ConflictSource, Role
from tests.awards.play import Play, entry, judge

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    made = Play(session(), tmp_path)
    made.nominate(entry("N1"), entry("N2"), entry("M1", "openness"))
    made.seat(judge("ada"), judge("ben"))
    return made


def appoint(play: Play, name: str, role: Role, *, rank: int = 0, category: str | None = None) -> Actor:
    account, _ = accounts.find_or_make(
        play.session, f"{name}@example.org", name=name, now=play.now, actor=play.actor
    )
    accounts.grant(
        play.session,
        account,
        role,
        edition=play.edition,
        rank=rank,
        category=category,
        actor=play.actor,
        now=play.now,
    )
    return Actor(account, account)


def acting(play: Play, *references: str, category: str = "services") -> str | None:
    about = [play.nomination(name) for name in references]
    by_table = chairs.table_of(play.session, play.edition).acting(about, category)
    found = chairs.acting(play.session, play.edition, about, category)
    assert by_table is found
    return found.account.name if found else None


def test_the_first_deputy_without_a_conflict_acts_for_a_chair_with_one(play: Play) -> None:
    chair = appoint(play, "carol", Role.CHAIR)
    second = appoint(play, "dora", Role.DEPUTY, rank=2)
    first = appoint(play, "dan", Role.DEPUTY, rank=1)
    assert acting(play, "N1", "N2") == "carol"

    recusals.declare(play.session, play.nomination("N1"), actor=chair, now=play.now)

    assert (acting(play, "N1", "N2"), acting(play, "N2")) == ("dan", "carol")
    recusals.declare(play.session, play.nomination("N2"), actor=first, now=play.now)
    assert (acting(play, "N1", "N2"), acting(play, "N2")) == ("dora", "carol")
    recusals.declare(play.session, play.nomination("N1"), actor=second, now=play.now)
    assert acting(play, "N1", "N2") is None
    table = chairs.table_of(play.session, play.edition)
    assert table.all_bound([play.nomination("N1"), play.nomination("N2")], "services")
    with pytest.raises(NotTheChair) as refused:
        chairs.need(play.session, play.edition, [play.nomination("N1")], "services", actor=chair)
    assert refused.value.acting is first.account


def test_a_judge_may_sit_in_the_chair_but_not_decide_where_they_have_a_conflict(play: Play) -> None:
    appoint(play, "ada", Role.CHAIR)
    assert acting(play, "N1") == "Ada Fictional"

    row = judges.find(play.session, play.edition, "ada@example.org")
    play.session.add(
        Conflict(
            judge_id=row.id,
            nomination_id=play.nomination("N1").id,
            source=ConflictSource.SAME_COUNTRY,
            found_at=play.now,
        )
    )
    play.session.flush()

    assert (acting(play, "N1"), acting(play, "N2")) == (None, "Ada Fictional")


def test_a_deputy_of_one_category_acts_in_it_alone_and_nobody_is_bound_where_nobody_sits(play: Play) -> None:
    assert not chairs.table_of(play.session, play.edition).all_bound([play.nomination("N1")], "services")
    appoint(play, "mia", Role.DEPUTY, category="openness")

    assert acting(play, "N1") is None
    assert acting(play, "M1", category="openness") == "mia"
