"""The form of a version. It only reads what was typed; ``wishes.checked`` decides whether it can be."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Product
from evergrow.customers.tiers.forms import CriteriaField
from evergrow.success import access
from evergrow.success.releases import errors
from evergrow.success.releases.models import DATES, ProductVersion
from evergrow.success.releases.wishes import NAME, NEWS, PERSON, Wish
from evergrow.workspaces.models import Member

PEOPLE = ("product_manager", "product_owner")


class VersionForm(Tabler, forms.Form):
    """Everything about a version. The product of one that is there already is shown, and not changed."""

    product = forms.ChoiceField(label=gettext_lazy("Product"))
    name = forms.CharField(
        label=gettext_lazy("Version"),
        max_length=NAME,
        required=False,
        help_text=gettext_lazy("As it is called, without the product's name: 5.2."),
    )
    news_en = forms.CharField(
        label=gettext_lazy("What is new, English"),
        max_length=NEWS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    news_zh = forms.CharField(
        label=gettext_lazy("What is new, Chinese"),
        max_length=NEWS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"), help_text=gettext_lazy("Is told before sale and support end.")
    )
    product_manager = forms.ChoiceField(label=gettext_lazy("Product manager (PM)"), required=False)
    product_manager_name = forms.CharField(
        label=gettext_lazy("or the product manager's name"), max_length=PERSON, required=False
    )
    product_owner = forms.ChoiceField(label=gettext_lazy("Product owner (PO)"), required=False)
    product_owner_name = forms.CharField(
        label=gettext_lazy("or the product owner's name"), max_length=PERSON, required=False
    )
    criteria = CriteriaField()

    def __init__(
        self, member: Member, sent: Any = None, version: ProductVersion | None = None, product: str = ""
    ) -> None:
        super().__init__(sent, initial=as_typed(version) if version else {"owner": str(member.pk), "product": product})
        for name, label in DATES.items():
            self.fields[name] = forms.DateField(label=label, required=False, widget=DateInput())
        self.products = {each.code: each for each in _products(member, version)}
        here = [*access.colleagues(member), *_named(version)]
        self.colleagues = {str(each.pk): each for each in here}
        people = [(key, str(each)) for key, each in self.colleagues.items()]
        nobody = ("", pgettext_lazy("product manager", "nobody here"))
        language = get_language() or "en"
        offered = [(code, each.called(language)) for code, each in self.products.items()]
        known: dict[str, list[Any]] = {"owner": people, **{name: [nobody, *people] for name in PEOPLE}}
        for name, choices in {**known, "product": offered}.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["product"].disabled = version is not None
        self.dress()

    def clean(self) -> dict[str, Any]:
        """One of a colleague and a name each."""
        typed = super().clean() or {}
        for name in PEOPLE:
            if typed.get(name) and typed.get(f"{name}_name"):
                self.add_error(f"{name}_name", str(errors.OneOrTheOther()))
        return typed

    def wish(self) -> Wish:
        """What was typed, once the form is valid."""
        typed = self.cleaned_data
        people = {name: self.colleagues.get(typed[name]) or typed[f"{name}_name"] for name in PEOPLE}
        return Wish(
            product=self.products[typed["product"]],
            name=typed["name"],
            news={"en": typed["news_en"], "zh": typed["news_zh"]},
            owner=self.colleagues[typed["owner"]],
            dates={name: typed[name] for name in DATES},
            used_by=typed["criteria"],
            **people,
        )


GROUPS: Sequence[tuple[Any, Sequence[str]]] = (
    (gettext_lazy("What it is"), ("product", "name", "news_en", "news_zh")),
    (
        pgettext_lazy("part of a form", "People"),
        ("owner", "product_manager", "product_manager_name", "product_owner", "product_owner_name"),
    ),
    (pgettext_lazy("version of a product", "Dates"), tuple(DATES)),
)


def as_typed(version: ProductVersion) -> dict[str, Any]:
    """A version as its form shows it."""
    return {
        "product": version.product.code,
        "name": version.name,
        **{f"news_{language}": version.news.get(language, "") for language in ("en", "zh")},
        "owner": str(version.owner_id or ""),
        **{name: str(getattr(version, f"{name}_id") or "") for name in PEOPLE},
        **{f"{name}_name": getattr(version, f"{name}_name") for name in PEOPLE},
        **version.dates(),
    }


def _named(version: ProductVersion | None) -> list[Member]:
    """Who is named already and still here, also where they may only look on."""
    named = (version.owner, version.product_manager, version.product_owner) if version else ()
    return [each for each in named if each is not None and each.left_at is None]


def _products(member: Member, version: ProductVersion | None) -> list[Product]:
    if version is not None:
        return [version.product]
    return list(Product.objects.filter(workspace=member.workspace, retired_at=None).order_by("number"))
