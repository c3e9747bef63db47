"""The directory: one organisation under all its names, and the members of the association in it."""

from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import members, organisations, spreadsheets
from awards.audit import Actor
from awards.models import AuditEvent, Membership, Organisation
from awards.organisations import OrganisationAmbiguous, fold
from awards.tables import FileRefused, Reason, Table
from tests.awards.builders import NOW, SEED, operator, table_of

Work = scoped_session[Session]
MEMBERS = SEED / "members.csv"


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def listed() -> Table:
    return spreadsheets.read(MEMBERS, required=members.REQUIRED, optional=members.OPTIONAL)


@pytest.fixture
def wego(session: Work, actor: Actor, listed: Table) -> members.Loaded:
    return members.load(session, listed, actor=actor, now=NOW)


def member_row(name: str, **cells: str) -> dict[str, str]:
    return {
        "name": name, "kind": "city", "country": "KR", "region": "asia", "status": "full", "parent": "",
        "aliases": "", **cells,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("São Paulo", "SAO  PAULO"),
        ("Łódź", "lodz"),
        ("Xi’an", "Xian"),
        ("Ｓｅｏｕｌ", "Seoul"),
        ("서울", "\u1109\u1165\u110b\u116e\u11af"),
        ("Gwangju, Gyeonggi", "Gwangju (Gyeonggi)"),
        ("Straße", "STRASSE"),
    ],
)
def test_case_accents_width_and_punctuation_make_no_other_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(st.characters(max_codepoint=127)))
def test_what_is_plain_letters_is_folded_as_everything_is(text: str) -> None:
    assert fold(f"{text} 1").removesuffix("1") == fold(f"{text} 1\u00b9").removesuffix("11")


def test_a_name_of_signs_alone_is_kept() -> None:
    assert (fold("??"), fold("!?")) == ("??", "!?")


def test_countries_are_those_of_iso_3166() -> None:
    assert organisations.country_code("kr") == "KR"
    assert [organisations.country_code(text) for text in ("UK", "EU", "ZZ", "KOR", "Korea", "")] == [None] * 6
    assert 249 <= len(organisations.countries()) <= 250


def test_an_unknown_organisation_is_made_once(session: Work, actor: Actor) -> None:
    made, first = organisations.find_or_make(
        session, "Institute of Dreams", country="KR", city="Daejeon", actor=actor, now=NOW
    )
    found, second = organisations.find_or_make(
        session, "INSTITUTE of dreams", country="KR", actor=actor, now=NOW
    )

    assert (first, second, found is made) == (True, False, True)
    assert (made.kind, made.confirmed, made.city) == ("other", True, "Daejeon")
    assert session.scalars(select(AuditEvent.subject)).all() == ["Institute of Dreams (KR)"]


def test_the_same_name_in_another_country_is_another_organisation(session: Work, actor: Actor) -> None:
    korean, _ = organisations.find_or_make(session, "Gwangju", country="KR", actor=actor, now=NOW)
    other, made = organisations.find_or_make(session, "Gwangju", country="CN", actor=actor, now=NOW)

    assert made
    assert organisations.match(session, "gwangju", "KR") is korean
    assert organisations.match(session, "gwangju", "CN") is other
    assert organisations.match(session, "gwangju", "JP") is None
    with pytest.raises(OrganisationAmbiguous, match="gwangju"):
        organisations.match(session, "gwangju")


def test_an_organisation_of_no_stated_country_takes_the_first_that_is_stated(
    session: Work, actor: Actor
) -> None:
    made, _ = organisations.find_or_make(session, "Far Partner", actor=actor, now=NOW)

    found, again = organisations.find_or_make(session, "Far Partner", country="FI", actor=actor, now=NOW)

    assert (found is made, again, made.country) == (True, False, "FI")


def test_a_member_is_found_under_every_name_in_every_script(session: Work, wego: members.Loaded) -> None:
    seoul = organisations.match(session, "Seoul", "KR")

    assert seoul is not None
    names = ["서울특별시", "seoul metropolitan government", "서울"]
    assert [organisations.match(session, name, "KR") for name in names] == [seoul] * 3
    assert organisations.match(session, "Seoul") is seoul
    assert organisations.match(session, "Улаанбаатар", "MN") is organisations.match(
        session, "Ulaanbaatar", "MN"
    )


def test_the_82_members_are_loaded_full_and_flagged_as_assumed(session: Work, wego: members.Loaded) -> None:
    found = session.scalars(select(Organisation)).all()

    assert (len(wego.made), wego.changed, wego.unchanged, len(found)) == (82, (), 0, 82)
    assert {(it.membership, it.membership_assumed, it.confirmed) for it in found} == {
        (Membership.FULL, True, True)
    }
    assert {it.confidence for it in found} == {"sure", "high", "medium"}


def test_members_lie_inside_their_parents_though_these_come_later(
    session: Work, wego: members.Loaded
) -> None:
    inside = session.execute(
        select(Organisation.name, func.max(Organisation.parent_id))
        .where(Organisation.parent_id.is_not(None))
        .group_by(Organisation.name)
    ).all()
    sheikan = organisations.match(session, "Sheikan", "SD")

    assert sheikan is not None
    assert sheikan.parent is organisations.match(session, "North Kordofan State", "SD")
    assert len(inside) == sum(
        1 for row in spreadsheets.read(MEMBERS, required=("parent",)).rows if row["parent"]
    )


def test_loading_the_members_again_changes_nothing(
    session: Work, actor: Actor, listed: Table, wego: members.Loaded
) -> None:
    events = session.scalar(select(func.count()).select_from(AuditEvent))

    again = members.load(session, listed, actor=actor, now=NOW)

    assert again == members.Loaded((), (), 82)
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == events


def test_a_changed_row_changes_the_member_and_an_organisation_known_before_becomes_one(
    session: Work, actor: Actor
) -> None:
    known, _ = organisations.find_or_make(session, "Invented City", country="KR", actor=actor, now=NOW)

    first = members.load(
        session, table_of(member_row("Invented City", aliases="발명시")), actor=actor, now=NOW
    )
    second = members.load(
        session,
        table_of(
            member_row("Invented City", kind="district", parent="Dream"), member_row("Dream", kind="province")
        ),
        actor=actor,
        now=NOW,
    )

    assert (first.changed, second.made, second.changed) == (
        ("Invented City",),
        ("Dream",),
        ("Invented City",),
    )
    assert (known.kind, known.membership, known.parent and known.parent.name) == (
        "district", Membership.FULL, "Dream",
    )  # fmt: skip
    assert organisations.match(session, "발명시") is known


def test_a_list_with_wrong_lines_is_refused_with_all_of_them(session: Work, actor: Actor) -> None:
    for country in ("KR", "CN"):
        organisations.find_or_make(session, "Twin", country=country, actor=actor, now=NOW)
    rows = (
        member_row("One", kind="hamlet", status="half", country="Korea"),
        member_row("Two", parent="Nowhere", region=""),
        member_row("Two", listed_as="XX", region="r" * 33),
        member_row("N" * 201, confidence="c" * 17, notes="n" * 1001),
    )

    with pytest.raises(FileRefused) as refused:
        members.load(session, table_of(*rows), actor=actor, now=NOW)

    assert [(line.row, line.column, line.reason) for line in refused.value.lines] == [
        (2, "country", Reason.NOT_A_COUNTRY),
        (2, "kind", Reason.NOT_ONE_OF),
        (2, "status", Reason.NOT_ONE_OF),
        (3, "region", Reason.EMPTY),
        (3, "parent", Reason.NOT_FOUND),
        (4, "listed_as", Reason.NOT_A_COUNTRY),
        (4, "region", Reason.TOO_LONG),
        (4, "name", Reason.TWICE_IN_FILE),
        (5, "confidence", Reason.TOO_LONG),
        (5, "notes", Reason.TOO_LONG),
        (5, "name", Reason.TOO_LONG),
    ]
    assert session.scalar(select(func.count()).select_from(Organisation)) == 2


def test_an_alias_of_two_members_is_ambiguous_and_a_name_is_not(session: Work, actor: Actor) -> None:
    rows = (member_row("Kassala", aliases="Kasala"), member_row("Kassala State", aliases="Kasala;Kassala"))
    members.load(session, table_of(*rows), actor=actor, now=NOW)

    with pytest.raises(FileRefused) as refused:
        members.load(session, table_of(member_row("Village", parent="Kasala")), actor=actor, now=NOW)

    assert [line.reason for line in refused.value.lines] == [Reason.AMBIGUOUS]
    found = organisations.match(session, "Kassala", "KR")
    assert found is not None
    assert found.name == "Kassala"


def test_parent_and_child_are_related_at_any_depth_and_siblings_are_not(session: Work, actor: Actor) -> None:
    made = {
        name: organisations.find_or_make(session, name, country="KR", actor=actor, now=NOW)[0]
        for name in ("country", "province", "city", "sister")
    }
    made["city"].parent = made["sister"].parent = made["province"]
    made["province"].parent = made["country"]
    session.flush()

    def related(one: str, other: str) -> bool:
        return organisations.related(session, made[one], made[other])

    assert [related("city", it) for it in ("city", "province", "country")] == [True] * 3
    assert related("country", "city")
    assert not related("city", "sister")


def test_a_circle_of_parents_ends() -> None:
    assert organisations.line({1: 2, 2: 1}, 1) == (1, 2)


def test_the_command_says_what_it_did(cli: FlaskCliRunner, tmp_path: Path) -> None:
    first = cli.invoke(args=["members", "load", str(MEMBERS)])
    second = cli.invoke(args=["members", "load", str(MEMBERS)])
    file = tmp_path / "one.csv"
    file.write_text("name,kind,country,region,status\nSeoul,province,KR,asia,full\n", encoding="utf-8")
    third = cli.invoke(args=["members", "load", str(file)])

    assert (first.exit_code, second.exit_code, third.exit_code) == (0, 0, 0)
    assert "Changed: Seoul." in third.output
    assert "New: 82. Changed: 0. Unchanged: 0." in first.output
    assert "New: 0. Changed: 0. Unchanged: 82." in second.output


def test_a_member_first_met_as_a_partner_gets_the_country_of_the_list(session: Work, actor: Actor) -> None:
    organisations.find_or_make(session, "Daejeon", actor=actor, now=NOW)

    loaded = members.load(session, table_of(member_row("Daejeon")), actor=actor, now=NOW)

    assert loaded.changed == ("Daejeon",)
    assert [(it.name, it.country) for it in session.scalars(select(Organisation))] == [("Daejeon", "KR")]
