"""What the pages of the public's vote have in common."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from awards.web.language import PREFIX

blueprint = Blueprint("citizens", __name__, url_prefix=PREFIX)

Answer = str | Response | tuple[str, int]
