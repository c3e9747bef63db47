"""What a rehearsal can find, as values: words, and the page where it is mended, come at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from judging.values import Json


class Severity(StrEnum):
    STOPS = "stops"
    LOOK = "look"
    KNOW = "know"


class Step(StrEnum):
    """What is played, in order."""

    PREPARING = "preparing"
    ASSIGNMENT = "assignment"
    MARKS = "marks"
    CLOSE = "close"
    CALIBRATION = "calibration"
    SHORTLIST = "shortlist"
    SECOND_ROUND = "second_round"
    RESULT = "result"
    CERTIFICATES = "certificates"
    MAILS = "mails"


class Kind(StrEnum):
    """Each with the values that its sentence needs."""

    DATES_CROSSED = "dates_crossed"  # first, second
    DATE_PASSED = "date_passed"  # moment
    DATE_MISSING = "date_missing"  # moment
    OWN_DEADLINE_LATE = "own_deadline_late"  # moment, next, count
    OWN_DEADLINE_VOID = "own_deadline_void"  # moment, count
    TEXTS_MISSING = "texts_missing"  # count, places
    NO_SIGNATORY = "no_signatory"
    NO_CHAIR = "no_chair"  # categories
    CHAIRS_BOUND = "chairs_bound"  # category, count
    NO_JUDGES = "no_judges"
    INVITED = "invited"  # count
    UNDECIDED = "undecided"  # count
    BELOW_MINIMUM = "below_minimum"  # category, found, needed
    NO_NOMINATIONS = "no_nominations"  # categories
    TOO_FEW_JUDGES = "too_few_judges"  # cause, needed, nominations: [[reference, found]]
    OVER_CAPACITY = "over_capacity"  # judges: [[public_id, load, capacity]]
    LOADS_UNEVEN = "loads_uneven"  # least, most
    NOT_LINKED = "not_linked"  # category, parts
    LOT_ONLY = "lot_only"  # category, stage, lots, runs, why
    TOO_FEW_ELECTORS = "too_few_electors"  # category, found, needed
    ROLL_EMPTY = "roll_empty"
    QUORUM_OUT_OF_REACH = "quorum_out_of_reach"  # can, roll, needed
    OUT_OF_REACH = "out_of_reach"  # count, roll, needed
    TIGHT = "tight"  # language, part, nominations
    UNPRINTABLE = "unprintable"  # signs, nominations
    MAIL_FAILED = "mail_failed"  # template, count
    STOPPED = "stopped"  # step, error, says
    SIMULATED_JUDGES = "simulated_judges"  # count
    SIMULATED_NOMINATIONS = "simulated_nominations"  # categories, count
    SIMULATED_ROLL = "simulated_roll"  # count


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    severity: Severity
    values: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Json]:
        return {"kind": self.kind.value, "severity": self.severity.value, "values": dict(self.values)}


ORDER = tuple(Severity)
"""The gravest first."""


def sort(found: list[Finding]) -> list[Finding]:
    """The gravest first, then as they were found."""
    return sorted(found, key=lambda it: ORDER.index(it.severity))
