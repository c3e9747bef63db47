"""The longer sentences of what a rehearsal finds, and what things are called in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.rehearsing.findings import Step
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


def moment(key: str) -> str:
    return str(words.MOMENTS[Moment(key)])


def date_missing(values: Values, _spoken: Spoken) -> str:
    if values["moment"] == Moment.CEREMONY:
        return _("The day of the ceremony isn't stated: certificates will bear the day of the decision.")
    return _(
        "“%(moment)s” has no date: nothing is closed by it, and nobody is told until when there is time.",
        moment=moment(values["moment"]),
    )


def own_late(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "%(num)d deadline granted for “%(moment)s” lies after “%(next)s”.",
        "%(num)d deadlines granted for “%(moment)s” lie after “%(next)s”.",
        values["count"],
        moment=moment(values["moment"]),
        next=moment(values["next"]),
    )


def own_void(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "%(num)d deadline granted for “%(moment)s” is no later than everybody's, so it changes nothing.",
        "%(num)d deadlines granted for “%(moment)s” are no later than everybody's, so they change nothing.",
        values["count"],
        moment=moment(values["moment"]),
    )


def texts(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "%(num)d text is missing in one of the languages.",
        "%(num)d texts are missing in one of the languages.",
        values["count"],
    )


def places(values: Values, _spoken: Spoken) -> Iterator[str]:
    for place, language in values["places"]:
        yield f"{place} ({words.language_name(language)})"
    if (more := values["count"] - len(values["places"])) > 0:
        yield ngettext("%(num)d more", "%(num)d more", more)


def bound(values: Values, spoken: Spoken) -> str:
    return _(
        "%(category)s: everybody who may act as chair (%(number)d) has a conflict there. Two organisers will have to "
        "sign, and nobody can settle a tie that concerns them.",
        category=spoken.category(values["category"]),
        number=values["count"],
    )


def too_few(values: Values, _spoken: Spoken) -> str:
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


def panels(values: Values, _spoken: Spoken) -> Iterator[str]:
    for reference, found, bound, readers in values["nominations"]:
        yield ngettext(
            "%(reference)s: %(num)d judge; of %(readers)d who read its category, %(bound)d have a conflict",
            "%(reference)s: %(num)d judges; of %(readers)d who read its category, %(bound)d have a conflict",
            found,
            reference=reference,
            readers=readers,
            bound=bound,
        )


def over(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "%(num)d judge has more to read than they agreed to.",
        "%(num)d judges have more to read than they agreed to.",
        len(values["judges"]),
    )


def loads(values: Values, spoken: Spoken) -> Iterator[str]:
    for judge, load, capacity in values["judges"]:
        yield _(
            "%(name)s: %(load)d, agreed to %(capacity)d",
            name=spoken.judge(judge),
            load=load,
            capacity=capacity,
        )


def lot(values: Values, spoken: Spoken) -> str:
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


def instead_of_the_lot(values: Values) -> str:
    if values["why"] == "not_asked":
        return _("Where that isn't wanted, amend the rules before they are frozen.")
    return _("A deputy without a conflict could decide instead of the lot.")


def named(values: Values, _spoken: Spoken) -> Iterator[str]:
    yield from values["nominations"]


def tight(values: Values, _spoken: Spoken) -> str:
    return ngettext(
        "In %(num)d nomination %(part)s is too long for the certificate in %(language)s and would be printed "
        "very small.",
        "In %(num)d nominations %(part)s is too long for the certificate in %(language)s and would be printed "
        "very small.",
        len(values["nominations"]),
        language=words.language_name(values["language"]),
        part=PARTS.get(values["part"], values["part"]),
    )


def linked(values: Values, spoken: Spoken) -> str:
    says = _(
        "%(category)s: its judges fall into %(parts)d groups that have no nomination in common, so their marks "
        "can't be compared.",
        category=spoken.category(values["category"]),
        parts=values["parts"],
    )
    more = _("The plain mean will decide there, not the fair score.") if values["calibrated"] else ""
    return f"{says} {more}".strip()


def stopped(values: Values, _spoken: Spoken) -> str:
    step = next((str(name) for it, name in STEPS.items() if it.value == values["step"]), values["step"])
    return _("The rehearsal could not be played to its end. It stopped at: %(step)s.", step=step)


def why_stopped(values: Values, _spoken: Spoken) -> Iterator[str]:
    if said := " ".join(it for it in (values["error"], values["says"], values["about"]) if it):
        yield said
