"""The one blueprint of intake, shared by its pages."""

from flask import Blueprint

blueprint = Blueprint("intake", __name__, url_prefix="/admin")
