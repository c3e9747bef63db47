"""Who may use an endpoint: each one says so, or the application doesn't start."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """`anyone`: a public page, the same for everybody. `link_holder`: whoever has the link that was sent."""

    ANYONE = "anyone"
    LINK_HOLDER = "link_holder"


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
