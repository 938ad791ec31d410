"""Campaigns: dated programmes with an audience, a budget and a goal; a webinar, a training week, a trade fair."""
