"""The secretariat's pages: editions made, dated, worded, staffed and led from phase to phase."""

from awards.web.secretariat import (
    dates,
    editions,
    late,
    nominations,
    organisations,
    overview,
    own_deadlines,
    people,
    practising,
    rehearsal,
    rules,
    steps,
    texts,
)
from awards.web.secretariat.frame import blueprint

PAGES = (
    editions,
    organisations,
    overview,
    steps,
    nominations,
    rules,
    dates,
    own_deadlines,
    texts,
    people,
    late,
    practising,
    rehearsal,
)

__all__ = ["PAGES", "blueprint"]
