"""Signals beyond the delivered rules: rules made by people, the inbox, escalation, archive, many at once."""
