"""Every wire format we understand, one small module each. A new one is written beside its siblings and named here."""

from evergrow.intake.capture.formats import (
    amplitude,
    batch,
    browser,
    cloudevents,
    ga4,
    health,
    matomo,
    metrics,
    mixpanel,
    plausible,
    posthog,
    posthog_pages,
    rudder,
    segment,
    sensors,
    snowplow,
    umami,
)
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Page, Refusal
from evergrow.intake.capture.formats.routes import Routes

MODULES = (
    segment,
    rudder,
    posthog,
    posthog_pages,
    sensors,
    amplitude,
    batch,
    cloudevents,
    ga4,
    matomo,
    mixpanel,
    plausible,
    snowplow,
    umami,
    browser,
    health,
    metrics,
)
FORMATS = {each.FORMAT.name: each.FORMAT for each in MODULES}
ROUTES = Routes(FORMATS.values())

__all__ = ["FORMATS", "ROUTES", "Endpoint", "Envelope", "Format", "Page", "Refusal"]
