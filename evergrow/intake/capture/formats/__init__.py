"""Every wire format we understand, one small module each. A new one is written beside its siblings and named here."""

from evergrow.intake.capture.formats import browser, health, segment
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Page, Refusal
from evergrow.intake.capture.formats.routes import Routes

FORMATS = {each.FORMAT.name: each.FORMAT for each in (segment, browser, health)}
ROUTES = Routes(FORMATS.values())

__all__ = ["FORMATS", "ROUTES", "Endpoint", "Envelope", "Format", "Page", "Refusal"]
