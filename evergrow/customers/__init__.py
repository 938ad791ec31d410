"""Accounts, people, identities, traits, tiers, teams, timeline, subscriptions."""
