"""Each thing that a rehearsal can find: its sentence, what belongs to it, what to do, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from awards.rehearsing.findings import Kind
from awards.web import rehearsed_tones as tones
from awards.web.rehearsed_tones import Spoken, Tone, Values
from judging.assignment import Cause


@dataclass(frozen=True, slots=True)
class Case:
    """How a kind of finding is said."""

    says: Tone
    endpoint: str
    advice: Callable[[Values], str] | None = None
    details: Callable[[Values, Spoken], Iterator[str]] | None = None


CASES: Mapping[Kind, Case] = {
    Kind.DATES_CROSSED: Case(
        lambda it, _s: _(
            "“%(one)s” is stated for after “%(other)s”.",
            one=tones.moment(it["first"]),
            other=tones.moment(it["second"]),
        ),
        "secretariat.dates",
        lambda it: _("Move “%(other)s” to a later date.", other=tones.moment(it["second"])),
    ),
    Kind.DATE_PASSED: Case(
        lambda it, _s: _(
            "“%(moment)s” lies in the past already, and the edition has not come that far.",
            moment=tones.moment(it["moment"]),
        ),
        "secretariat.dates",
        lambda _it: _("Look at the dates. What is late can be granted a deadline of its own."),
    ),
    Kind.DATE_MISSING: Case(tones.date_missing, "secretariat.dates", lambda _it: _("State a date.")),
    Kind.OWN_DEADLINE_LATE: Case(
        tones.own_late,
        "secretariat.own_deadlines",
        lambda _it: _("Make sure that nothing begins without them."),
    ),
    Kind.OWN_DEADLINE_VOID: Case(tones.own_void, "secretariat.own_deadlines"),
    Kind.TEXTS_MISSING: Case(tones.texts, "secretariat.texts", lambda _it: _("Write them."), tones.places),
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
        tones.bound,
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
        tones.too_few,
        "panel.coverage",
        lambda it: (
            _("Raise the number that some judges agreed to, or ask more judges.")
            if it["cause"] == Cause.CAPACITY
            else _("Ask more judges who can read these nominations.")
        ),
        tones.panels,
    ),
    Kind.OVER_CAPACITY: Case(
        tones.over, "panel.assignment", lambda _it: _("Take some from them, or ask them."), tones.loads
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
        tones.linked,
        "panel.judges",
        lambda _it: _(
            "Let one judge of each group read something of the others, or give each nomination more judges."
        ),
    ),
    Kind.LOT_ONLY: Case(tones.lot, "secretariat.people", tones.instead_of_the_lot),
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
        tones.tight,
        "secretariat.nominations",
        lambda _it: _("Ask the nominees for a shorter form, or shorten the text."),
        tones.named,
    ),
    Kind.UNPRINTABLE: Case(
        lambda it, _s: _(
            "No font of the certificates draws these characters: %(signs)s. Such certificates can't be issued.",
            signs=it["signs"],
        ),
        "secretariat.nominations",
        lambda _it: _("Ask the nominees for another spelling."),
        tones.named,
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
        tones.stopped,
        "secretariat.edition",
        lambda _it: _(
            "Mend what else is found and rehearse again. If nothing else is, tell whoever runs the site."
        ),
        tones.why_stopped,
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
