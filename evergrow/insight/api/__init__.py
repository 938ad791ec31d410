"""The operations of this room."""

from evergrow.insight.api import annotations, engagement, events, funnel, lifecycle, retention, saved, stickiness, trend

routers = [
    trend.router,
    funnel.router,
    retention.router,
    lifecycle.router,
    stickiness.router,
    engagement.router,
    saved.router,
    events.router,
    annotations.router,
]
