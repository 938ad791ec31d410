"""Whether messages that only say who did something have to be read one by one after all."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evergrow.customers.privacy.digests import erased_among, has_erased
from evergrow.intake.personal.consent import EVENT
from evergrow.workspaces.models import Workspace

Ids = tuple[str, str, str]


def must_be_read(workspace: Workspace, rows: pa.Table, ids: list[Ids]) -> bool:
    """Whether one of these rows (columns ``event`` and ``ids``, a place in ``ids``) tells a consent, or belongs to
    somebody who was erased."""
    if not rows.num_rows:
        return False
    if pc.any(pc.equal(rows["event"], EVENT)).as_py():
        return True
    return has_erased(workspace.pk) and bool(erased_among(workspace.pk, _said(rows, ids)))


def _said(rows: pa.Table, ids: list[Ids]) -> set[str]:
    places: Any = np.unique(rows["ids"].to_numpy()).tolist()
    return {value for place in places for value in ids[place][:2]}
