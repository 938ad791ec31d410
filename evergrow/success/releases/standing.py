"""Where a version stands on a day: it follows from its dates alone, and is stored nowhere."""

from datetime import date
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import pgettext_lazy

from evergrow.success.releases.models import ProductVersion


class Standing(TextChoices):
    """In the order in which a version goes through them."""

    PLANNED = "planned", pgettext_lazy("version of a product", "Planned")
    BETA = "beta", pgettext_lazy("version of a product", "Beta")
    RELEASED = "released", pgettext_lazy("version of a product", "Released")
    SALE_ENDED = "sale_ended", pgettext_lazy("version of a product", "Sale ended")
    UNSUPPORTED = "unsupported", pgettext_lazy("version of a product", "Unsupported")
    RETIRED = "retired", pgettext_lazy("version of a product", "Retired")


OVER = (Standing.UNSUPPORTED, Standing.RETIRED)
OPEN = tuple(each for each in Standing if each not in OVER)


def standing(version: ProductVersion, today: date) -> Standing:
    """Where it stands: the furthest that its dates say. It is still sold and supported on the day that these end."""

    def since(day: date | None) -> bool:
        return day is not None and day <= today

    def after(day: date | None) -> bool:
        return day is not None and day < today

    steps = [
        (Standing.RETIRED, since(version.retired_on)),
        (Standing.UNSUPPORTED, after(version.support_ends_on)),
        (Standing.SALE_ENDED, after(version.sale_ends_on)),
        (Standing.RELEASED, since(version.released_on)),
        (Standing.BETA, since(version.beta_on)),
    ]
    return next((each for each, is_so in steps if is_so), Standing.PLANNED)


def standing_in(versions: QuerySet[ProductVersion], today: date) -> QuerySet[Any]:
    """The versions with ``stands``, the same as ``standing`` says, to be filtered and sorted by."""
    steps = [
        When(Q(retired_on__lte=today), then=Value(Standing.RETIRED)),
        When(Q(support_ends_on__lt=today), then=Value(Standing.UNSUPPORTED)),
        When(Q(sale_ends_on__lt=today), then=Value(Standing.SALE_ENDED)),
        When(Q(released_on__lte=today), then=Value(Standing.RELEASED)),
        When(Q(beta_on__lte=today), then=Value(Standing.BETA)),
    ]
    return versions.annotate(stands=Case(*steps, default=Value(Standing.PLANNED), output_field=CharField()))
