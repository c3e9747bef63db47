"""The pages of the certificate's template, in each of their states."""

from __future__ import annotations

from tests.browser.stills import Stills
from tests.web.office import KEY, Office
from tests.web.signing import send

DESK = f"/secretariat/{KEY}/certificate-template"
SOURCE = """signatures = ["signature-1"]

[second]
ko = "en"

[languages.en]
title = "Certificate of {motto}"

[images.seal]
x = 130
y = 12
width = 22
"""
BROKEN = SOURCE.replace("[second]", 'border = "wavy"\n\n[second]').replace("x = 130", 'x = "left"')


def scenes(stills: Stills, office: Office) -> None:
    organiser = office.at("organiser")
    stills.look("template", organiser, DESK)
    stills.look("template-edit", organiser, f"{DESK}/file")
    fields = {"base": "0", "reason": "The board wants a seal."}
    stills.refuse("template-edit-mistakes", organiser, f"{DESK}/file", fields | {"text": BROKEN})
    send(organiser, f"/en{DESK}/file", fields | {"text": SOURCE})
    stills.look("template-undefined", organiser, DESK)
    stills.look("template-images", organiser, f"{DESK}/images")
    stills.look("template-versions", organiser, f"{DESK}/versions")
    stills.look("template-version", organiser, f"{DESK}/versions/0")
    stills.look("template-signing", organiser, f"{DESK}/signatories")
    wrong = {"name-1-en": "Ada Vale", "office-1-en": "President", "since-1": "soon", "reason": "Elected."}
    stills.refuse("template-signing-wrong", organiser, f"{DESK}/signatories", wrong)
    stills.look("template-letters", organiser, f"{DESK}/letters")
