"""The account list by keyboard, its filters and its selection; a drawer on the account page."""

import pytest

pytestmark = pytest.mark.browser
LIST = "/w/sample/accounts/"


def test_rows_are_moved_through_selected_and_opened_by_keyboard(visit):
    watched = visit()
    page = watched.page
    page.goto(LIST)
    for key in "jjxjx":
        page.keyboard.press(key)
    assert page.locator("tr.selected").count() == 2
    assert page.locator("[data-selected]").inner_text() == "2 selected"
    page.locator("[data-everything]").click()
    assert page.locator("[data-selected]").inner_text() == "2,087 selected"
    page.locator("[data-unselect]").click()
    assert not page.locator(".bulk-bar").is_visible()
    name = page.locator("tr.focused .account-name").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/*/")
    assert name in page.locator("h1").inner_text()
    here = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != here)
    page.keyboard.press("k")
    page.wait_for_url(here)
    assert watched.complaints == []


def test_a_filter_is_added_written_into_the_address_and_taken_back(visit):
    watched = visit()
    page = watched.page
    page.goto(LIST)
    page.keyboard.press("f")
    page.locator("#add-filter").get_by_role("link", name="Tier", exact=True).click()
    page.locator("#add-filter input[value=strategic]").check()
    page.locator("#add-filter button").click()
    page.wait_for_url("**tier=strategic**")
    page.wait_for_selector(".chip:has-text('Strategic')")
    assert page.locator(".view-state").inner_text().startswith("View changed")
    page.locator(".chip", has_text="Tier").locator("a[aria-label]").click()
    page.wait_for_selector(".chip:has-text('Strategic')", state="detached")
    page.go_back()
    page.wait_for_selector(".chip:has-text('Strategic')")
    assert watched.complaints == []


def test_a_visit_is_recorded_on_a_page_that_says_what_is_missing(visit):
    watched = visit()
    page = watched.page
    page.goto(LIST)
    page.locator(".account-name").first.click()
    page.wait_for_selector("h1")
    here = page.url
    page.locator(".page-actions a", has_text="Log visit").click()
    page.locator(".visit-form button[value=log]").click()
    page.wait_for_selector(".visit-form .alert-danger")
    page.locator(".visit-form textarea[name=experience]").fill("登录很慢")
    page.wait_for_selector("#kept:has-text('Draft')")
    page.locator(".visit-form button[value=log]").click()
    page.wait_for_selector("h1")
    page.wait_for_url("**/visits/*/")
    page.goto(here)
    page.wait_for_selector(".story:has-text('登录很慢')")
    assert watched.complaints == []
