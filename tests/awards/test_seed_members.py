"""The seed files keep the totals of their source and the situations that the demo shows."""

import csv
import unicodedata
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

SEED = Path(__file__).resolve().parents[2] / "seed"

PRINTED_BY_REGION = {
    "asia": (10, 24),
    "oceania": (1, 1),
    "americas": (2, 3),
    "europe": (9, 7),
    "middle-east": (1, 3),
    "africa": (7, 14),
}
KINDS = {
    "city",
    "city-corporation",
    "municipality",
    "special-region",
    "province",
    "prefecture",
    "regency",
    "state",
    "locality",
}


def rows(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


MEMBERS = rows("members.csv")
NOMINATIONS = rows("demo/nominations.csv")
JUDGES = rows("demo/judges.csv")
DELEGATES = rows("demo/delegates.csv")


def test_the_members_add_up_to_the_totals_that_the_source_prints() -> None:
    regions = Counter(member["region"] for member in MEMBERS)
    capitals = Counter(member["capital_as_listed"] for member in MEMBERS)
    assert regions == {"asia": 34, "oceania": 2, "americas": 5, "europe": 16, "middle-east": 4, "africa": 21}
    assert capitals == {"yes": 30, "no": 52}
    assert len(MEMBERS) == 82


def test_capitals_add_up_in_every_region() -> None:
    counted = Counter((member["region"], member["capital_as_listed"]) for member in MEMBERS)
    assert {region: (counted[region, "yes"], counted[region, "no"]) for region in PRINTED_BY_REGION} == (
        PRINTED_BY_REGION
    )


def test_the_members_lie_in_45_countries_and_territories() -> None:
    countries = Counter(member["country"] for member in MEMBERS)
    assert len(countries) == 45
    assert countries.most_common(2) == [("SD", 14), ("ID", 6)]
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in countries)


def test_only_hong_kong_and_serang_are_listed_under_another_country() -> None:
    moved = {m["name"]: (m["listed_as"], m["country"]) for m in MEMBERS if m["listed_as"] != m["country"]}
    assert moved == {"Hong Kong": ("CN", "HK"), "Serang Regency": ("PH", "ID")}


def test_country_and_name_are_the_key_of_a_member() -> None:
    assert len({(member["country"], member["name"]) for member in MEMBERS}) == 82
    assert len({member["name"] for member in MEMBERS}) == 82


def test_no_name_or_alias_stands_for_two_members_of_one_country() -> None:
    known: dict[tuple[str, str], str] = {}
    for member in MEMBERS:
        spellings = {member["name"], member["name_ko"], member["name_as_listed"]}
        spellings.update(alias for alias in member["aliases"].split(";") if alias)
        for spelling in spellings:
            assert spelling == spelling.strip()
            key = (member["country"], unicodedata.normalize("NFC", spelling).casefold())
            assert known.setdefault(key, member["name"]) == member["name"]


def test_the_parent_of_a_member_is_a_member_of_the_same_country_and_region() -> None:
    by_name = {member["name"]: member for member in MEMBERS}
    parents = {member["name"]: member["parent"] for member in MEMBERS if member["parent"]}
    assert parents == {
        "Ningbo": "Zhejiang Province",
        "Batam": "Riau Islands Province",
        "Hasahisa": "Gezira State",
        "Um Elgura": "Gezira State",
        "South Gezira Locality": "Gezira State",
        "Gadarif City": "Gadarif State",
        "Sheikan": "North Kordofan State",
    }
    for child, parent in parents.items():
        assert by_name[parent]["parent"] == ""
        assert by_name[parent]["country"] == by_name[child]["country"]
        assert by_name[parent]["region"] == by_name[child]["region"]


def test_kind_status_and_confidence_are_known_words() -> None:
    assert {member["kind"] for member in MEMBERS} == KINDS
    assert {member["status"] for member in MEMBERS} == {"full"}
    assert {member["confidence"] for member in MEMBERS} == {"sure", "high", "medium"}


def test_a_doubtful_reading_says_why() -> None:
    doubtful = {member["name"] for member in MEMBERS if member["confidence"] == "medium"}
    assert doubtful == {"Galle", "Riau Islands Province", "Um Elgura", "Kassala", "Elkhawi Locality"}
    assert all(member["notes"] for member in MEMBERS if member["name"] in doubtful)


def test_a_misprint_is_kept_beside_the_usual_spelling() -> None:
    muscat = next(member for member in MEMBERS if member["name"] == "Muscat")
    assert muscat["name_ko"] == "무스카트"
    assert muscat["name_as_listed"] == "무스\u043a\u0430\u0442"


def test_every_row_is_complete_and_in_composed_characters() -> None:
    for member in MEMBERS:
        optional = {"parent", "notes", "aliases"}
        assert all(value for column, value in member.items() if column not in optional)
        assert all(unicodedata.is_normalized("NFC", value) for value in member.values())


def test_seed_files_are_utf_8_with_plain_line_ends() -> None:
    for path in (SEED / "members.csv", *sorted((SEED / "demo").glob("*.csv"))):
        content = path.read_bytes()
        content.decode("utf-8")
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\n")


def test_the_demo_has_the_nominations_of_2014_over_five_categories() -> None:
    assert Counter(row["category"] for row in NOMINATIONS) == {
        "services": 14,
        "efficiency": 14,
        "open-city": 14,
        "urban-management": 13,
        "digital-inclusion": 13,
    }
    assert len({row["reference"] for row in NOMINATIONS}) == 68
    assert all(value for row in NOMINATIONS for value in row.values())


def test_the_demo_nominates_members_and_few_others() -> None:
    members = {(member["country"], member["name"]) for member in MEMBERS}
    others = {
        row["organisation"]
        for row in NOMINATIONS
        if row["nominee_kind"] == "project" and (row["country"], row["organisation"]) not in members
    }
    individuals = [row for row in NOMINATIONS if row["nominee_kind"] == "individual"]
    assert others == {"Buenos Aires", "Kampala", "La Marsa"}
    assert len(individuals) == 2


def test_one_city_of_the_demo_exceeds_the_cap_of_two() -> None:
    cities = Counter((r["country"], r["city"]) for r in NOMINATIONS if r["nominee_kind"] == "project")
    assert [city for city, count in cities.items() if count > 2] == [("ID", "Jakarta")]
    assert cities["ID", "Jakarta"] == 3


def test_one_project_of_the_demo_came_twice() -> None:
    titles = Counter((row["organisation"], folded(row["title"])) for row in NOMINATIONS)
    assert [key for key, count in titles.items() if count > 1] == [
        ("Porto Alegre", "orcamento participativo digital")
    ]


def test_the_demo_nominations_came_within_the_call() -> None:
    for row in NOMINATIONS:
        at = datetime.fromisoformat(row["submitted_at"])
        assert at.utcoffset() == timedelta(hours=9)
        assert "2026-03-02" <= row["submitted_at"][:10] <= "2026-05-10"


def test_judges_of_the_demo_share_a_country_or_a_city_with_nominees() -> None:
    countries = {row["country"] for row in NOMINATIONS}
    cities = {(row["country"], row["city"]) for row in NOMINATIONS}
    assert len(JUDGES) == 7
    assert {judge["country"] for judge in JUDGES} & countries == {"KR", "KE", "ID"}
    assert {(judge["country"], judge["city"]) for judge in JUDGES} & cities == {("KE", "Nairobi")}


def test_every_member_has_one_delegate_in_the_demo() -> None:
    assert [delegate["elector"] for delegate in DELEGATES] == [member["name"] for member in MEMBERS]
    assert len({delegate["name"] for delegate in DELEGATES}) == 82


def test_people_of_the_demo_have_addresses_that_nobody_owns() -> None:
    addresses = [person["email"] for person in (*JUDGES, *DELEGATES)]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith(("@example.org", "@example.com")) for address in addresses)
