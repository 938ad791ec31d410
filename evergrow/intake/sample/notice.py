"""What is said on the pages of a workspace that holds the sample."""

from django.utils.translation import gettext as _

from evergrow.workspaces.models import Workspace


def sample_notice(workspace: Workspace) -> str:
    """Which facts of the sample were published and moved in time, and which are made up; empty for other workspaces.

    The sentence is in the reader's language.
    """
    if not workspace.is_sample:
        return ""
    return _(
        "This is sample data. Sign-ups, subscriptions, invoices, tickets, marketing touches and product events come "
        "from the public synthetic data set saas_growth (MIT), all dates moved by the same number of days so that its "
        "last day is the day it was loaded. Made up: names of companies, people and colleagues, emails, job titles, "
        "who did each event, seats, renewal dates, tiers, ticket subjects, products and their versions, account teams "
        "and their work. Events have a date but no time of day."
    )
