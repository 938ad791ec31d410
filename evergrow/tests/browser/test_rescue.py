"""From a falling score to a finished, measured rescue, as a success manager walks it: in both languages, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]  # the first test waits for the sample
WHY = {"zh-hans": "他们周一恢复使用", "en": "They are back since Monday"}
SAYS = {
    "zh-hans": {"start": "启动剧本", "done": "完成", "stages": ("已有方案", "挽留中"), "recovered": "已挽回"},
    "en": {"start": "Start playbook", "done": "Done", "stages": ("Plan in place", "Saving"), "recovered": "Recovered"},
}


def fits(page: Page) -> None:
    """Nothing hangs over the edge of the screen."""
    wide, width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= width, page.url


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_from_a_falling_score_to_a_finished_measured_rescue(visit, language: str, width: int) -> None:
    watched, says = visit(width, "dark" if language == "zh-hans" else "light", language), SAYS[language]
    page = watched.page
    page.goto("/w/sample/signals/?kind=health_fell&severity=3")
    fits(page)
    page.locator("#inbox a[href*='signal=']").first.click()
    page.locator("article.pane a[href*='/rescues/new/']").first.wait_for(state="attached")
    signal = page.locator("article.pane").get_attribute("data-url")
    page.goto(signal)
    fits(page)

    page.locator("details.menu-end summary").last.click()
    page.locator("a[href*='/rescues/new/']").click()
    page.locator("input[name=reason]").first.check()
    page.locator("textarea[name=note]").fill(WHY[language])
    fits(page)
    page.locator("form.card .btn-primary").click()
    page.wait_for_url(re.compile(r"/rescues/\d+/"))
    rescue = page.url.split("?")[0]
    fits(page)

    page.locator("a[href*='/playbooks/?signal=']").first.click()
    page.locator(".list-rows a[href*='/playbooks/save/']").first.click()
    page.get_by_role("button", name=says["start"]).click()
    page.wait_for_url("**/runs/**")
    fits(page)

    steps = page.locator("main a[href*='/tasks/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    number = next(found for href in steps if (found := re.search(r"/tasks/(\d+)/", href)))
    page.goto(f"/w/sample/tasks/?whose=all&item=task:{number[1]}")
    task = page.locator(".work-row.is-open")
    if task.locator("input[name=evidence]").count():
        task.locator("input[name=evidence]").fill(WHY[language])
    fits(page)
    task.get_by_role("button", name=says["done"], exact=True).click()
    page.wait_for_load_state("networkidle")

    for stage in (*says["stages"], says["recovered"]):
        page.goto(rescue)
        page.locator("#decide input[name=why]").fill(WHY[language])
        page.locator("#decide").get_by_role("button", name=stage, exact=True).click()
        page.wait_for_load_state("networkidle")
    page.goto(rescue)
    fits(page)
    expect(page.locator(".badge-healthy").first).to_have_text(says["recovered"])
    told = page.locator("main").inner_text()
    assert "MRR" in told
    assert " → " in told, "before and after"
    assert WHY[language] in told
    assert not watched.complaints
