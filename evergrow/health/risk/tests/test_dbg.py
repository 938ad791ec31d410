from datetime import *
import pytest
from evergrow.health.risk.tests.test_leakage import *
@pytest.mark.usefixtures("warehouse_db", "frozen")
def test_dbg(workspace, alice):
    stage.crowd(workspace, alice, size=5)
    with clock.frozen(datetime.combine(DAY, datetime.min.time(), workspace.tz) - timedelta(hours=2)):
        print(clock.now(), workspace.today(), health.compute(workspace=workspace))
    for r in warehouse.rows("select day, account, overall, computed_at from health_snapshots where day>'2026-02-01'"): print(r)
    assert 0
