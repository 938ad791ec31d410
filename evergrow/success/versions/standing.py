"""The change of version that a run stands on."""

from evergrow.success.models import Run, RunMove


def latest_move(run: Run) -> RunMove | None:
    """The last change of version that still stands."""
    rows = run.moves.filter(undone_at=None).select_related("from_version", "to_version", "by__user", "run")
    return rows.order_by("-at", "-pk").first()
