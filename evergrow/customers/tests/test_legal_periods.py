"""Periods of law follow the official calendar, whatever else a workspace makes free."""

from datetime import date

from evergrow.customers.privacy import requests as privacy
from evergrow.customers.privacy.requests import Law
from evergrow.workspaces.calendar import acts
from evergrow.workspaces.tests.test_working_days import NOTICE


def test_periods_of_law_follow_the_notice_and_no_day_of_ones_own(workspace, alice):
    received = date(2027, 1, 28)
    acts.set_own(
        workspace=workspace, first=date(2027, 1, 29), last=date(2027, 1, 29), works=False, name="Trip", by=alice
    )
    chosen = privacy.settings_of(workspace)
    chosen.pipl_days = 2
    chosen.save()
    assert privacy.due_on(workspace, Law.PIPL, received) == date(2027, 2, 1)
    acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=alice)
    assert privacy.due_on(workspace, Law.PIPL, received) == date(2027, 1, 31), "the Sunday that is worked"
