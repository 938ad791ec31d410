"""The palette, the theme, a chart and its table, by keyboard and mouse."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]  # the first test waits for the sample
HOME = "/w/sample/?scope=all"


def test_the_palette_is_usable_by_keyboard_alone(visit):
    watched = visit()
    page = watched.page
    page.goto(HOME)
    name = page.locator(".home-table .cell-name a").first.inner_text()
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette-hits .hit")
    page.keyboard.type(name)
    page.wait_for_selector(f"#palette-hits .hit:has-text('{name}')")
    assert page.locator(".hit[aria-selected=true]").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/*/")
    assert name in page.locator("h1").inner_text()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    assert not page.locator("#palette").is_visible()
    assert watched.complaints == []


def test_the_theme_changes_without_a_reload_and_stays(visit):
    watched = visit()
    page = watched.page
    page.goto(HOME)
    with page.expect_response("**/theme/"):
        page.locator(".theme-to-dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    with page.expect_response("**/theme/"):
        page.locator(".theme-to-light").click()
    assert watched.complaints == []


def test_a_chart_turns_into_its_table_and_its_file(visit):
    watched = visit()
    page = watched.page
    page.goto(HOME)
    page.wait_for_selector(".chart canvas")
    assert not page.locator(".chart-table").is_visible()
    page.hover(".chart canvas", position={"x": 150, "y": 90})
    page.wait_for_selector(".tip")
    page.locator("[data-chart-table]").click()
    assert page.locator(".chart-table tbody tr").count() >= 13
    with page.expect_download() as saved:
        page.locator("[data-chart-csv]").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].count(",") == 4
    assert len(lines) == page.locator(".chart-table tbody tr").count() + 1
    assert watched.complaints == []


def test_a_part_of_the_chart_opens_its_list(visit):
    page = visit().page
    page.goto(HOME)
    page.wait_for_selector(".chart canvas")
    box = page.locator(".chart canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6)
    page.wait_for_url("**/accounts/?**renewal=**")


def test_menus_close_with_escape_and_a_click_elsewhere(visit):
    page = visit().page
    page.goto(HOME)
    page.locator(".avatar-me").click()
    assert page.locator(".menu-end .menu-body").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".menu-end .menu-body").is_visible()
    page.locator(".kpi .definition summary").first.click()
    assert page.locator(".kpi .definition-body").first.is_visible()
    page.locator("h1").click()
    assert not page.locator(".kpi .definition-body").first.is_visible()


def test_without_script_the_page_still_tells_everything(served, browser, signed_in):
    context = browser.new_context(base_url=served.base, storage_state=signed_in, java_script_enabled=False)
    page = context.new_page()
    page.goto(HOME)
    assert page.locator(".chart-table tbody tr").count() >= 13
    page.locator(".avatar-me").click()
    assert page.locator(".menu-end .menu-body").is_visible()
    page.goto("/w/sample/search/?q=customers")
    assert page.locator(".hit").count() > 0
    context.close()
