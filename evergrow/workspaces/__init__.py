"""Tenants, members, roles, keys, audit trail, access gates, jobs."""
