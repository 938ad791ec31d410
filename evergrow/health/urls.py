from django.urls import path

from evergrow.health.backtest import views as backtests
from evergrow.health.entries import views as entries
from evergrow.health.money import views as money
from evergrow.health.overrides import views as overrides
from evergrow.health.risk import views as risk
from evergrow.health.standing import views as standing
from evergrow.health.surveys import views as surveys
from evergrow.health.value import views as value
from evergrow.health.views import account, cards, change, parts, portfolio
from evergrow.health.weekly import views as weekly

app_name = "health"
urlpatterns = [
    path("health/", portfolio.portfolio, name="portfolio"),
    path("health/computation/", portfolio.computation, name="computation"),
    path("health/change/", change.change, name="change"),
    path("health/movement/", standing.movement, name="movement"),
    path("health/movement/accounts/", standing.movement_accounts, name="movement_accounts"),
    path("health/expected-loss/", standing.losses, name="losses"),
    path("health/by-revenue/", standing.revenue, name="revenue"),
    path("health/by-group/", standing.by_group, name="groups"),
    path("health/missing/", standing.gaps, name="gaps"),
    path("health/accounts/<int:number>/", account.account, name="account"),
    path("health/accounts/<int:number>/override/", overrides.ask, name="override_ask"),
    path("health/accounts/<int:number>/values/<slug:key>/", entries.entry, name="entry"),
    path("health/accounts/<int:number>/answers/<str:key>/", surveys.answers, name="answers"),
    path("health/overrides/", overrides.overview, name="overrides"),
    path("health/overrides/<int:pk>/approval/", overrides.approval, name="override_approval"),
    path("health/overrides/<int:pk>/refusal/", overrides.refusal, name="override_refusal"),
    path("health/overrides/<int:pk>/withdrawal/", overrides.withdrawal, name="override_withdrawal"),
    path("health/overrides/<int:pk>/end/", overrides.end, name="override_end"),
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
    path("health/scorecard/cards/new/", parts.new_card, name="new_card"),
    path("health/scorecard/cards/<slug:card>/", cards.scorecard, name="scorecard"),
    path("health/scorecard/cards/<slug:card>/away/", parts.away, name="card_away"),
    path("health/scorecard/cards/<slug:card>/draft/", cards.draft, name="draft"),
    path("health/scorecard/cards/<slug:card>/draft/preview/", cards.preview, name="draft_preview"),
    path("health/scorecard/cards/<slug:card>/draft/publication/", cards.publication, name="publication"),
    path("health/scorecard/cards/<slug:card>/draft/discard/", cards.discard, name="discard"),
    path("health/scorecard/cards/<slug:card>/draft/claim/", parts.claim, name="claim"),
    path("health/scorecard/cards/<slug:card>/draft/measures/", parts.measure, name="new_measure"),
    path("health/scorecard/cards/<slug:card>/draft/measures/<str:key>/", parts.measure, name="measure"),
    path(
        "health/scorecard/cards/<slug:card>/draft/measures/<str:key>/removal/",
        parts.measure_removal,
        name="measure_removal",
    ),
    path("health/scorecard/cards/<slug:card>/draft/exceptions/", parts.exception, name="new_exception"),
    path("health/scorecard/cards/<slug:card>/draft/exceptions/<str:key>/", parts.exception, name="exception"),
    path(
        "health/scorecard/cards/<slug:card>/draft/exceptions/<str:key>/removal/",
        parts.exception_removal,
        name="exception_removal",
    ),
    path(
        "health/scorecard/cards/<slug:card>/draft/exceptions/<str:key>/order/",
        parts.exception_order,
        name="exception_order",
    ),
    path("health/scorecard/cards/<slug:card>/versions/<int:number>/", cards.version, name="version"),
    path("health/watch/", weekly.watch, name="watch"),
    path("health/watch/reading/", weekly.reading, name="watch_reading"),
    path("health/scorecard/back-tests/", backtests.backtests, name="backtests"),
    path("health/scorecard/back-tests/<int:number>/", backtests.backtest, name="backtest"),
    path("health/scorecard/back-tests/<int:number>/stop/", backtests.stop, name="backtest_stop"),
    path("health/scorecard/back-tests/<int:number>/rows/", backtests.rows, name="backtest_rows"),
    path("health/scorecard/back-tests/<int:number>/rows.<slug:kind>", backtests.file, name="backtest_file"),
]
