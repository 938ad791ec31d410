"""What comes in, one topic a file."""

from evergrow.intake.models.imports import Import, ImportChange, ImportState

__all__ = ["Import", "ImportChange", "ImportState"]
