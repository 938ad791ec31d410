"""Addresses of the lists behind figures, with what they are asked for."""

from typing import Any

from django.urls import reverse

from evergrow.success.manager.asking import Ask

LISTS = {"tasks": "success:work_tasks", "runs": "success:work_runs"}


def behind(ask: Ask, rows: str, show: str, **more: Any) -> str:
    """The list of ``tasks`` or ``runs`` of one figure; ``more`` narrows it further, or widens what the ask narrows."""
    return f"{reverse(LISTS[rows], args=[ask.viewer.workspace.slug])}?{ask.query(show=show, **more)}"
