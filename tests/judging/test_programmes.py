"""The programmes that come with Laurels: what their files promise, and that an organiser can rely on them."""

import datetime
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest

from judging.programme import COLUMN_KINDS, CONTACT_PARTS, FIELD_KINDS, Programme, read, read_rules
from judging.rules import APPEAL_DAYS, Field, Rules, digest, document
from judging.values import Electorate, Method, SecondRound, Step

PROGRAMMES = Path(__file__).parents[2] / "seed" / "programmes"
FILES = sorted(path.stem for path in PROGRAMMES.glob("*.toml"))
WEGO_KEYS = ("services", "efficiency", "open-city", "urban-management", "digital-inclusion")
JUDGES_LADDER = (Step.HEAD_TO_HEAD, Step.FIRST_PLACES, Step.FIRST_ROUND, Step.CHAIR, Step.LOT)
LISTS = ("choices", "rows", "links", "files", "pictures", "contacts")
HANGUL = re.compile(r"[가-힣]")
every_file = pytest.mark.parametrize("name", FILES)


def text_of(name: str) -> str:
    return (PROGRAMMES / f"{name}.toml").read_text(encoding="utf-8")


def programme(name: str) -> Programme:
    return read(text_of(name))


def rules_of(name: str) -> Rules:
    return programme(name).rules


def leaves(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    """Every value of a document that holds no other, with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from leaves(item, f"{place}[{number}]")
    else:
        yield place, value


def texts_by_language(value: object, place: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every {language: text} of a programme's texts that is not left out, with its place."""
    if isinstance(value, Mapping) and value and all(isinstance(item, str) for item in value.values()):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts_by_language(item, f"{place}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from texts_by_language(item, f"{place}[{number}]")


def toml_backwards(value: object) -> str:
    """A value in TOML on one line, the keys of every table in the opposite order; lists stay as they are."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {toml_backwards(value[key])}" for key in reversed(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml_backwards(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def field_of(rules: Rules, key: str) -> Field:
    return next(field for field in rules.fields if field.key == key)


def test_six_programmes_come_with_laurels() -> None:
    assert FILES == [
        "feasibility-study",
        "seoul-smart-city-prize",
        "wego-awards",
        "wego-awards-2020",
        "wego-awards-members",
        "wego-champions-award",
    ]


@every_file
def test_a_programme_has_the_key_of_its_file(name: str) -> None:
    assert rules_of(name).key == name


@every_file
def test_the_canonical_document_of_a_programme_reads_as_the_same_rules(name: str) -> None:
    rules = rules_of(name)

    again = read_rules(json.loads(json.dumps(document(rules))))

    assert again == rules
    assert digest(again) == digest(rules)


def test_no_two_programmes_have_the_same_hash() -> None:
    assert len({digest(rules_of(name)) for name in FILES}) == len(FILES)


@every_file
def test_the_order_in_which_keys_are_written_does_not_change_the_hash(name: str) -> None:
    values = tomllib.loads(text_of(name))

    backwards = "\n".join(f"{key} = {toml_backwards(values[key])}" for key in reversed(values))

    assert tomllib.loads(backwards) == values
    assert digest(read(backwards).rules) == digest(rules_of(name))


@every_file
def test_a_programme_holds_no_date(name: str) -> None:
    values = tomllib.loads(text_of(name), parse_float=Decimal)

    dates = [
        place
        for place, value in leaves(values)
        if isinstance(value, datetime.date | datetime.time)
        or (isinstance(value, str) and re.search(r"\b(19|20)\d\d\b", value) and place != "key")
    ]

    assert dates == []


@every_file
def test_an_organiser_finds_every_rule_written_in_the_file(name: str) -> None:
    written = tomllib.loads(text_of(name))
    rules = document(rules_of(name))

    assert set(rules) - set(written) == set()
    for table in ("scale", "sheets", "vote", "panel", "result", "conflicts"):
        assert set(rules.get(table, {})) == set(written.get(table, {})), table
    usual = {"appeal_days"} if rules_of(name).eligibility.appeal_days == APPEAL_DAYS else set()
    assert set(rules["eligibility"]) | usual == set(written["eligibility"])
    assert all(
        set(field) <= set(given) for field, given in zip(rules["fields"], written["fields"], strict=True)
    )


@every_file
def test_every_text_stands_in_english_and_in_korean(name: str) -> None:
    found = dict(texts_by_language(programme(name).texts))

    for place, texts in found.items():
        assert list(texts) == ["en", "ko"], place
        assert all(text and text == text.strip() and "  " not in text for text in texts.values()), place
        assert not HANGUL.search(texts["en"]), place
        assert HANGUL.search(texts["ko"]), place


@every_file
def test_everything_with_a_name_says_what_it_is(name: str) -> None:
    texts = programme(name).texts

    for thing, text in (("criteria", "text"), ("categories", "text"), ("fields", "guidance")):
        assert [key for key, of in texts[thing].items() if not (of["name"] and of[text])] == [], thing
    assert all(of["name"] for of in texts["prizes"].values())


@every_file
def test_korean_sentences_end_as_public_services_write(name: str) -> None:
    for place, texts in texts_by_language(programme(name).texts):
        if place.endswith((".text", ".guidance", ".honours")):
            for sentence in texts["ko"].removesuffix(".").split(". "):
                assert sentence.endswith(("니다", "십시오")), f"{place}: {sentence}"


@every_file
def test_signatories_are_named_by_office_only(name: str) -> None:
    signatories = programme(name).texts["signatories"]

    assert [signatory["name"] for signatory in signatories] == [{}, {}]
    assert all(signatory["office"] for signatory in signatories)


@every_file
def test_every_form_asks_for_consent_and_shows_judges_no_contacts(name: str) -> None:
    fields = rules_of(name).fields

    consents = [field for field in fields if field.kind == "consent"]
    assert [field.key for field in consents if field.required] == ["consent", "declaration"]
    pictures = {f"consent_{field.key}" for field in fields if field.kind == "pictures"}
    assert {field.key for field in consents if not field.required} == {"consent_contacts"} | pictures
    assert not any(field.judges or field.public for field in fields if field.kind in ("contacts", "consent"))


@every_file
def test_long_answers_and_nothing_else_are_limited_in_words(name: str) -> None:
    assert all((field.kind == "text") == (field.limit > 0) for field in rules_of(name).fields)


@every_file
def test_every_choice_has_options_and_every_table_its_columns(name: str) -> None:
    for field in rules_of(name).fields:
        assert bool(field.options) == (field.kind in ("choice", "choices")), field.key
        assert bool(field.columns) == (field.kind in ("rows", "contacts")), field.key
        assert bool(field.most) == (field.kind in LISTS), field.key


@every_file
def test_every_field_stands_in_a_section_and_every_section_has_fields_side_by_side(name: str) -> None:
    texts = programme(name).texts
    sections = [texts["fields"][field.key]["section"] for field in rules_of(name).fields]

    assert list(dict.fromkeys(sections)) == list(texts["sections"])
    assert [section for section, _ in groupby(sections)] == list(texts["sections"])


@every_file
def test_every_form_asks_for_the_seventeen_goals_apart_from_the_topics(name: str) -> None:
    rules = rules_of(name)

    assert len(field_of(rules, "sdgs").options) == 17
    assert not set(field_of(rules, "sdgs").options) >= set(field_of(rules, "topics").options)


@pytest.mark.parametrize("name", [name for name in FILES if name != "wego-champions-award"])
def test_the_head_of_a_city_is_asked_for_as_to_be_printed(name: str) -> None:
    head = field_of(rules_of(name), "head")

    assert (head.kind, head.most) == ("contacts", 1)
    assert [(part.key, part.required) for part in head.columns] == [
        ("name", True),
        ("latin_name", False),
        ("office", True),
    ]


def test_the_readme_explains_every_key_of_a_field() -> None:
    text = (PROGRAMMES.parent / "README.md").read_text(encoding="utf-8")
    explained = set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in text.splitlines() if "|" in line[:1]))
    )

    assert {*Field.__dataclass_fields__, "section", "name", "guidance"} <= explained
    assert all(f"`{kind}`" in text for kind in (*FIELD_KINDS, *COLUMN_KINDS, *CONTACT_PARTS))


# ── The WeGO Awards ──


@pytest.mark.parametrize("name", ["wego-awards", "wego-awards-members"])
def test_the_wego_awards_have_five_categories_each_with_a_criterion_of_its_own(name: str) -> None:
    rules = rules_of(name)

    assert tuple(category.key for category in rules.categories) == WEGO_KEYS
    assert all(category.criteria == WEGO_KEYS for category in rules.categories)
    assert [(category.places, category.prizes) for category in rules.categories] == [
        (5, ("best", "outstanding"))
    ] * 5
    assert [criterion.weight for criterion in rules.criteria] == [1] * 5
    assert rules.shortlist_ladder[0] is Step.OWN_CRITERION


def test_in_the_wego_awards_category_and_criterion_have_names_and_texts_of_their_own() -> None:
    texts = programme("wego-awards").texts

    for key in WEGO_KEYS:
        category, criterion = texts["categories"][key], texts["criteria"][key]
        assert category["name"]["en"] != criterion["name"]["en"]
        assert category["text"] != criterion["text"]
    assert texts["categories"]["services"]["name"] == {"en": "Services", "ko": "공공서비스"}
    assert texts["criteria"]["services"]["name"]["ko"] == "민원 서비스 향상"
    assert [prize["name"]["ko"] for prize in texts["prizes"].values()] == ["최우수상", "우수상"]


def test_the_judges_of_the_wego_awards_rank_all_finalists() -> None:
    rules = rules_of("wego-awards")

    assert (rules.vote.electorate, rules.vote.method, rules.vote.quorum) == (
        Electorate.JUDGES,
        Method.BORDA,
        0,
    )
    assert rules.vote.minimum_electors == 3
    assert rules.result_ladder == JUDGES_LADDER
    assert rules.sheets.minimum == 3


def test_the_members_of_wego_choose_one_finalist_with_a_quorum_of_a_third() -> None:
    rules = rules_of("wego-awards-members")

    assert (rules.vote.electorate, rules.vote.method) == (Electorate.MEMBERS, Method.ONE_CHOICE)
    assert rules.vote.quorum == Fraction(1, 3)
    assert rules.result_ladder == (Step.FIRST_ROUND, Step.CHAIR, Step.LOT)


def test_the_two_files_of_the_wego_awards_differ_in_vote_and_ladder_alone() -> None:
    judges, members = (document(rules_of(name)) for name in ("wego-awards", "wego-awards-members"))

    assert {key for key in judges if judges[key] != members[key]} == {"key", "vote", "result"}
    assert programme("wego-awards").texts == programme("wego-awards-members").texts


def test_a_city_enters_two_nominations_in_english_in_the_wego_awards() -> None:
    eligibility = rules_of("wego-awards").eligibility

    assert eligibility.per_city == 2
    assert eligibility.languages == ("en",)
    assert eligibility.city_approval == ()
    assert "corporation" not in eligibility.organisation_kinds


def test_the_form_of_the_wego_awards_has_the_fields_that_its_rules_look_at() -> None:
    rules = rules_of("wego-awards")

    assert len(rules.fields) == 23
    assert field_of(rules, "started_on").kind == "date"
    assert field_of(rules, "city_approval").kind == "files"
    assert [column.key for column in field_of(rules, "results").columns] == [
        "indicator",
        "baseline",
        "value",
        "date",
        "source",
    ]


# ── The other programmes ──


def test_the_form_of_2020_has_six_categories_three_prizes_and_companies_with_approval() -> None:
    rules = rules_of("wego-awards-2020")

    assert len(rules.categories) == 6
    assert [category.prizes for category in rules.categories] == [("gold", "silver", "special-mention")] * 6
    assert rules.eligibility.city_approval == ("corporation",)
    assert "corporation" in rules.eligibility.organisation_kinds
    assert rules.vote.electorate is Electorate.JUDGES
    names = programme("wego-awards-2020").texts["prizes"]
    assert [prize["name"]["ko"] for prize in names.values()] == ["금상", "은상", "특별상"]


def test_the_seoul_prize_has_places_and_prizes_by_category_and_a_panel() -> None:
    rules = rules_of("seoul-smart-city-prize")

    given = {
        category.key: (category.places, sum(prize.count for prize in rules.prizes_of(category.key)))
        for category in rules.categories
    }
    assert given == {"tech-innovacity": (22, 8), "human-centricity": (16, 8), "leadership": (4, 2)}
    assert len(rules.criteria) == 6
    assert (rules.second_round, rules.vote, rules.carry_over) == (SecondRound.PANEL, None, False)


def test_only_individuals_are_nominated_for_leadership_in_the_seoul_prize() -> None:
    kinds = {
        category.key: category.nominee_kinds for category in rules_of("seoul-smart-city-prize").categories
    }

    assert kinds == {
        "tech-innovacity": ("project",),
        "human-centricity": ("project",),
        "leadership": ("individual",),
    }


def test_three_special_mentions_of_the_seoul_prize_are_given_by_decision() -> None:
    prizes = rules_of("seoul-smart-city-prize").prizes

    assert [(prize.key, prize.count) for prize in prizes if prize.by_decision] == [("special-mention", 3)]
    assert sum(prize.count for prize in prizes) == 21


def test_the_champions_are_individuals_one_in_each_of_six_fields() -> None:
    rules = rules_of("wego-champions-award")

    assert [category.key for category in rules.categories] == [
        "smart-city",
        "new-technology",
        "carbon-neutrality",
        "digital-innovation",
        "culture",
        "leadership",
    ]
    assert Counter(category.nominee_kinds for category in rules.categories) == {("individual",): 6}
    assert [(prize.key, prize.count) for prize in rules.prizes] == [("champion", 1)]
    assert rules.vote.electorate is Electorate.JUDGES


def test_two_members_receive_a_feasibility_study_without_a_second_round() -> None:
    rules = rules_of("feasibility-study")

    assert (rules.second_round, rules.vote) == (SecondRound.NONE, None)
    assert [(category.places, category.prizes) for category in rules.categories] == [(2, ("study",))]
    assert [(prize.key, prize.count) for prize in rules.prizes] == [("study", 2)]
    assert len(rules.criteria) == 5
    assert rules.eligibility.members_only


def test_a_tie_for_the_last_study_never_selects_a_third_city() -> None:
    rules = rules_of("feasibility-study")

    assert Step.EXTEND not in rules.shortlist_ladder
    assert rules.result_ladder == rules.shortlist_ladder


def test_a_programme_may_state_the_licence_of_its_open_data() -> None:
    file = (PROGRAMMES / "wego-awards.toml").read_text(encoding="utf-8")
    stated = 'licence.en = "CC BY 4.0"\nlicence.ko = "CC BY 4.0"\n' + file

    assert "licence" not in read(file).texts
    assert read(stated).texts["licence"] == {"en": "CC BY 4.0", "ko": "CC BY 4.0"}
    assert digest(read(stated).rules) == digest(read(file).rules)
