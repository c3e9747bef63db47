"""The nominator's pages: the list of nominations, the draft in sections, preview, submission, receipts."""

from flask import Blueprint

from awards.web.language import PREFIX
from awards.web.nominations import (
    answers,
    award,
    certificates,
    lateness,
    leaving,
    overview,
    published,
    result,
    starting,
    submission,
)

blueprint = Blueprint("nominations", __name__, url_prefix=PREFIX)
for part in (
    starting,
    overview,
    answers,
    submission,
    lateness,
    leaving,
    award,
    certificates,
    result,
    published,
):
    part.init_app(blueprint)
