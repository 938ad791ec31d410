from django.urls import path

from evergrow.health.backtest import views as backtests
from evergrow.health.standing import views as standing
from evergrow.health.views import account, cards, portfolio

app_name = "health"
urlpatterns = [
    path("health/", portfolio.portfolio, name="portfolio"),
    path("health/computation/", portfolio.computation, name="computation"),
    path("health/movement/", standing.movement, name="movement"),
    path("health/movement/accounts/", standing.movement_accounts, name="movement_accounts"),
    path("health/expected-loss/", standing.losses, name="losses"),
    path("health/by-revenue/", standing.revenue, name="revenue"),
    path("health/by-group/", standing.by_group, name="groups"),
    path("health/missing/", standing.gaps, name="gaps"),
    path("health/accounts/<int:number>/", account.account, name="account"),
    path("health/scorecard/", cards.scorecard, name="scorecard"),
    path("health/scorecard/draft/", cards.draft, name="draft"),
    path("health/scorecard/draft/preview/", cards.preview, name="draft_preview"),
    path("health/scorecard/draft/publication/", cards.publication, name="publication"),
    path("health/scorecard/draft/discard/", cards.discard, name="discard"),
    path("health/scorecard/versions/<int:number>/", cards.version, name="version"),
    path("health/scorecard/back-tests/", backtests.backtests, name="backtests"),
    path("health/scorecard/back-tests/<int:number>/", backtests.backtest, name="backtest"),
    path("health/scorecard/back-tests/<int:number>/stop/", backtests.stop, name="backtest_stop"),
    path("health/scorecard/back-tests/<int:number>/rows/", backtests.rows, name="backtest_rows"),
    path("health/scorecard/back-tests/<int:number>/rows.<slug:kind>", backtests.file, name="backtest_file"),
]
