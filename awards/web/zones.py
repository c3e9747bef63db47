"""Time zones to choose from, by their places, and the one that a browser's language makes likely."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from flask import request
from flask_babel import lazy_gettext as _l

from awards.web import language, words

REGIONS = {
    "Africa": _l("Africa"),
    "America": _l("America"),
    "Antarctica": _l("Antarctica"),
    "Arctic": _l("Arctic"),
    "Asia": _l("Asia"),
    "Atlantic": _l("Atlantic"),
    "Australia": _l("Australia"),
    "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific"),
}
UTC = "UTC"


@cache
def by_territory() -> dict[str, tuple[str, ...]]:
    """The zones of the IANA database by the code of their territory."""
    found: dict[str, tuple[str, ...]] = {}
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            territory, _place, zone = line.split("\t")[:3]
            found[territory] = (*found.get(territory, ()), zone)
    return found


@cache
def known() -> frozenset[str]:
    return frozenset(zone for zones in by_territory().values() for zone in zones) | {UTC}


def is_known(zone: str) -> bool:
    """Whether it is a zone that clocks can be set by, one of an older list too."""
    return zone in known() or zone in available_timezones()


Choices = dict[str, str | dict[str, str]]


def choices(kept: str = "") -> Choices:
    """Zones by region, each by the name of its place in the language of the page. `kept` is among them."""
    return _choices(language.current(), kept if kept not in known() else "")


@cache
def _choices(_language: str, kept: str) -> Choices:
    found: Choices = {UTC: "UTC"}
    if kept:
        found[kept] = kept
    for region, name in REGIONS.items():
        its = [(zone, words.zone(zone)) for zone in known() if zone.startswith(f"{region}/")]
        found[str(name)] = dict(sorted(its, key=lambda pair: pair[1]))
    return found


def guess() -> str:
    """The zone of the territory that the browser's first language names or suggests, where it has only one."""
    for tag, _quality in request.accept_languages:
        try:
            tongue = Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        likely = str(get_global("likely_subtags").get(tongue.language, ""))
        territory = tongue.territory or likely.rpartition("_")[2]
        zones = by_territory().get(territory, ())
        if len(zones) == 1:
            return zones[0]
    return UTC
