"""A programme's file: its rules, checked, and its texts in several languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from judging.form import COLUMN_KINDS, CONTACT_PARTS, FIELD_KINDS, FieldReader
from judging.ladder import MARKS_STEPS, SHORTLIST_STEPS, ends, possible_steps
from judging.reading import Mistake, MistakeKind, Table, unique_keys
from judging.rules import (
    APPEAL_DAYS,
    INDIVIDUAL,
    NOMINEE_KINDS,
    Category,
    Criterion,
    Eligibility,
    Field,
    Prize,
    PublicVote,
    Readings,
    Rules,
    Scale,
    Sheets,
    Vote,
)
from judging.values import (
    BelowQuorum,
    Electorate,
    Json,
    Method,
    RecordScope,
    SameCountry,
    SecondRound,
    Slate,
    StandingBy,
    Step,
    Vacated,
)

Texts = dict[str, Json]
ADDRESSES = (
    "acts", "cast", "disputes", "finalists", "for", "judges", "minimum", "readings", "reliability", "results", "review",
    "special", "waivers", "withholding",
)  # fmt: skip
"""Keys that no category may have: pages have these addresses beside those of categories.

A programme's file that takes one is refused; rules that were fixed before stay readable.
"""
ANCHOR = re.compile(r"[0-9]{1,4}(?:-[0-9]{1,4})?\Z", re.ASCII)

ORGANISATION_KINDS = (
    "city", "city-corporation", "municipality", "special-region", "province",
    "prefecture", "regency", "state", "locality", "district",
    "public-agency", "corporation", "association", "academic", "non-profit", "research", "international", "other",
)  # fmt: skip
LOCAL_GOVERNMENTS = ORGANISATION_KINDS[:10]
LANGUAGES = (
    "en", "ko", "zh", "ar", "es", "fr", "ru", "pt", "de", "id",
    "ja", "vi", "th", "tr", "mn", "ne", "bn", "hi", "am",
)  # fmt: skip

JUDGES_LADDER = (Step.HEAD_TO_HEAD, Step.FIRST_PLACES, Step.FIRST_ROUND, Step.CHAIR, Step.LOT)
VOTE_LADDER = (Step.FIRST_ROUND, Step.CHAIR, Step.LOT)
MARKS_LADDER = (*MARKS_STEPS, Step.CHAIR, Step.LOT)


class ProgrammeInvalid(Exception):
    """A programme's file has mistakes; all of them are in `mistakes`, in the order of the file's tables."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes, the first at {mistakes[0].place!r}: {mistakes[0].kind}")
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Programme:
    """What a file holds: the rules, and the texts as {thing: {key: {"name": {language: text}, ...}}}."""

    rules: Rules
    texts: Texts


def read(text: str) -> Programme:
    """A programme from its TOML text. Raises ProgrammeInvalid with every mistake at once."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise ProgrammeInvalid([Mistake(MistakeKind.NOT_TOML, "", str(error))]) from error
    reader = _Reader(Table(values, "", []), texts_wanted=True)
    rules = reader.rules()
    if reader.root.mistakes:
        raise ProgrammeInvalid(reader.root.mistakes)
    return Programme(rules, reader.texts)


def read_rules(document: Mapping[str, Json]) -> Rules:
    """Rules from their canonical document. Raises ProgrammeInvalid."""
    reader = _Reader(Table(document, "", []), texts_wanted=False)
    rules = reader.rules()
    if reader.root.mistakes:
        raise ProgrammeInvalid(reader.root.mistakes)
    return rules


class _Reader:
    def __init__(self, root: Table, *, texts_wanted: bool) -> None:
        self.root = root
        self.texts_wanted = texts_wanted
        self.texts: Texts = {}
        self.languages: tuple[str, ...] = ()

    def rules(self) -> Rules:
        root = self.root
        key = root.key("key")
        self.languages = root.strings("languages", of=LANGUAGES)
        if not self.languages:
            root.wrong(MistakeKind.EMPTY, "languages")
        working = root.string("working_language", self.languages[0] if self.languages else "")
        if self.languages and working not in self.languages:
            root.wrong(MistakeKind.NOT_ONE_OF, "working_language", working, self.languages)
        self._texts_of_the_programme()
        scale = self._scale()
        criteria = self._criteria(scale)
        prizes = self._prizes()
        second_round = root.one_of("second_round", SecondRound, SecondRound.VOTE)
        vote = self._vote(second_round)
        public_vote = self._public_vote(second_round, prizes)
        shortlist = root.table("shortlist")
        contested = [
            it for it in prizes if not it.by_decision and (public_vote is None or it.key != public_vote.prize)
        ]
        categories = self._categories(shortlist.integer("places", 5, least=1), criteria, contested)
        shortlist_ladder = _ladder(
            shortlist, (*MARKS_STEPS, Step.EXTEND, Step.CHAIR, Step.LOT), SHORTLIST_STEPS
        )
        shortlist.close()
        slate = root.one_of("slate", Slate, Slate.FINALISTS)
        rules = Rules(
            key=key,
            languages=self.languages,
            working_language=working,
            scale=scale,
            criteria=criteria,
            categories=categories,
            prizes=prizes,
            sheets=self._sheets(),
            standing=root.one_of("standing", StandingBy, StandingBy.MEAN),
            shortlist_ladder=shortlist_ladder,
            second_round=second_round,
            slate=slate,
            vote=vote,
            carry_over=self._carry_over(second_round),
            result_ladder=self._result_ladder(second_round, vote),
            same_country=self._same_country(),
            eligibility=self._eligibility(),
            fields=self._fields(),
            minimum_nominations=root.integer("minimum_nominations", 2, least=1),
            withhold=root.boolean("withhold", False),
            vacated=root.one_of("vacated", Vacated, Vacated.VACANT),
            record=root.one_of("record", RecordScope, RecordScope.FINALISTS),
            min_publish=root.integer("min_publish", 10, least=1),
            readings=self._readings(),
            practice=self._flag("practice", "offered"),
            own_severity=self._flag("calibration", "shown_to_judge"),
            public_vote=public_vote,
        )
        root.close()
        return rules

    def _texts_of_the_programme(self) -> None:
        if not self.texts_wanted:
            return
        self.texts["name"] = self._map(self.root, "name")
        self.texts["honours"] = self._map(self.root, "honours")
        self.texts["association"] = self._map(self.root, "association")
        if self.root.has("licence"):
            self.texts["licence"] = self._map(self.root, "licence")
        self.texts["signatories"] = [
            {"name": self._map(table, "name", required=False), "office": self._map(table, "office")}
            for table in _closed(self.root.tables("signatories"), ("name", "office"))
        ]
        for name in ("conduct", "membership", "feedback"):
            if self.root.has(name):
                table = self.root.table(name)
                self.texts[name] = {"text": self._map(table, "text")}
                table.close()

    def _map(self, table: Table, key: str, *, required: bool = True) -> Json:
        """A text as {language: text}, in every language of the programme."""
        if not table.has(key) and not required:
            table.take(key)
            return {}
        texts = table.table(key)
        found: dict[str, Json] = {}
        for language in self.languages:
            if texts.has(language):
                found[language] = texts.string(language)
            else:
                texts.asked.add(language)
                texts.wrong(MistakeKind.MISSING_LANGUAGE, language)
        texts.close()
        return found

    def _named(
        self, thing: str, tables: list[Table], keys: list[str], texts: Iterable[str] = ("text",)
    ) -> None:
        """Check the keys of a list of tables and take its texts: a name each, and those of `texts` it has."""
        unique_keys(tables, keys)
        if not self.texts_wanted:
            return
        self.texts[thing] = {
            key: {"name": self._map(table, "name")}
            | {text: self._map(table, text, required=False) for text in texts}
            for table, key in zip(tables, keys, strict=True)
        }

    def _scale(self) -> Scale:
        table = self.root.table("scale")
        scale = Scale(table.integer("lowest", 1), table.integer("highest", 10))
        if scale.lowest >= scale.highest:
            table.wrong(MistakeKind.UPSIDE_DOWN, "lowest", scale.lowest, [f"below {scale.highest}"])
        table.close()
        return scale

    def _criteria(self, scale: Scale) -> tuple[Criterion, ...]:
        tables = self.root.tables("criteria")
        if not tables:
            self.root.wrong(MistakeKind.EMPTY, "criteria")
        found = []
        for table in tables:
            criterion = Criterion(table.key("key"), table.fraction("weight", Fraction(1)))
            if criterion.weight <= 0:
                table.wrong(MistakeKind.NOT_ABOVE_ZERO, "weight", criterion.weight)
            found.append(criterion)
        self._named("criteria", tables, [criterion.key for criterion in found])
        if self.texts_wanted:
            for table, criterion in zip(tables, found, strict=True):
                self._anchors(table, criterion.key, scale)
        _close(tables)
        return tuple(found)

    def _anchors(self, table: Table, criterion: str, scale: Scale) -> None:
        """What marks mean, in words, by mark or span of marks ("7", "7-8"): texts only, they change no result."""
        if not table.has("anchors"):
            return
        stated = table.table("anchors")
        found: dict[str, Json] = {}
        for key in stated.values:
            if anchored(key, scale):
                found[key] = {"text": self._map(stated, key)}
            else:
                stated.take(key)
                stated.wrong(MistakeKind.NOT_ONE_OF, key, key, [f"{scale.lowest}-{scale.highest}"])
        texts = self.texts["criteria"]
        assert isinstance(texts, dict)
        of_criterion = texts[criterion]
        assert isinstance(of_criterion, dict)
        of_criterion["anchors"] = found

    def _prizes(self) -> tuple[Prize, ...]:
        tables = self.root.tables("prizes")
        found = [
            Prize(table.key("key"), table.integer("count", 1, least=1), table.boolean("by_decision", False))
            for table in tables
        ]
        self._named("prizes", tables, [prize.key for prize in found])
        _close(tables)
        return tuple(found)

    def _categories(
        self, places: int, criteria: tuple[Criterion, ...], prizes: Sequence[Prize]
    ) -> tuple[Category, ...]:
        tables = self.root.tables("categories")
        if not tables:
            self.root.wrong(MistakeKind.EMPTY, "categories")
        contested = list(dict.fromkeys(prize.key for prize in prizes))
        counts = {prize.key: prize.count for prize in prizes}
        all_criteria = list(dict.fromkeys(criterion.key for criterion in criteria))
        found = []
        for table in tables:
            key = table.key("key")
            if self.texts_wanted and key in ADDRESSES:
                table.wrong(MistakeKind.RESERVED, "key", key, ADDRESSES)
            category = Category(
                key=key,
                criteria=table.strings("criteria", all_criteria, of=all_criteria),
                places=table.integer("places", places, least=1),
                prizes=table.strings("prizes", contested, of=contested),
                nominee_kinds=table.strings("nominee_kinds", NOMINEE_KINDS, of=NOMINEE_KINDS),
            )
            if not category.criteria and all_criteria:
                table.wrong(MistakeKind.EMPTY, "criteria")
            given = sum(counts[key] for key in category.prizes)
            if given > category.places:
                table.wrong(MistakeKind.MORE_PRIZES_THAN_PLACES, "places", category.places, [given])
            found.append(category)
        self._named("categories", tables, [category.key for category in found])
        _close(tables)
        return tuple(found)

    def _sheets(self) -> Sheets:
        table = self.root.table("sheets")
        sheets = Sheets(
            minimum=table.integer("minimum", 3, least=1),
            per_nomination=table.integer("per_nomination", 5, least=1),
            everyone_up_to=table.integer("everyone_up_to", 100),
        )
        if sheets.per_nomination < sheets.minimum:
            table.wrong(MistakeKind.TOO_SMALL, "per_nomination", sheets.per_nomination, [sheets.minimum])
        table.close()
        return sheets

    def _vote(self, second_round: SecondRound) -> Vote | None:
        if second_round is not SecondRound.VOTE:
            if self.root.has("vote"):
                self.root.wrong(MistakeKind.DOES_NOT_APPLY, "vote", second_round)
                self.root.take("vote")
            return None
        table = self.root.table("vote")
        electorate = table.one_of("electorate", Electorate, Electorate.JUDGES)
        judges = electorate is Electorate.JUDGES
        vote = Vote(
            electorate=electorate,
            method=table.one_of("method", Method, Method.BORDA if judges else Method.ONE_CHOICE),
            approve_up_to=table.integer("approve_up_to", 2, least=1),
            minimum_electors=table.integer("minimum_electors", 3 if judges else 1, least=1),
            quorum=table.fraction(
                "quorum", Fraction(1, 3) if electorate is Electorate.MEMBERS else Fraction(0)
            ),
            below_quorum=table.one_of("below_quorum", BelowQuorum, BelowQuorum.EXTEND),
            max_ballots=table.integer("max_ballots", 1, least=1),
        )
        if vote.max_ballots > 1 and electorate is not Electorate.MEMBERS:
            table.wrong(MistakeKind.DOES_NOT_APPLY, "max_ballots", electorate)
        if not 0 <= vote.quorum <= 1:
            table.wrong(MistakeKind.NOT_ONE_OF, "quorum", vote.quorum, ["0 to 1"])
        table.close()
        return vote

    def _public_vote(self, second_round: SecondRound, prizes: tuple[Prize, ...]) -> PublicVote | None:
        """The public votes beside a vote only, on one prize in each category that nothing else contests."""
        self.root.asked.add("public_vote")
        if not self.root.has("public_vote"):
            return None
        if second_round is not SecondRound.VOTE:
            self.root.wrong(MistakeKind.DOES_NOT_APPLY, "public_vote", second_round)
            return None
        table = self.root.table("public_vote")
        possible = [it.key for it in prizes if not it.by_decision and it.count == 1]
        vote = PublicVote(
            prize=table.string("prize"),
            method=table.one_of("method", Method, Method.ONE_CHOICE),
            approve_up_to=table.integer("approve_up_to", 2, least=1),
        )
        if vote.prize and vote.prize not in possible:
            table.wrong(MistakeKind.NOT_ONE_OF, "prize", vote.prize, possible)
        table.close()
        return vote

    def _carry_over(self, second_round: SecondRound) -> bool:
        if second_round is not SecondRound.PANEL:
            if self.root.has("panel"):
                self.root.wrong(MistakeKind.DOES_NOT_APPLY, "panel", second_round)
                self.root.take("panel")
            return False
        table = self.root.table("panel")
        carry_over = table.boolean("carry_over", False)
        table.close()
        return carry_over

    def _result_ladder(self, second_round: SecondRound, vote: Vote | None) -> tuple[Step, ...]:
        table = self.root.table("result")
        possible = possible_steps(second_round, vote.method if vote else None)
        default = MARKS_LADDER if vote is None else VOTE_LADDER
        if vote and vote.electorate is Electorate.JUDGES and vote.method.is_ranking:
            default = JUDGES_LADDER
        ladder = _ladder(table, default, possible)
        table.close()
        return ladder

    def _readings(self) -> Readings:
        table = self.root.table("readings")
        usual = Readings()
        readings = Readings(table.integer("budget", usual.budget), table.integer("most", usual.most, least=1))
        table.close()
        return readings

    def _flag(self, name: str, key: str) -> bool:
        table = self.root.table(name)
        found = table.boolean(key, False)
        table.close()
        return found

    def _same_country(self) -> SameCountry:
        table = self.root.table("conflicts")
        same_country = table.one_of("same_country", SameCountry, SameCountry.WAIVABLE)
        table.close()
        return same_country

    def _eligibility(self) -> Eligibility:
        table = self.root.table("eligibility")
        eligibility = Eligibility(
            deadline=table.boolean("deadline", True),
            grace_minutes=table.integer("grace_minutes", 15),
            one_category=table.boolean("one_category", True),
            per_city=table.integer("per_city", 0),
            organisation_kinds=table.strings("organisation_kinds", of=ORGANISATION_KINDS),
            city_approval=table.strings("city_approval", of=ORGANISATION_KINDS),
            members_only=table.boolean("members_only", False),
            running_months=table.integer("running_months", 0),
            languages=table.strings("languages", of=LANGUAGES),
            earlier_winners=table.boolean("earlier_winners", True),
            appeal_days=table.integer("appeal_days", APPEAL_DAYS),
        )
        table.close()
        return eligibility

    def _fields(self) -> tuple[Field, ...]:
        sections = self._sections()
        tables = self.root.tables("fields")
        named = self._name if self.texts_wanted else None
        readers = [FieldReader(table, sections, named) for table in tables]
        fields = tuple(reader.field() for reader in readers)
        self._named("fields", tables, [field.key for field in fields], texts=("guidance",))
        if self.texts_wanted:
            found = self.texts["fields"]
            assert isinstance(found, dict)
            for reader, field in zip(readers, fields, strict=True):
                texts = found[field.key]
                assert isinstance(texts, dict)
                texts.update(reader.texts)
        _close(tables)
        return fields

    def _name(self, table: Table, required: bool) -> Json:
        return self._map(table, "name", required=required)

    def _sections(self) -> tuple[str, ...]:
        """The parts into which the form is cut: texts only, for which part a field stands in changes no result."""
        if not self.texts_wanted:
            return ()
        tables = self.root.tables("sections")
        keys = [table.key("key") for table in tables]
        self._named("sections", tables, keys, texts=())
        _close(tables)
        return tuple(keys)


def anchored(key: str, scale: Scale) -> range:
    """The marks for which a wording stands, by its key such as "7" or "7-8"; none where that names no marks."""
    if not ANCHOR.match(key):
        return range(0)
    first, _, last = key.partition("-")
    lowest, highest = int(first), int(last or first)
    return range(lowest, highest + 1) if scale.lowest <= lowest <= highest <= scale.highest else range(0)


def _ladder(table: Table, default: Sequence[Step], possible: Sequence[Step]) -> tuple[Step, ...]:
    named = table.listed("ladder", [step.value for step in default], of=[step.value for step in Step])
    ladder = tuple(Step(name) for _, name in named)
    for place, name in named:
        if Step(name) not in possible:
            table.wrong(MistakeKind.STEP_NOT_POSSIBLE, place, name, possible)
    if not ends(ladder):
        table.wrong(MistakeKind.LADDER_CAN_END_UNRESOLVED, "ladder", "; ".join(ladder), ["lot", "share"])
    return ladder


def _close(tables: Iterable[Table]) -> None:
    for table in tables:
        table.close()


def _closed(tables: list[Table], keys: Iterable[str]) -> list[Table]:
    for table in tables:
        table.asked.update(keys)
        table.close()
    return tables


__all__ = [
    "COLUMN_KINDS",
    "CONTACT_PARTS",
    "FIELD_KINDS",
    "INDIVIDUAL",
    "LOCAL_GOVERNMENTS",
    "Programme",
    "ProgrammeInvalid",
    "anchored",
    "read",
    "read_rules",
]
