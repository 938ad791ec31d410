"""The working days of a workspace: days of its own beside its calendar, and official days of years that come."""
