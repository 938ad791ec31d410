"""What a newcomer lives through: one command, one link, one customer to save; and what an operator needs."""

import re

import pytest

pytestmark = pytest.mark.browser


def test_the_sample_is_there_after_one_command(served):
    log = (served.data / "up.log").read_text()
    assert "12,000 accounts" in log
    assert re.search(r"ready after \d+ s", log)


def test_the_link_works_once(served, browser, signed_in):
    context = browser.new_context(base_url=served.base)
    page = context.new_page()
    page.goto(served.link)
    for button in page.locator("main .btn-primary, form .btn-primary").all()[:1]:
        button.click()
    page.goto("/w/sample/")
    assert "/auth/" in page.url, "a second use signs nobody in"
    context.close()


def test_from_home_to_a_finished_task(visit):
    page = visit().page
    page.goto("/w/sample/")
    page.get_by_role("link", name="Revenue at risk").or_(page.locator(".kpis a[href*='risk']")).first.click()
    page.wait_for_url("**/accounts/**")
    page.locator("table tbody a[href*='/accounts/']").first.click()
    page.wait_for_url(re.compile(r"/accounts/\d+/"))
    account = page.url.split("?")[0]
    assert "parts sum to" in page.locator("body").inner_text()
    page.get_by_role("link", name="Start playbook").last.click()
    page.wait_for_url("**/playbooks/**")
    page.locator("form[method=post] .btn-primary").first.click()
    page.wait_for_url("**/runs/**")
    assert "Save a slipping account" in page.locator("body").inner_text()

    steps = page.locator("main a[href*='/tasks/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    number = next(found for href in steps if (found := re.search(r"/tasks/(\d+)/", href)))
    page.goto(f"/w/sample/tasks/?whose=all&item=task:{number[1]}")
    opened = page.locator(".work-row.is-open")
    title = opened.locator(".work-title").inner_text().strip()
    if opened.locator("input[name=evidence]").count():
        opened.locator("input[name=evidence]").fill("They will be back on Monday.")
    opened.get_by_role("button", name="Done", exact=True).click()
    page.wait_for_load_state("networkidle")

    page.goto(account)
    story = page.locator("body").inner_text()
    assert "Save a slipping account" in story
    page.goto(account + "?tab=timeline")
    assert title.splitlines()[0] in page.locator("body").inner_text()


def test_doctor_finds_nothing_to_mend_beside_a_running_server(served):
    looked = served.run("doctor")
    assert looked.returncode == 0, looked.stdout + looked.stderr


def test_a_file_is_imported_through_the_running_server(served, tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("account_id,name,country\nnew-1,澄光数据,China\nnew-2,Harbor Works,Canada\n")
    first = served.run("import", str(file), "--workspace", "sample", "--kind", "accounts", "--json")
    assert '"created": 2' in first.stdout, first.stdout + first.stderr
    again = served.run("import", str(file), "--workspace", "sample", "--kind", "accounts", "--json")
    assert '"unchanged": 2' in again.stdout, again.stdout + again.stderr


def test_a_second_server_on_the_same_folder_is_refused_by_name(served):
    second = served.run("up", "--port", str(served.port))
    assert second.returncode != 0
    assert "PORT=" in second.stderr
    sample = served.run("sample", "sample")
    assert sample.returncode != 0
    assert "in use by process" in sample.stderr


def test_a_backup_of_the_running_server_restores_elsewhere(served, tmp_path):
    file = tmp_path / "backup.tar.gz"
    made = served.run("backup", str(file))
    assert made.returncode == 0, made.stdout + made.stderr
    before, served.environment = served.environment, served.environment | {"EVERGROW_DATA": str(tmp_path / "other")}
    try:
        restored = served.run("restore", str(file))
        assert restored.returncode == 0, restored.stdout + restored.stderr
        assert "521,921 events" in restored.stdout
        refused = served.run("restore", str(file))
        assert refused.returncode != 0
        assert "in use" in refused.stderr
        assert "owner" in served.run("member", "list").stdout
    finally:
        served.environment = before


@pytest.mark.timeout(300)
def test_it_stops_cleanly_and_the_second_run_loads_nothing(served):
    served.stop()
    log = (served.data / "up.log").read_text()
    assert "Traceback" not in log
    assert "Exception" not in log
    served.start()
    assert "Loading the sample" not in (served.data / "up.log").read_text()
