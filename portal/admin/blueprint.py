"""The one blueprint of the staff's desk, shared by its pages."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
