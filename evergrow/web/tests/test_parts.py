"""Tags and filters, as templates see them."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone, translation

from evergrow.customers import timeline
from evergrow.lib import catalogues
from evergrow.success.models.playbooks import STEP_ICONS
from evergrow.success.models.signals import SIGNAL_ICONS
from evergrow.web import chart_tables, commands, geometry, icons, navigation


def render(source: str, language: str = "en", **context: object) -> str:
    with translation.override(language):
        return Template(source).render(Context(context))


def test_every_icon_named_in_a_template_or_in_code_exists() -> None:
    named = set()
    for file in catalogues.PACKAGE.glob("*/templates/**/*.html"):
        named |= set(re.findall(r"{%\s*icon\s+[\"']([\w-]+)[\"']", file.read_text()))
    for file in catalogues.PACKAGE.glob("**/*.py"):
        if "tests" not in file.parts:
            named |= set(re.findall(r"\bicon=\"([\w-]+)\"", file.read_text()))
    assert len(named) > 10
    for name in named:
        assert icons.shapes(name)


def test_every_icon_named_by_a_list_exists() -> None:
    named = [section.icon for section in navigation.SECTIONS] + [command.icon for command in commands.COMMANDS]
    named += [*STEP_ICONS.values(), *SIGNAL_ICONS.values()] + [telling.icon for telling in timeline._tellings.values()]
    for name in named:
        assert icons.shapes(name)


def test_an_unknown_icon_is_refused_loudly() -> None:
    with pytest.raises(icons.UnknownIcon, match="no outline icon “unicorn-on-fire”"):
        render('{% icon "unicorn-on-fire" %}')
    with pytest.raises(icons.UnknownIcon):
        icons.shapes("../filled/star")


def test_an_icon_with_a_label_speaks_and_one_without_is_silent() -> None:
    assert 'aria-hidden="true"' in render('{% icon "bell" %}')
    assert 'aria-label="a &amp; b"' in render('{% icon "bell" 18 "a & b" %}')


def test_health_is_shape_word_and_score() -> None:
    shown = render('{% health "risk" 38.4 %}')
    assert "glyph-risk" in shown
    assert "At risk" in shown
    assert ">38<" in shown
    assert "风险" in render('{% health "risk" 38 %}', "zh-hans")


def test_no_score_is_shown_where_data_is_insufficient() -> None:
    assert "health-score" not in render('{% health "insufficient" 50 %}')
    assert "Insufficient" in render("{% health None None %}")
    with pytest.raises(TemplateSyntaxError, match="no health band"):
        render('{% health "great" 90 %}')


def test_a_change_within_noise_is_grey() -> None:
    assert "delta-same" in render("{% delta 1 2 %}")
    assert "delta-bad" in render("{% delta change 2 %}", change=-17)
    assert "delta-good" in render('{% delta change 0 0 "down" %}', change=-17)


def test_coverage_shows_its_percentage_only_when_low() -> None:
    assert ">48%<" in render("{% coverage 0.48 %}")
    assert ">85%<" not in render("{% coverage 0.85 %}")


def test_names_are_shown_in_the_readers_language() -> None:
    name = {"zh": "剧本", "en": "Playbook"}
    assert render("{{ name|bilingual }}", "zh-hans", name=name) == "剧本"
    assert render("{{ name|bilingual }}", "en", name=name) == "Playbook"


def test_initials() -> None:
    assert render("{{ name|initials }}", name="Lin Yue") == "LY"
    assert render("{{ name|initials }}", name="林悦") == "林"
    assert render("{{ name|initials }}", name="") == "?"


def test_moments_are_told_in_the_current_zone(frozen: object) -> None:
    with timezone.override("Asia/Shanghai"):
        assert render("{{ at|moment }}", at=frozen) == "25 Mar 12:00"
        assert render("{{ at|day }}", "zh-hans", at=frozen) == "3月25日"


def test_a_pager_keeps_the_other_parameters() -> None:
    from django.core.paginator import Paginator

    page = Paginator(range(120), 50).page(2)
    shown = render("{% pager page %}", page=page, request=RequestFactory().get("/?q=a&page=2"))
    assert "51–100 / 120" in shown
    assert "?q=a&amp;page=1" in shown
    assert "?q=a&amp;page=3" in shown


def test_a_waterfall_adds_up_and_stripes_what_the_customer_did_not_do() -> None:
    rows = [
        {"label": "then", "value": 78.0},
        {"label": "seats", "points": -17.5},
        {"label": "weights", "points": 0.5, "ours": True},
        {"label": "now", "value": 61.0, "band": "watch"},
    ]
    shown = render("{% waterfall rows %}", rows=rows)
    assert "parts sum to −17.0" in shown
    assert shown.count("url(#stripes)") == 1
    steps, axis = geometry.waterfall(rows)
    assert steps[0].join == axis.at(78)
    assert steps[2].join == axis.at(61) == pytest.approx(steps[3].x + steps[3].width, abs=0.05)


def test_a_running_period_is_no_point_of_the_line() -> None:
    full = geometry.line([1, 2, 3, 3], running=False, width=92, height=22)
    running = geometry.line([1, 2, 3, 3], running=True, width=92, height=22)
    assert full.line.count(" ") == 4
    assert running.line.count(" ") == 3
    assert running.sliver is not None


def test_a_gap_breaks_the_line_and_nothing_at_all_is_no_error() -> None:
    assert geometry.line([1, None, 3], running=False, width=92, height=22).line.count("M") == 2
    assert geometry.line([], running=True, width=92, height=22).dot is None


def test_an_interval_that_includes_the_line_is_open() -> None:
    assert "is-open" in render("{% interval -3 3.1 9 %}".replace("-3", "low"), low=-3)
    assert "is-open" not in render("{% interval 3.8 9.4 15 %}")


def test_the_flow_counts_what_fell_and_rose() -> None:
    moves = {("healthy", "risk"): 2, ("risk", "watch"): 1, ("watch", "watch"): 5, ("insufficient", "healthy"): 3}
    shown = render('{% flow moves "then" "now" %}', moves=moves)
    assert "fell 2" in shown
    assert "rose 1" in shown
    assert "unchanged 5" in shown
    assert "score began or ended 3" in shown


def test_a_chart_brings_its_table() -> None:
    options = {
        "unit": "CNY",
        "xAxis": {"type": "category", "data": ["4/6", "4/13"]},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "name": "Risk", "data": [{"value": 1300, "url": "/there/"}, None]}],
    }
    shown = render('{% chart options title="Renewals" %}', options=options)
    assert '<a href="/there/">¥1,300</a>' in shown
    assert ">—<" in shown
    assert "application/json" in shown


def test_every_stylesheet_uses_only_tokens_that_exist() -> None:
    folder = Path(icons.__file__).parent / "static" / "evergrow"
    sheets = "".join(file.read_text() for file in folder.glob("*.css"))
    known = set(re.findall(r"(--[\w-]+)\s*:", sheets))
    used = {name for name in re.findall(r"var\((--[\w-]+)\)", sheets) if not name.startswith("--tblr")}
    assert used <= known


def test_a_score_alone_is_rounded_down_as_with_its_band() -> None:
    assert render("{{ 49.9|whole_score }}") == "49"
    assert render("{{ None|whole_score }}") == "—"


def test_a_flow_has_a_table_of_its_ribbons() -> None:
    link = {"source": "a", "target": "b", "told": "Active → Core", "value": 3, "url": "/list/"}
    found = chart_tables.table({"series": [{"type": "sankey", "name": "People", "data": [], "links": [link]}]})
    assert found.head == ["People"]
    assert found.rows == [("Active → Core", [chart_tables.Cell("3", "/list/")])]
