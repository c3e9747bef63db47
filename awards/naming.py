"""Names as they stand: what pages, prizes and certificates show of a nomination, to be kept with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awards import nominations
from awards.models import Nomination, NominationRevision
from awards.models.base import Document
from judging.rules import INDIVIDUAL


def shown(nomination: Nomination) -> Document:
    """A nomination as it is shown in public: who, where and what, every name as it stands now.

    For an individual `organisation` is the person's name; the body that the person belongs to names nobody.
    """
    revision = nominations.standing_revision(nomination)
    partners = [partner.organisation.name for partner in nomination.partners]
    return lead(nomination.reference, revision) | {"partners": partners}


def lead(reference: str, revision: NominationRevision) -> Document:
    """The same without those who are in it too."""
    organisation = revision.organisation if revision.nominee_kind != INDIVIDUAL else None
    return {
        "reference": reference,
        "nominee_kind": revision.nominee_kind,
        "title": revision.title,
        "titles": dict(revision.titles or {}),
        "language": revision.language,
        "summary": revision.summary,
        "organisation": revision.organisation_name,
        "organisation_names": dict(organisation.names or {}) if organisation else {},
        "city": revision.city,
        "country": revision.country,
    }


def renamed(names: Document, wanted: Mapping[str, Any]) -> Document:
    """The names with those that are asked for; `key.language` names one of several languages."""
    found = dict(names)
    for place, value in wanted.items():
        key, _, language = place.partition(".")
        if language:
            found[key] = dict(found.get(key) or {}) | {language: value}
        else:
            found[key] = value
    return found
