"""The sentences of the rules: one for each kind of clause, from the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.web.kinds import ORGANISATION_KINDS
from awards.web.texts import Names, listed
from awards.web.words import language_name
from judging.clauses import Clause, ClauseKind
from judging.rules import INDIVIDUAL
from judging.values import BelowQuorum, Electorate, Method, RecordScope, SameCountry, Vacated


def number(clause: Clause, name: str) -> int:
    """A value of a clause that is a whole number."""
    value = clause[name]
    assert isinstance(value, int)
    return value


def _kinds(clause: Clause) -> str:
    kinds = clause["kinds"]
    assert isinstance(kinds, tuple)
    return listed(str(ORGANISATION_KINDS[kind]) for kind in kinds)


def _deadline(clause: Clause, _names: Names) -> str:
    minutes = number(clause, "grace_minutes")
    if not minutes:
        return _("A nomination counts if it is submitted by the deadline.")
    return ngettext(
        "A nomination counts if it is submitted by the deadline. "
        "A form opened before the deadline may be sent up to one minute after it.",
        "A nomination counts if it is submitted by the deadline. "
        "A form opened before the deadline may be sent up to %(num)d minutes after it.",
        minutes,
    )


def _nominee_kinds(clause: Clause, names: Names) -> str:
    category = names.name("categories", clause.category)
    if clause["kinds"] == (INDIVIDUAL,):
        return _("%(category)s is for individuals only.", category=category)
    return _("%(category)s is for projects only.", category=category)


def _appeal(clause: Clause, _names: Names) -> str:
    days = number(clause, "days")
    if not days:
        return _(
            "Whoever is found ineligible is told which rule was not met. The decision can't be appealed against."
        )
    return ngettext(
        "Whoever is found ineligible is told which rule was not met, and may appeal once within one day. "
        "The appeal is decided by somebody else.",
        "Whoever is found ineligible is told which rule was not met, and may appeal once within %(num)d days. "
        "The appeal is decided by somebody else.",
        days,
    )


def _reading(clause: Clause, _names: Names) -> str:
    each = number(clause, "per_nomination")
    if not clause["up_to"]:
        return ngettext("Each nomination goes to one judge.", "Each nomination goes to %(num)d judges.", each)
    return _(
        "Every judge reads every nomination of their categories, as long as that is no more than %(up_to)d for "
        "each. Above that, each nomination goes to %(each)d judges.",
        up_to=clause["up_to"],
        each=each,
    )


ELECTORATES: Final = {
    Electorate.JUDGES: _l("The judges of a category vote on its prizes."),
    Electorate.MEMBERS: _l(
        "The full-member local governments vote. Each has one ballot in every category, cast by the delegate it names."
    ),
    Electorate.PUBLIC: _l("The public votes. Everybody on the roll has one ballot in every category."),
}
METHODS: Final = {
    Method.BORDA: _l(
        "A ballot ranks all that stand. The last of a ranking gets no point, each one above it a point more than "
        "the one below; those left unranked share the mean of the points that are left."
    ),
    Method.SCHULZE: _l(
        "A ballot ranks all that stand. Every two are compared: the one that more ballots rank above the other wins "
        "against it. Where wins go round in a circle, the strongest chain of wins decides (Schulze's method). Those "
        "left unranked are level with each other, below the rest."
    ),
    Method.ONE_CHOICE: _l("A ballot names one."),
}
BELOW: Final = {
    BelowQuorum.EXTEND: _l("If fewer do, nothing is opened and the vote is extended once, to a stated date."),
    BelowQuorum.JUDGES: _l("If fewer do, the envelopes are destroyed unopened and the judges vote instead."),
}
COUNTRY: Final = {
    SameCountry.BLOCK: _l("A judge does not mark nominations of their own country."),
    SameCountry.WAIVABLE: _l(
        "A judge does not mark nominations of their own country. The chair may waive this for one judge and one "
        "nomination, with a reason, where no other judge is left."
    ),
    SameCountry.OFF: _l("A judge may mark nominations of their own country."),
}
VACANCIES: Final = {
    Vacated.VACANT: _l("A prize that is lost or declined stays vacant."),
    Vacated.MOVE_UP: _l("A prize that is lost or declined goes to the next in the result."),
}
RECORDS: Final = {
    RecordScope.FINALISTS: _l(
        "With the result a record is published that names finalists and winners. Every other nomination is a "
        "number in it, without title, city or country. Anybody can recount the result from the record."
    ),
    RecordScope.NUMBERS: _l(
        "With the result a record is published in which every nomination is a number. "
        "Anybody can recount the result from the record."
    ),
    RecordScope.ALL: _l(
        "With the result a record is published that names every nomination. "
        "Anybody can recount the result from the record."
    ),
}


def _method(clause: Clause, _names: Names) -> str:
    method = Method(str(clause["method"]))
    if method is Method.APPROVAL:
        return _("A ballot names up to %(most)d.", most=clause["approve_up_to"])
    return str(METHODS[method])


def _quorum(clause: Clause, _names: Names) -> str:
    share = _("The vote stands if at least %(share)s of the roll takes part.", share=clause["share"])
    below = BelowQuorum(str(clause["below"]))
    if below is not BelowQuorum.EXTEND or clause["electorate"] == Electorate.JUDGES:
        return f"{share} {BELOW[below]}"
    again = _("If too few take part again, two people can let the judges vote instead.")
    return f"{share} {BELOW[below]} {again}"


def _own_city(clause: Clause, _names: Names) -> str:
    if clause["electorate"] == Electorate.JUDGES and clause["same_country"] != SameCountry.OFF:
        return _(
            "Nobody votes for a nomination of their own city, of a body above or within it, or of their own "
            "country. In a ranking it stands at the foot of the ballot."
        )
    return _(
        "Nobody votes for a nomination of their own city, or of a body above or within it. "
        "In a ranking it stands at the foot of the ballot."
    )


SENTENCES: Mapping[ClauseKind, Callable[[Clause, Names], str]] = {
    ClauseKind.DEADLINE: _deadline,
    ClauseKind.ONE_CATEGORY: lambda c, r: _("A project is nominated in one category only."),
    ClauseKind.PER_CITY: lambda c, r: ngettext(
        "A city has one nomination at most. Individuals do not count towards it.",
        "A city has %(num)d nominations at most. Individuals do not count towards them.",
        number(c, "most"),
    ),
    ClauseKind.ORGANISATION_KINDS: lambda c, r: _("These may be nominated: %(kinds)s.", kinds=_kinds(c)),
    ClauseKind.CITY_APPROVAL: lambda c, r: _(
        "These need the approval of the city: %(kinds)s.", kinds=_kinds(c)
    ),
    ClauseKind.MEMBERS_ONLY: lambda c, r: _("Only members of the association may be nominated."),
    ClauseKind.RUNNING_MONTHS: lambda c, r: ngettext(
        "At the deadline the project has been in operation for at least one month.",
        "At the deadline the project has been in operation for at least %(num)d months.",
        number(c, "months"),
    ),
    ClauseKind.LANGUAGES: lambda c, r: _(
        "Language of the form: %(languages)s.",
        languages=listed(language_name(tag) for tag in c["languages"]),  # type: ignore[union-attr]
    ),
    ClauseKind.NO_EARLIER_WINNERS: lambda c, r: _(
        "A project that won a prize in an earlier edition is not nominated again."
    ),
    ClauseKind.REQUIRED_FIELDS: lambda c, r: _(
        "The form must answer: %(fields)s.", fields=r.names("fields", c["fields"])
    ),
    ClauseKind.APPEAL: _appeal,
    ClauseKind.NOMINEE_KINDS: _nominee_kinds,
    ClauseKind.MINIMUM_NOMINATIONS: lambda c, r: ngettext(
        "A category without a nomination is merged with another, carried over or cancelled before the first round.",
        "A category with fewer than %(num)d nominations is merged with another, carried over or cancelled before "
        "the first round.",
        number(c, "least"),
    ),
    ClauseKind.SCALE: lambda c, r: _(
        "For each criterion a judge gives a whole number from %(lowest)d (lowest) to %(highest)d (highest).",
        lowest=c["lowest"],
        highest=c["highest"],
    ),
    ClauseKind.CATEGORY_CRITERIA: lambda c, r: _(
        "%(category)s is marked on: %(criteria)s.",
        category=r.name("categories", c.category),
        criteria=r.names("criteria", c["criteria"]),
    ),
    ClauseKind.TOTAL: lambda c, r: _(
        "The total of a sheet is the mean of its marks, each by its criterion's weight. The total of a nomination "
        "is the mean of its judges' totals. Totals are compared exactly; only what is printed is rounded."
    ),
    ClauseKind.CALIBRATED: lambda c, r: _(
        "Some judges mark more strictly than others. What decides is therefore the fair score: what a judge of "
        "average strictness would have given. It is computed once, when the round is closed, and the plain mean "
        "is shown beside it. In a category whose judges can't be compared with each other, or where the fair score "
        "predicts no better what a judge gives, the plain mean decides."
    ),
    ClauseKind.OWN_SEVERITY: lambda c, r: _(
        "After the close each judge is told, and nobody else of the panel, how strictly they marked compared with "
        "colleagues on the same nominations."
    ),
    ClauseKind.PRACTICE: lambda c, r: _(
        "Judges are offered practice nominations to try the criteria on. Practice may be skipped and counts for "
        "nothing."
    ),
    ClauseKind.SECOND_READINGS: lambda c, r: ngettext(
        "After the close the chair may order second readings, at most %(num)d sheet in all and %(most)d for one "
        "nomination. A rule alone finds the nominations: those for which it is least certain whether they advance.",
        "After the close the chair may order second readings, at most %(num)d sheets in all and %(most)d for one "
        "nomination. A rule alone finds the nominations: those for which it is least certain whether they advance.",
        number(c, "budget"),
        most=c["most"],
    ),
    ClauseKind.EVERYONE_READS: _reading,
    ClauseKind.MINIMUM_SHEETS: lambda c, r: ngettext(
        "A nomination needs the marks of at least one judge.",
        "A nomination needs the marks of at least %(num)d judges. Only the chair may waive this, with a reason; "
        "the number of waivers is published.",
        number(c, "least"),
    ),
    ClauseKind.NO_SECOND_ROUND: lambda c, r: _(
        "There is no second round: the places of the first round decide."
    ),
    ClauseKind.PANEL: lambda c, r: (
        _(
            "A panel marks the finalists again, on the same criteria and scale. Marks of the first round count too."
        )
        if c["carry_over"]
        else _(
            "A panel marks the finalists again, on the same criteria and scale. "
            "Marks of the first round no longer count."
        )
    ),
    ClauseKind.VOTE: lambda c, r: str(ELECTORATES[Electorate(str(c["electorate"]))]),
    ClauseKind.METHOD: _method,
    ClauseKind.SLATE: lambda c, r: _(
        "All eligible nominations stand in the second round, not the finalists only."
    ),
    ClauseKind.MAX_BALLOTS: lambda c, r: (
        _("A delegate casts the ballot of one elector, and of no other.")
        if number(c, "most") == 1
        else _(
            "A delegate casts the ballots of up to %(num)d electors, each on its own. A judge casts one at most.",
            num=number(c, "most"),
        )
    ),
    ClauseKind.MINIMUM_ELECTORS: lambda c, r: _(
        "The vote in a category is held if at least %(num)d may vote in it.", num=c["least"]
    ),
    ClauseKind.QUORUM: _quorum,
    ClauseKind.MOST_RANKED: lambda c, r: ngettext(
        "Where at least one votes in a category and somebody may not rank two or more of those that stand, nobody "
        "ranks more than that elector may: so no published ballot tells by what it leaves out whose it is.",
        "Where at least %(num)d vote in a category and somebody may not rank two or more of those that stand, nobody "
        "ranks more than that elector may: so no published ballot tells by what it leaves out whose it is.",
        number(c, "least"),
    ),
    ClauseKind.OWN_CITY: _own_city,
    ClauseKind.PUBLIC_VOTE: lambda c, r: _(
        "%(prize)s: one in each category, on which the public votes beside the vote, among the same finalists. Anybody "
        "with an e-mail address that answers has one ballot in every category. It decides no other prize, and how it "
        "stands is told to nobody before the close.",
        prize=r.name("prizes", c["prize"]),
    ),
    ClauseKind.PUBLIC_METHOD: lambda c, r: _(
        "The vote of the public: %(method)s Who has most gets it.", method=_method(c, r)
    ),
    ClauseKind.PUBLIC_TIE: lambda c, r: _(
        "Where the public leaves finalists level, the higher total of the first round decides, then the chair, then a "
        "lot. Where nobody chooses anybody it is not given."
    ),
    ClauseKind.PRIZE_BY_DECISION: lambda c, r: _(
        "%(prize)s: at most %(most)d, named by the committee with a signed reason, without marks or votes.",
        prize=r.name("prizes", c["prize"]),
        most=c["most"],
    ),
    ClauseKind.WITHHOLD: lambda c, r: _(
        "Before the second round opens, the chair may decide that a prize is not given."
    ),
    ClauseKind.VACATED: lambda c, r: str(VACANCIES[Vacated(str(c["vacated"]))]),
    ClauseKind.CONFLICTS: lambda c, r: _(
        "No judge marks a nomination of their own city or organisation or of a body above or within it, one that "
        "names them, or one in which they have declared an interest. Nobody can waive this."
    ),
    ClauseKind.SAME_COUNTRY: lambda c, r: str(COUNTRY[SameCountry(str(c["same_country"]))]),
    ClauseKind.BLINDNESS: lambda c, r: _(
        "Until a round is closed, nobody sees a mark but the judge who gave it."
    ),
    ClauseKind.LOT: lambda c, r: _(
        "No lot is drawn by hand. Its seed is made when the rules are frozen; the seed's fingerprint is published "
        "with the rules and the seed itself with the result."
    ),
    ClauseKind.RECORD: lambda c, r: str(RECORDS[RecordScope(str(c["names"]))]),
    ClauseKind.MIN_PUBLISH: lambda c, r: _(
        "Where fewer than %(num)d vote in a category, the record shows the count sheet in place of the ballots.",
        num=c["least"],
    ),
}
