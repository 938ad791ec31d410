"""What members are told when a weekly reading has clearly fallen."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.health.weekly.models import Watched
from evergrow.workspaces import notices
from evergrow.workspaces.notices.models import Notice

FELL = "health.ranking_fell"


def told(notice: Notice) -> str:
    """“Scorecard v3 tells clearly worse than at publishing who will leave”."""
    words = {"watched": Watched(notice.data["watched"]).label, "version": notice.data["version"]}
    return _("%(watched)s v%(version)s ranks accounts clearly worse than when it was published") % words


notices.register(FELL, "chart-line", told, label=gettext_lazy("A scorecard or model ranks clearly worse than before"))
