"""Why something about a version of a product cannot be done. Each text is a sentence for whoever asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.success.errors import Refused


class WrongField(Refused):
    """Something typed is wrong; ``field`` says beside which field the sentence belongs."""

    field = ""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.field = str(facts.get("field", self.field))


class VersionNeedsName(WrongField):
    field, sentence = "name", _("Give the version a name, for example 5.2.")


class VersionNameTaken(WrongField):
    field, sentence = "name", _("This product has a version “%(name)s” already.")


class BadProduct(WrongField):
    field, sentence = "product", _("This product is not offered any more. Choose another one.")


class ProductStays(WrongField):
    field, sentence = "product", _("A version stays with its product.")


class DatesDisagree(WrongField):
    """``field`` is the later one of the two."""

    sentence = _("“%(first)s” (%(first_day)s) cannot lie after “%(second)s” (%(second_day)s).")


class OneOrTheOther(WrongField):
    sentence = _("Choose a colleague or write a name, not both.")


class CriteriaUnreadable(WrongField):
    field, sentence = "criteria", _("The criteria for who runs it cannot be used: %(why)s")


class NobodyNamed(Refused):
    sentence = _("Name the product manager or the product owner first, or write who agreed.")


class AgreedAhead(Refused):
    sentence = _("Nobody can have agreed on a day that is still ahead.")


class BadRole(Refused):
    sentence = _("Say whether the product manager or the product owner agreed.")


class VersionHasPlans(Refused):
    sentence = _("Plans are about this version, so it cannot be deleted. Give it a day on which it is retired instead.")


class NoCriteria(Refused):
    sentence = _("No criteria say who runs it. Write them first.")
