"""What the pages on which an organisation names its delegate have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("delegation", __name__, url_prefix=f"{PREFIX}/delegation")
