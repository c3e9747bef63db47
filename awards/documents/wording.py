"""The words of a certificate: the texts of its design with the fields filled in."""

import datetime
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from awards.documents.citation import Citation, printed
from awards.documents.lettering import TIE, UNSPACED, clusters
from awards.documents.template import AS_THEY_ARE, FIELD, FIELDS, Design, design_in
from awards.documents.typesetting import KEEP

SHORT = 14
"""Signs of a name at most that no line end divides."""
ALONE = frozenset({"nominee_latin", "organisation"})
"""Parts that are left out where they say what stands above them."""


def fields_of(citation: Citation, design: Design) -> dict[str, str]:
    """The value of every field, empty where there is none; those of the template's own among them."""
    return {
        **{name: printed(str(value)) for name, value in design["values"].items()},
        "association": printed(citation.association),
        "programme": printed(citation.programme),
        "edition": printed(citation.edition),
        "contest": edition_in_full(citation),
        "prize": printed(citation.prize),
        "category": printed(citation.category),
        "field": field_of(printed(citation.category), str(design["date"].get("field", ""))),
        "nominee": printed(citation.nominee),
        "nominee_latin": printed(citation.nominee_latin),
        "organisation": printed(citation.organisation),
        "project": printed(citation.project),
        "lead": printed(citation.partner_of),
        "place": printed(citation.place) or printed(str(design["values"].get("place", ""))),
        "day": written(citation.awarded_on, design["date"]),
        "number": printed(citation.number),
        "code": grouped(citation.code),
        "address": address_of(citation),
    }


def text_of(part: str, design: Design, fields: Mapping[str, str]) -> str:
    """What a part says, empty where it says nothing. A field that nothing defines stands there in its braces."""
    tries = design["texts"].get(part) or AS_THEY_ARE.get(part, ())
    if part == "sentence":
        fields = {**fields, "prize": kept(fields["prize"]), "field": kept(fields["field"])}
    return fill(tries, fields)


def fill(tries: Sequence[str], fields: Mapping[str, str]) -> str:
    """The first text whose fields all have a value, else the last with those that have one."""
    for text in tries:
        asked = FIELD.findall(text)
        if all(fields.get(it, it) for it in asked):
            return _filled(text, fields)
    if not tries:
        return ""
    asked = FIELD.findall(tries[-1])
    return _filled(tries[-1], fields) if any(fields.get(it, it) for it in asked) else ""


def _filled(text: str, fields: Mapping[str, str]) -> str:
    filled = FIELD.sub(lambda it: fields.get(it[1], it[0]), text)
    return " ".join(word for word in filled.split(" ") if word)


def words_in(citation: Citation) -> dict[str, str]:
    """What each part of the middle column says, from the top; those that say nothing are left out."""
    design = design_in(citation)
    fields = fields_of(citation, design)
    said = {part: text_of(part, design, fields) for part in design["order"]}
    if said.get("nominee_latin") == said.get("nominee"):
        said.pop("nominee_latin", None)
    if said.get("organisation") in (said.get("nominee"), said.get("nominee_latin")):
        said.pop("organisation", None)
    if not said.get("project"):
        said.pop("merit", None)
    return {part: text for part, text in said.items() if text}


def said_in(citation: Citation, part: str) -> str:
    """What one text of the certificate says, such as its number or the word for a specimen."""
    design = design_in(citation)
    return text_of(part, design, fields_of(citation, design))


def heading_of(citation: Citation) -> str:
    """The title in the file's properties."""
    title, honour = said_in(citation, "title"), said_in(citation, "honour")
    parts = [title, honour, printed(citation.nominee), edition_in_full(citation)]
    return " · ".join([said_in(citation, "specimen"), *parts] if citation.specimen else parts)


def words_of(citation: Citation) -> tuple[tuple[str, str], ...]:
    """Everything that a certificate says, part by part, without how it looks; the second language behind the first."""
    own = (
        *((part, text.replace(TIE, "")) for part, text in words_in(citation).items()),
        *((part, said_in(citation, part)) for part in ("number", "code", "verify")),
        *(("signatories", f"{printed(it.name)} · {printed(it.office)}") for it in citation.signatories),
    )
    if citation.second is None:
        return own
    return (*own, *((part, text.replace(TIE, "")) for part, text in words_in(citation.second).items()))


def undefined_in(text: str) -> tuple[str, ...]:
    """The fields in braces that were left in a text because nothing defines them."""
    return tuple(it for it in FIELD.findall(text) if it not in FIELDS)


def edition_in_full(citation: Citation) -> str:
    """The edition's name, after the programme's where it doesn't hold it already."""
    programme, edition = printed(citation.programme), printed(citation.edition)
    return (
        edition if not programme or programme.casefold() in edition.casefold() else f"{programme}, {edition}"
    )


def address_of(citation: Citation) -> str:
    """The address of the certificate's page, without its scheme."""
    return printed(citation.verify_url).removeprefix("https://").removeprefix("http://")


def grouped(code: str) -> str:
    """Groups of at most four signs, as even as can be: ABCD-EFG-HJK."""
    signs = "".join(c for c in printed(code) if c not in "- ")
    groups = max(1, -(-len(signs) // 4))
    ends = [len(signs) * i // groups for i in range(groups + 1)]
    return "-".join(signs[a:b] for a, b in pairwise(ends))


def field_of(category: str, word: str) -> str:
    """A category with the language's word for one, where it doesn't end with it."""
    return category if not word or not category or category.endswith(word) else f"{category} {word}"


def written(day: datetime.date, form: Mapping[str, Any]) -> str:
    """A day as a language writes it: {d}, {m} and {y} in its digits, and the name of the month."""
    digits = str.maketrans("0123456789", str(form.get("digits") or "0123456789"))
    months = form.get("months") or [""] * 12
    number = str(day.day).translate(digits)
    values = {
        "d": str(form.get("first") or number) if day.day == 1 else number,
        "m": str(day.month).translate(digits),
        "y": str(day.year + int(form.get("years") or 0)).translate(digits),
        "month": str(months[day.month - 1]),
    }
    return FIELD.sub(lambda it: values.get(it[1], it[0]), str(form["day"]))


def kept(name: str) -> str:
    """A short name that no line end divides."""
    if len(name) > SHORT:
        return name
    name = name.replace(" ", KEEP)
    return TIE.join(clusters(name)) if UNSPACED.search(name) else name
