"""The words of the vote's running for what the use cases answer in values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.holders import State
from awards.models import Decision, DecisionKind, StruckBecause
from awards.readiness import Item, Lack
from awards.reckoning import SET_ASIDE
from awards.timetable import deadline
from awards.web import words
from awards.web.texts import Names, listed

LACKS: Mapping[Lack, object] = {
    Lack.NOT_CLOSED: _l("The first round is not closed yet."),
    Lack.NOBODY_STANDS: _l("Nobody stands in the second round."),
    Lack.ROLL_EMPTY: _l("Nobody is on the roll yet."),
    Lack.ROLL_NOT_FROZEN: _l("The roll is not frozen yet."),
    Lack.NO_KEY: _l(
        "The key that opens the envelopes is not where it should be. Whoever runs this site has to bring it back."
    ),
    Lack.NO_CLOSE: _l("No date is stated for the close of the vote."),
    Lack.CLOSE_PASSED: _l("The date stated for the close of the vote has passed."),
    Lack.DISORDER: _l("Two dates stand the wrong way round."),
    Lack.NO_SEED: _l("The rules are not frozen, so no seed of the lots is drawn."),
    Lack.NO_SIGNATORIES: _l("Nobody is named who signs the certificates."),
}
PLACES: Mapping[Lack, str] = {
    Lack.NOT_CLOSED: "panel.closing",
    Lack.NOT_SIGNED: "table.index",
    Lack.NOT_ANNOUNCED: "table.announcing",
    Lack.NOBODY_STANDS: "table.index",
    Lack.ROLL_EMPTY: "roll.index",
    Lack.ROLL_NOT_FROZEN: "roll.freeze",
    Lack.NO_CLOSE: "secretariat.dates",
    Lack.CLOSE_PASSED: "secretariat.dates",
    Lack.DISORDER: "secretariat.dates",
    Lack.EARLY: "secretariat.dates",
    Lack.NO_SEED: "secretariat.rules",
    Lack.NO_CHAIR: "secretariat.people",
    Lack.NO_SIGNATORIES: "secretariat.texts",
    Lack.ALONE: "secretariat.people",
    Lack.UNTRIED: "polling.holders",
    Lack.KEY_LOST_ONCE: "polling.holders",
    Lack.NO_DELEGATE: "roll.index",
    Lack.TOO_MANY_BALLOTS: "roll.index",
    Lack.UNREACHED: "roll.letters",
    Lack.SUSPICIONS: "panel.conflicts",
}
"""The page on which it is seen to; nobody mends a lost key on a page."""
DECIDED: Mapping[DecisionKind, object] = {
    DecisionKind.ROLL_FROZEN: _l("The roll was frozen"),
    DecisionKind.VOTE_OPENED: _l("The vote was opened"),
    DecisionKind.ROUND_CLOSED: _l("The vote was closed"),
    DecisionKind.OPENING: _l("The envelopes were opened"),
}
BECAUSE: Mapping[StruckBecause, object] = {
    StruckBecause.NOT_ENTITLED: _l("Not entitled to vote"),
    StruckBecause.DELEGATE_DISPUTED: _l("Not cast by the right delegate"),
    StruckBecause.FRAUD: _l("Of a group that did not come about honestly"),
}
"""Why envelopes were struck, as it is published."""
HOLDERS: Mapping[State, object] = {
    State.NAMED: _l("has no key yet"),
    State.MADE: _l("has a key, and has not yet shown that there is a paper copy"),
    State.READY: _l("ready"),
    State.LOST: _l("has lost the key"),
    State.OVER: _l("the key is destroyed"),
}
BELOW: Mapping[str, object] = {
    "extended": _l("Too few had taken part: the vote was extended"),
    "judges": _l("Too few had taken part: the vote was given to the judges"),
}


def lack(item: Item, names: Names) -> str:
    """What has to be seen to, as a sentence."""
    where = listed(str(names.name("categories", key)) for key in item.keys)
    match item.kind:
        case Lack.NOT_SIGNED:
            return _("The chair has not signed the shortlist: %(categories)s.", categories=where)
        case Lack.NOT_ANNOUNCED:
            return _("The finalists are not announced: %(categories)s.", categories=where)
        case Lack.FEW_ELECTORS:
            return _(
                "Fewer than the %(least)s electors that the rules ask for: %(categories)s.",
                least=item.arguments["needed"],
                categories=where,
            )
        case Lack.NO_CHAIR:
            return _(
                "No chair is named who settles ties and signs the winners: %(categories)s.", categories=where
            )
        case Lack.ALONE:
            return _("Two people open the envelopes: name one more organiser or teller.")
        case Lack.UNTRIED:
            return _("Not every key holder has tried their key: %(names)s.", names=_people(item))
        case Lack.KEY_LOST_ONCE:
            return _(
                "%(names)s has lost the key. The other two can open; make sure that they can be reached.",
                names=_people(item),
            )
        case Lack.EARLY:
            return _("The vote was announced for %(when)s. Opened now it opens earlier.", when=_moment(item))
    return _counted(item)


def _people(item: Item) -> str:
    names = item.arguments["names"]
    assert isinstance(names, list)
    return listed(str(it) for it in names)


def _counted(item: Item) -> str:
    match item.kind:
        case Lack.NO_DELEGATE:
            return ngettext(
                "One elector has not named a delegate yet.",
                "%(num)d electors have not named a delegate yet.",
                item.count,
            )
        case Lack.TOO_MANY_BALLOTS:
            return ngettext(
                "One person is named for more electors than the rules let one person vote for.",
                "%(num)d people are named for more electors than the rules let one person vote for.",
                item.count,
            )
        case Lack.UNREACHED:
            return ngettext(
                "One elector can't be reached by mail and has no printed letter yet.",
                "%(num)d electors can't be reached by mail and have no printed letter yet.",
                item.count,
            )
        case Lack.SUSPICIONS:
            return ngettext(
                "One suspected conflict waits for a decision.",
                "%(num)d suspected conflicts wait for a decision.",
                item.count,
            )
    return str(LACKS[item.kind])


def _moment(item: Item) -> str:
    said = item.arguments["opens"]
    assert isinstance(said, dict)
    return words.when(deadline(datetime.fromisoformat(str(said["local"])), str(said["zone"])))


def place(item: Item) -> str:
    """The endpoint of the page on which it is seen to, empty where there is none."""
    return PLACES.get(item.kind, "")


def decided(it: Decision, names: Names) -> str:
    """What a decision on the vote was."""
    if it.kind is DecisionKind.BELOW_QUORUM:
        return str(BELOW[str(it.subject["act"])])
    if it.kind is DecisionKind.REPEAT and it.subject.get("public"):
        return ngettext(
            "%(category)s: the public votes again too, and its %(num)d envelope was destroyed unopened",
            "%(category)s: the public votes again too, and its %(num)d envelopes were destroyed unopened",
            int(it.subject["destroyed"]),
            category=names.name("categories", it.category),
        )
    if it.kind is DecisionKind.REPEAT:
        return ngettext(
            "%(category)s is voted on again: %(num)d envelope was destroyed unopened",
            "%(category)s is voted on again: %(num)d envelopes were destroyed unopened",
            int(it.subject["destroyed"]),
            category=names.name("categories", it.category),
        )
    if it.kind is DecisionKind.STRUCK:
        return struck(it)
    if it.kind is DecisionKind.DISPUTE:
        return _("A dispute who had cast a ballot was decided: the ballot stands")
    if it.kind is DecisionKind.CORRECTION:
        return _(
            "Envelopes that decision %(number)d had struck were put back", number=it.subject["taken_back"]
        )
    if it.kind is DecisionKind.REPLACEMENT:
        return _(
            "%(category)s: %(removed)s is no finalist any more, and %(added)s is",
            category=names.name("categories", it.category),
            removed=listed(it.subject["removed"]),
            added=listed(it.subject["added"]) or _("nobody in its place"),
        )
    if it.kind is DecisionKind.PAPERS:
        return papers(it, names)
    if it.kind is DecisionKind.VOTE_OPENED and it.subject.get("by_hand"):
        return _("The vote was opened by hand: people close it")
    return str(DECIDED[it.kind])


def struck(it: Decision) -> str:
    """What a decision struck: how many, and why."""
    found = sum(
        number for part in ("struck", "struck_public") for number in it.subject.get(part, {}).values()
    )
    return ngettext(
        "%(num)d envelope was struck unopened: %(because)s",
        "%(num)d envelopes were struck unopened: %(because)s",
        found,
        because=BECAUSE[StruckBecause(str(it.subject["because"]))],
    )


def counted(because: str, about: str, envelopes: int, *, public: bool = False) -> str:
    """How many envelopes of a category were struck, and why, as it is published."""
    said = ngettext(
        "Struck unopened: %(num)d envelope. %(because)s",
        "Struck unopened: %(num)d envelopes. %(because)s",
        envelopes,
        because=BECAUSE[StruckBecause(because)],
    )
    said = f"{said}: {about}." if about else f"{said}."
    return _("Public vote. %(said)s", said=said) if public else said


def papers(it: Decision, names: Names) -> str:
    """What two people decided of ballots on paper."""
    category = names.name("categories", it.category)
    if it.subject["act"] == SET_ASIDE:
        return ngettext(
            "%(category)s: bundle %(number)s of %(num)d paper was set aside",
            "%(category)s: bundle %(number)s of %(num)d papers was set aside",
            int(it.subject["papers"]),
            category=category,
            number=it.subject["bundle"],
        )
    return _(
        "%(category)s: %(handed)s papers were handed in and %(entered)s entered; this was accepted",
        category=category,
        handed=it.subject["handed_in"],
        entered=it.subject["entered"],
    )


def signers(it: Decision) -> str:
    return listed(str(signer["name"]) for signer in it.signers)
