"""Each thing that a rehearsal can find: its sentence, what belongs to it, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.rehearsing.findings import Kind, Step
from awards.timetable import Moment
from awards.web import words
from judging.assignment import Cause

Values = Mapping[str, Any]

STEPS: Mapping[Step, object] = {
    Step.PREPARING: _l("Edition, nominations and panel set up"),
    Step.ASSIGNMENT: _l("Assignment"),
    Step.MARKS: _l("Marks"),
    Step.CLOSE: _l("Close of the first round"),
    Step.CALIBRATION: _l("Calibration"),
    Step.SHORTLIST: _l("Shortlist signed and announced"),
    Step.SECOND_ROUND: _l("Second round"),
    Step.RESULT: _l("Winners signed and told"),
    Step.CERTIFICATES: _l("Release and certificates"),
    Step.MAILS: _l("Mails written"),
}
PARTS: Mapping[str, object] = {
    "nominee": _l("the name of the nominee"),
    "nominee_latin": _l("the name of the nominee in Latin letters"),
    "organisation": _l("the name of the organisation"),
    "project": _l("the title of the project"),
    "honour": _l("the name of the prize"),
    "association": _l("the name of the association"),
    "signatory": _l("the name of who signs"),
    "office": _l("the office of who signs"),
}
SIMULATED = "simulated-"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What things are called: the edition's texts, its judges by identifier, the language that is spoken."""

    texts: Mapping[str, Any]
    judges: Mapping[str, str]
    language: str

    def category(self, key: str) -> str:
        said = self.texts.get("categories", {}).get(key, {}).get("name", {})
        return str(said.get(self.language) or said.get("en") or next(iter(said.values()), key))

    def categories(self, keys: list[str]) -> str:
        return _(", ").join(self.category(key) for key in keys)

    def judge(self, key: str) -> str:
        if key.startswith(SIMULATED):
            return _("simulated judge %(number)s", number=key.removeprefix(SIMULATED))
        return self.judges.get(key, key)


Tone = Callable[[Values, Spoken], str]


@dataclass(frozen=True, slots=True)
class Case:
    """How a kind of finding is said."""

    says: Tone
    endpoint: str
    advice: Callable[[Values], str] | None = None
    details: Callable[[Values, Spoken], Iterator[str]] | None = None


def _moment(key: str) -> str:
    return str(words.MOMENTS[Moment(key)])


def _date_missing(values: Values, _spoken: Spoken) -> str:
    if values["moment"] == Moment.CEREMONY:
        return _("The day of the ceremony isn't stated: certificates will bear the day of the decision.")
    return _(
        "“%(moment)s” has no date: nothing is closed by it, and nobody is told until when there is time.",
        moment=_moment(values["moment"]),
    )


def _own_late(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "A deadline granted for “%(moment)s” lies after “%(next)s”.",
        "%(num)d deadlines granted for “%(moment)s” lie after “%(next)s”.",
        values["count"],
        moment=_moment(values["moment"]),
        next=_moment(values["next"]),
    )


def _own_void(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "A deadline granted for “%(moment)s” is no later than everybody's, so it changes nothing.",
        "%(num)d deadlines granted for “%(moment)s” are no later than everybody's, so they change nothing.",
        values["count"],
        moment=_moment(values["moment"]),
    )


def _texts(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "A text is missing in one of the languages.",
        "%(num)d texts are missing in one of the languages.",
        values["count"],
    )


def _places(values: Values, _spoken: Spoken) -> Iterator[str]:
    for place, language in values["places"]:
        yield f"{place} ({words.language_name(language)})"
    if (more := values["count"] - len(values["places"])) > 0:
        yield ngettext("%(num)d more", "%(num)d more", more)


def _bound(values: Values, spoken: Spoken) -> str:
    return ngettext(
        "%(category)s: the one who may act as chair has a conflict there. Two organisers will have to sign, and nobody "
        "can settle a tie.",
        "%(category)s: all %(num)d who may act as chair have a conflict there. Two organisers will have to sign, and "
        "nobody can settle a tie that concerns them.",
        values["count"],
        category=spoken.category(values["category"]),
    )


def _too_few(values: Values, _spoken: Spoken) -> str:
    number, needed = len(values["nominations"]), values["needed"]
    because: Mapping[str, str] = {
        Cause.NO_JUDGES: _("No judge reads their category."),
        Cause.TOO_FEW_JUDGES: _("Their category has too few judges."),
        Cause.CONFLICTS: _("The other judges have a conflict."),
        Cause.LANGUAGE: _("The other judges don't read their language."),
        Cause.CAPACITY: _("The other judges have no room for more."),
        Cause.FORBIDDEN: _("The other judges were excluded by hand."),
    }
    says = ngettext(
        "%(num)d nomination finds fewer than %(needed)d judges, so the round can't be closed.",
        "%(num)d nominations find fewer than %(needed)d judges, so the round can't be closed.",
        number,
        needed=needed,
    )
    return f"{says} {because.get(values['cause'], '')}".strip()


def _panels(values: Values, _spoken: Spoken) -> Iterator[str]:
    for reference, found, bound, readers in values["nominations"]:
        yield ngettext(
            "%(reference)s: %(num)d judge; of %(readers)d who read its category, %(bound)d have a conflict",
            "%(reference)s: %(num)d judges; of %(readers)d who read its category, %(bound)d have a conflict",
            found,
            reference=reference,
            readers=readers,
            bound=bound,
        )


def _over(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "%(num)d judge has more to read than they agreed to.",
        "%(num)d judges have more to read than they agreed to.",
        len(values["judges"]),
    )


def _loads(values: Values, spoken: Spoken) -> Iterator[str]:
    for judge, load, capacity in values["judges"]:
        yield _(
            "%(name)s: %(load)d, agreed to %(capacity)d",
            name=spoken.judge(judge),
            load=load,
            capacity=capacity,
        )


def _lot(values: Values, spoken: Spoken) -> str:
    told: Mapping[str, str] = {
        "not_asked": _("The rules let no chair decide there."),
        "bound": _("The chair and the deputies have a conflict with those who were level."),
        "no_chair": _("There is no chair."),
    }
    place = {"category": spoken.category(values["category"]), "lots": values["lots"], "runs": values["runs"]}
    if values["stage"] == "shortlist":
        says = _(
            "%(category)s: who is shortlisted was drawn by lot in %(lots)d of %(runs)d simulated runs.",
            **place,
        )
    else:
        says = _("%(category)s: a prize was drawn by lot in %(lots)d of %(runs)d simulated runs.", **place)
    return f"{says} {told[values['why']]}"


def _instead_of_the_lot(values: Values) -> str:
    if values["why"] == "not_asked":
        return _("Where that isn't wanted, amend the rules before they are frozen.")
    return _("A deputy without a conflict could decide instead of the lot.")


def _named(values: Values, _spoken: Spoken) -> Iterator[str]:
    yield from values["nominations"]


def _tight(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "In %(num)d nomination %(part)s is too long for the certificate in %(language)s and would be printed "
        "very small.",
        "In %(num)d nominations %(part)s is too long for the certificate in %(language)s and would be printed "
        "very small.",
        len(values["nominations"]),
        language=words.language_name(values["language"]),
        part=PARTS.get(values["part"], values["part"]),
    )


def _linked(values: Values, spoken: Spoken) -> str:
    says = _(
        "%(category)s: its judges fall into %(parts)d groups that have no nomination in common, so their marks "
        "can't be compared.",
        category=spoken.category(values["category"]),
        parts=values["parts"],
    )
    more = _("The plain mean will decide there, not the fair score.") if values["calibrated"] else ""
    return f"{says} {more}".strip()


def _stopped(values: Values, _spoken: Spoken) -> str:
    step = next((str(name) for it, name in STEPS.items() if it.value == values["step"]), values["step"])
    return _("The rehearsal could not be played to its end. It stopped at: %(step)s.", step=step)


def _why_stopped(values: Values, _spoken: Spoken) -> Iterator[str]:
    if said := " ".join(it for it in (values["error"], values["says"], values["about"]) if it):
        yield said


CASES: Mapping[Kind, Case] = {
    Kind.DATES_CROSSED: Case(
        lambda it, _s: _(
            "“%(one)s” is stated for after “%(other)s”.",
            one=_moment(it["first"]),
            other=_moment(it["second"]),
        ),
        "secretariat.dates",
        lambda it: _("Move “%(other)s” to a later date.", other=_moment(it["second"])),
    ),
    Kind.DATE_PASSED: Case(
        lambda it, _s: _(
            "“%(moment)s” lies in the past already, and the edition has not come that far.",
            moment=_moment(it["moment"]),
        ),
        "secretariat.dates",
        lambda _it: _("Look at the dates. What is late can be granted a deadline of its own."),
    ),
    Kind.DATE_MISSING: Case(_date_missing, "secretariat.dates", lambda _it: _("State a date.")),
    Kind.OWN_DEADLINE_LATE: Case(
        _own_late, "secretariat.own_deadlines", lambda _it: _("Make sure that nothing begins without them.")
    ),
    Kind.OWN_DEADLINE_VOID: Case(_own_void, "secretariat.own_deadlines"),
    Kind.TEXTS_MISSING: Case(_texts, "secretariat.texts", lambda _it: _("Write them."), _places),
    Kind.NO_SIGNATORY: Case(
        lambda _it, _s: _("Nobody is named who signs the certificates."),
        "secretariat.texts",
        lambda _it: _("Name who signs, with their office, among the texts."),
    ),
    Kind.NO_CHAIR: Case(
        lambda it, spoken: _(
            "There is no chair and no deputy for: %(categories)s. Nobody can settle ties and sign there.",
            categories=spoken.categories(it["categories"]),
        ),
        "secretariat.people",
        lambda _it: _("Appoint a chair."),
    ),
    Kind.CHAIRS_BOUND: Case(
        _bound,
        "secretariat.people",
        lambda _it: _("Appoint a deputy who has nothing to do with these nominations."),
    ),
    Kind.NO_JUDGES: Case(
        lambda _it, _s: _("Nobody is on the panel yet."), "panel.invite", lambda _it: _("Ask judges.")
    ),
    Kind.INVITED: Case(
        lambda it, _s: ngettext(
            "%(num)d judge has been asked and has not answered. The rehearsal went on without them.",
            "%(num)d judges have been asked and have not answered. The rehearsal went on without them.",
            it["count"],
        ),
        "panel.judges",
    ),
    Kind.UNDECIDED: Case(
        lambda it, _s: ngettext(
            "%(num)d nomination is not checked yet. The rehearsal took it for eligible.",
            "%(num)d nominations are not checked yet. The rehearsal took them all for eligible.",
            it["count"],
        ),
        "secretariat.nominations",
    ),
    Kind.BELOW_MINIMUM: Case(
        lambda it, spoken: _(
            "%(category)s has %(found)d of the %(needed)d nominations that it needs to be judged.",
            category=spoken.category(it["category"]),
            found=it["found"],
            needed=it["needed"],
        ),
        "secretariat.nominations",
        lambda _it: _("Look for more, or merge, carry over or cancel the category by decision."),
    ),
    Kind.NO_NOMINATIONS: Case(
        lambda it, spoken: _(
            "Nobody has entered: %(categories)s. Nothing is judged there.",
            categories=spoken.categories(it["categories"]),
        ),
        "secretariat.nominations",
    ),
    Kind.TOO_FEW_JUDGES: Case(
        _too_few,
        "panel.coverage",
        lambda it: (
            _("Raise the number that some judges agreed to, or ask more judges.")
            if it["cause"] == Cause.CAPACITY
            else _("Ask more judges who can read these nominations.")
        ),
        _panels,
    ),
    Kind.OVER_CAPACITY: Case(
        _over, "panel.assignment", lambda _it: _("Take some from them, or ask them."), _loads
    ),
    Kind.LOADS_UNEVEN: Case(
        lambda it, _s: _(
            "One judge would read %(least)d nominations and another %(most)d.",
            least=it["least"],
            most=it["most"],
        ),
        "panel.judges",
        lambda _it: _("Look at what each judge reads, and at the conflicts."),
    ),
    Kind.NOT_LINKED: Case(
        _linked,
        "panel.judges",
        lambda _it: _(
            "Let one judge of each group read something of the others, or give each nomination more judges."
        ),
    ),
    Kind.LOT_ONLY: Case(_lot, "secretariat.people", _instead_of_the_lot),
    Kind.TOO_FEW_ELECTORS: Case(
        lambda it, spoken: _(
            "%(category)s: %(found)d may vote, and the vote opens only with %(needed)d.",
            category=spoken.category(it["category"]),
            found=it["found"],
            needed=it["needed"],
        ),
        "roll.index",
        lambda _it: _("Look at who is on the roll, and at the conflicts."),
    ),
    Kind.ROLL_EMPTY: Case(
        lambda _it, _s: _("Nobody would be on the roll: the register has no full member that may vote."),
        "roll.index",
        lambda _it: _("Enter the members in the register."),
    ),
    Kind.QUORUM_OUT_OF_REACH: Case(
        lambda it, _s: _(
            "The quorum can't be met: %(needed)d of %(roll)d have to take part, and only %(can)d have a ballot.",
            needed=it["needed"],
            roll=it["roll"],
            can=it["can"],
        ),
        "roll.index",
        lambda _it: _("Look at who has no ballot and why."),
    ),
    Kind.OUT_OF_REACH: Case(
        lambda it, _s: ngettext(
            "%(num)d of %(roll)d on the roll has no address, so no ballot reaches them. %(needed)d have to take part.",
            "%(num)d of %(roll)d on the roll have no address, so no ballot reaches them. %(needed)d have to take part.",
            it["count"],
            roll=it["roll"],
            needed=it["needed"],
        ),
        "roll.index",
        lambda _it: _("Ask their organisations to name delegates."),
    ),
    Kind.TIGHT: Case(
        _tight,
        "secretariat.nominations",
        lambda _it: _("Ask the nominees for a shorter form, or shorten the text."),
        _named,
    ),
    Kind.UNPRINTABLE: Case(
        lambda it, _s: _(
            "No font of the certificates draws these characters: %(signs)s. Such certificates can't be issued.",
            signs=it["signs"],
        ),
        "secretariat.nominations",
        lambda _it: _("Ask the nominees for another spelling."),
        _named,
    ),
    Kind.MAIL_FAILED: Case(
        lambda it, _s: ngettext(
            "%(num)d mail of the kind “%(template)s” could not be written.",
            "%(num)d mails of the kind “%(template)s” could not be written.",
            it["count"],
            template=it["template"],
        ),
        "secretariat.texts",
        lambda _it: _("Look whether a text is missing. If none is, tell whoever runs the site."),
    ),
    Kind.STOPPED: Case(
        _stopped,
        "secretariat.edition",
        lambda _it: _(
            "Mend what else is found and rehearse again. If nothing else is, tell whoever runs the site."
        ),
        _why_stopped,
    ),
    Kind.SIMULATED_JUDGES: Case(
        lambda it, _s: ngettext(
            "The panel was simulated: %(num)d judge who reads everything and has no conflict.",
            "The panel was simulated: %(num)d judges who read everything and have no conflict.",
            it["count"],
        ),
        "panel.judges",
    ),
    Kind.SIMULATED_NOMINATIONS: Case(
        lambda it, spoken: ngettext(
            "%(num)d nomination was simulated, in: %(categories)s.",
            "%(num)d nominations were simulated, in: %(categories)s.",
            it["count"],
            categories=spoken.categories(it["categories"]),
        ),
        "secretariat.nominations",
    ),
    Kind.SIMULATED_ROLL: Case(
        lambda it, _s: ngettext(
            "Nobody is on the roll yet. The rehearsal was played with %(num)d elector.",
            "Nobody is on the roll yet. The rehearsal was played with %(num)d electors.",
            it["count"],
        ),
        "roll.index",
    ),
}
"""Every kind of finding."""
