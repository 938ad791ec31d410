"""Why a saved question cannot be changed."""

from evergrow.workspaces.errors import Refused


class QuestionNeedsName(Refused):
    field = "name"


class ChangedMeanwhile(Refused):
    """A colleague saved a newer version than the one that was opened."""


class IsArchived(Refused):
    """An archived question does not change."""


class NoSuchVersion(Refused):
    field = "version"
