"""The words for kinds of organisations."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

ORGANISATION_KINDS: Mapping[str, object] = {
    "city": _l("cities"),
    "city-corporation": _l("city corporations"),
    "municipality": _l("municipalities"),
    "special-region": _l("special regions"),
    "province": _l("provinces"),
    "prefecture": _l("prefectures"),
    "regency": _l("regencies"),
    "state": _l("states"),
    "locality": _l("localities"),
    "district": _l("districts"),
    "public-agency": _l("public agencies"),
    "corporation": _l("companies"),
    "association": _l("associations"),
    "academic": _l("universities"),
    "non-profit": _l("non-profit organisations"),
    "research": _l("research institutes"),
    "international": _l("international organisations"),
    "other": _l("other organisations"),
}
