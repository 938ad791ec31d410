from django.urls import path

from evergrow.health.money import views as money
from evergrow.health.risk import views as risk
from evergrow.health.value import views as value
from evergrow.health.views import account, cards, portfolio

app_name = "health"
urlpatterns = [
    path("health/", portfolio.portfolio, name="portfolio"),
    path("health/computation/", portfolio.computation, name="computation"),
    path("health/accounts/<int:number>/", account.account, name="account"),
    path("health/scorecard/", cards.scorecard, name="scorecard"),
    path("health/scorecard/draft/", cards.draft, name="draft"),
    path("health/scorecard/draft/preview/", cards.preview, name="draft_preview"),
    path("health/scorecard/draft/publication/", cards.publication, name="publication"),
    path("health/scorecard/draft/discard/", cards.discard, name="discard"),
    path("health/scorecard/versions/<int:number>/", cards.version, name="version"),
    path("money/", money.money, name="money"),
    path("money/accounts/", money.money_accounts, name="money_accounts"),
    path("money/rates/", money.rates, name="money_rates"),
    path("money/<str:what>.<str:form>", money.money_export, name="money_export"),
    path("value/", value.value, name="value"),
    path("value/settings/", value.settings, name="value_settings"),
    path("value/computation/", value.computation, name="value_computation"),
    path("value/accounts.<str:form>", value.export, name="value_export"),
    path("health/risk/", risk.overview, name="risk"),
    path("health/risk/<slug:target>/setting/", risk.setting, name="risk_setting"),
    path("health/risk/<slug:target>/training/", risk.training, name="risk_training"),
    path("health/risk/<slug:target>/versions/<int:number>/", risk.version, name="risk_version"),
    path("health/risk/<slug:target>/versions/<int:number>/card.json", risk.card, name="risk_card"),
    path("health/risk/<slug:target>/versions/<int:number>/publication/", risk.publication, name="risk_publication"),
    path("health/risk/<slug:target>/versions/<int:number>/retirement/", risk.retirement, name="risk_retirement"),
]
