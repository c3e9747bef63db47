"""Finding an organisation under any of its names, and adding one that isn't listed."""

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, scoped_session

from awards import directory, members, organisations, spreadsheets
from awards.audit import Actor
from awards.directory import AlreadyListed
from awards.models import Organisation
from judging.programme import LOCAL_GOVERNMENTS
from tests.awards.builders import NOW, SEED, operator

Work = scoped_session[Session]
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def listed(session: Work, actor: Actor) -> None:
    table = spreadsheets.read(SEED / "members.csv", required=members.REQUIRED, optional=members.OPTIONAL)
    members.load(session, table, actor=actor, now=NOW)


def add(session: Work, name: str, country: str = "KR", **values: object) -> Organisation:
    made = organisations.make(name, country=country)
    for column, value in values.items():
        setattr(made, column, value)
    session.add(made)
    session.flush()
    return made


def names(session: Work, text: str, **options: object) -> list[str]:
    return [it.name for it in directory.search(session, text, **options)]  # type: ignore[arg-type]


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("서울", "Seoul"),
        ("서울 특별시", "Seoul"),
        ("seoul", "Seoul"),
        ("Séoul", "Seoul"),
        ("ＳＥＯＵＬ", "Seoul"),
        ("Seoul, Korea", "Seoul"),
        ("ulaan", "Ulaanbaatar"),
        ("Улаан", "Ulaanbaatar"),
        ("Ulanbaatar", "Ulaanbaatar"),
        ("Ulaanbaatra", "Ulaanbaatar"),
        ("서율", "Seoul"),
        ("成都", "Chengdu"),
        ("القضارف", "Gadarif City"),
        ("ha noi", "Hanoi"),
        ("noi ha", "Hanoi"),
        ("metropolitan seoul", "Seoul"),
    ],
)
def test_an_organisation_is_found_in_every_script_and_with_one_slip(
    session: Work, text: str, first: str
) -> None:
    assert names(session, text)[0] == first


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    "text", ["", "  ", "%", "_", "%ou%zz", "S_z%", "\x00", "' OR 1=1 --", "\\", "x" * 9_999]
)
def test_signs_are_no_pattern(session: Work, text: str) -> None:
    assert names(session, text) == []


@ON_SQLITE
def test_names_that_only_the_map_of_names_holds_are_found(session: Work) -> None:
    add(session, "Beijing", "CN", names={"en": "Beijing", "zh": "北京", "ko": "베이징"})

    assert [names(session, text) for text in ("北京", "베이징", "beij")] == [["Beijing"]] * 3


@ON_SQLITE
def test_beginnings_come_before_what_is_merely_contained(session: Work) -> None:
    for name in ("New Porto Alegre", "Transportola", "Porto", "Porto Novo"):
        add(session, name)

    assert names(session, "porto") == ["Porto", "Porto Novo", "New Porto Alegre", "Transportola"]


@ON_SQLITE
def test_confirmed_ones_come_first_and_a_city_after_names(session: Work) -> None:
    add(session, "Harbour", confirmed=False)
    add(session, "Water Agency", city="Harbour")
    add(session, "Harbour", "JP", confirmed=True)

    found = directory.search(session, "harbour")

    assert [(it.name, it.confirmed) for it in found] == [
        ("Harbour", True), ("Harbour", False), ("Water Agency", True),
    ]  # fmt: skip


@ON_SQLITE
def test_a_merged_one_leads_to_what_it_turned_out_to_be(session: Work) -> None:
    target = add(session, "Rhone City")
    middle = add(session, "Lyons", merged_into_id=target.id)
    merged = add(session, "Lugdunum", merged_into_id=middle.id)

    assert names(session, "lugdunum") == ["Rhone City"]
    assert directory.find(session, merged.public_id) is target


@ON_SQLITE
def test_a_city_can_be_searched_for_alone(session: Work) -> None:
    add(session, "Harbour City", kind="city")
    add(session, "Harbour Software", kind="corporation")

    assert names(session, "harbour", kinds=LOCAL_GOVERNMENTS) == ["Harbour City"]


@ON_SQLITE
def test_a_search_asks_four_questions_however_much_it_finds(session: Work) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    for number in range(directory.MOST + 10):
        add(session, f"Porto {number}")
    session.expire_all()
    event.listen(Engine, "before_cursor_execute", note)
    try:
        found = directory.search(session, "porto")
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert (len(found), len(asked)) == (directory.MOST, 4)


@pytest.mark.parametrize("identifier", ["", "no-such", "\x00", "\ud800", "é", "x" * 5_000, "' --"])
def test_an_identifier_that_is_none_finds_nothing(session: Work, identifier: str) -> None:
    assert directory.find(session, identifier) is None


def suggest(session: Work, actor: Actor, **changes: str) -> Organisation:
    values = {"name": "강변시", "english": "Riverside", "kind": "city", "city": "Riverside", "country": "KR"}
    return directory.suggest(session, **values | changes, actor=actor, now=NOW)


def test_what_is_not_listed_is_added_unconfirmed_under_both_names(session: Work, actor: Actor) -> None:
    made = suggest(session, actor)

    assert (made.confirmed, made.suggested_by_id, made.names) == (
        False, actor.account.id, {"en": "Riverside", "ko": "강변시"},
    )  # fmt: skip
    assert directory.search(session, "강변") == directory.search(session, "riverside") == [made]


def test_the_same_name_in_the_same_country_is_offered_instead_of_added(session: Work, actor: Actor) -> None:
    made = suggest(session, actor)

    for again in ({"name": "RIVERSIDE", "english": "River Side City"}, {"english": "riverside", "name": ""}):
        with pytest.raises(AlreadyListed) as refused:
            suggest(session, actor, **again)
        assert refused.value.organisation is made
    assert suggest(session, actor, country="US").country == "US"


@ON_SQLITE
def test_nobody_floods_the_directory(session: Work, actor: Actor) -> None:
    for number in range(directory.MOST_SUGGESTED):
        suggest(session, actor, name="", english=f"Riverside {number}")

    with pytest.raises(directory.TooManySuggested):
        suggest(session, actor)
