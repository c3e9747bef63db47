"""Who may use an endpoint: each one says so, or the application doesn't start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

from awards.models import Role

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Audience(StrEnum):
    """Who may use a page.

    `anyone`: a public page, the same for everybody, kept by caches. `visitor`: anyone, but the page is one person's,
    such as the sign-in. `link_holder`: whoever has the link that was sent. `signed_in`: every account.
    `nominator`: an address with <nomination>, for its nominator and those who write it together.
    The others ask for a role, in the edition of the address where it has one, else in any edition. `judge`: only own
    assignments are found there. `clerk`: who types and confirms sheets. `table`: the chair's table, for chair,
    deputies and organisers. `polls`: who runs the vote. `holder`: who holds a share of
    the vote's key. `elector`: an address with <edition>, for whoever is let in to
    vote in it, by a link, a code, or signed in. `advice`: what the calibration says of marks and judges. `room`: the
    deliberation, for the panel and its chair.
    """

    ANYONE = "anyone"
    VISITOR = "visitor"
    LINK_HOLDER = "link_holder"
    SIGNED_IN = "signed_in"
    NOMINATOR = "nominator"
    STAFF = "staff"
    ORGANISER = "organiser"
    SCREENER = "screener"
    APPOINTER = "appointer"
    JUDGE = "judge"
    CLERK = "clerk"
    TABLE = "table"
    ADVICE = "advice"
    ROOM = "room"
    POLLS = "polls"
    HOLDER = "holder"
    ELECTOR = "elector"
    ADMINISTRATOR = "administrator"


OPEN = frozenset({Audience.ANYONE, Audience.VISITOR, Audience.LINK_HOLDER})

ROLES: Mapping[Audience, frozenset[Role]] = {
    Audience.STAFF: frozenset({Role.ORGANISER, Role.SCREENER, Role.CLERK, Role.ADMINISTRATOR}),
    Audience.ORGANISER: frozenset({Role.ORGANISER}),
    Audience.SCREENER: frozenset({Role.ORGANISER, Role.SCREENER}),
    Audience.APPOINTER: frozenset({Role.ORGANISER, Role.ADMINISTRATOR}),
    Audience.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
    Audience.JUDGE: frozenset({Role.JUDGE}),
    Audience.CLERK: frozenset({Role.CLERK}),
    Audience.POLLS: frozenset({Role.ORGANISER, Role.TELLER}),
    Audience.HOLDER: frozenset({Role.HOLDER}),
    Audience.TABLE: frozenset({Role.CHAIR, Role.DEPUTY, Role.ORGANISER}),
    Audience.ADVICE: frozenset({Role.CHAIR, Role.DEPUTY}),
    Audience.ROOM: frozenset({Role.CHAIR, Role.DEPUTY, Role.JUDGE}),
}
"""Which roles open the pages of an audience."""

READABLE_BY_AUDITORS = frozenset(
    {
        Audience.STAFF,
        Audience.ORGANISER,
        Audience.SCREENER,
        Audience.APPOINTER,
        Audience.TABLE,
        Audience.ADVICE,
        Audience.ROOM,
        Audience.POLLS,
    }
)
"""Pages that auditors read without changing anything."""


class AudienceMissing(Exception):
    """An endpoint doesn't say who may use it."""


def audience(who: Audience) -> Callable[[View], View]:
    """Declare who may use a view."""

    def declare(view: View) -> View:
        view.__dict__["audience"] = who
        return view

    return declare


def audience_of(app: Flask, endpoint: str | None) -> Audience | None:
    """The declared audience of an endpoint, None where it has none."""
    view = app.view_functions.get(endpoint or "")
    return getattr(view, "audience", None)


def init_app(app: Flask) -> None:
    """Check what has been registered; call it after the last blueprint. Raises AudienceMissing."""
    audience(Audience.ANYONE)(app.view_functions["static"])
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    if undeclared := sorted(name for name in endpoints if audience_of(app, name) is None):
        raise AudienceMissing("; ".join(undeclared))
