"""What a newcomer lives through: one command, one link, one customer to save; and what an operator needs."""

import re
import time

import pytest

pytestmark = pytest.mark.browser


def test_the_sample_is_there_after_one_command(served):
    log = (served.data / "up.log").read_text()
    assert "12,000 accounts" in log
    seconds = int(re.search(r"ready after (\d+) s", log).group(1))
    assert seconds < 120


def test_the_link_works_once(served, browser, signed_in):
    context = browser.new_context(base_url=served.base)
    page = context.new_page()
    page.goto(served.link)
    if page.get_by_role("button").count():
        page.get_by_role("button").last.click()
    assert "/w/" not in page.url.removeprefix(served.base) or page.locator("input[name=login]").count()
    context.close()


def test_from_home_to_a_finished_task(visit):
    page = visit().page
    page.goto("/w/sample/accounts/?status=active&health=risk")
    page.locator("table tbody a[href*='/accounts/']").first.click()
    page.wait_for_load_state()
    account = page.url
    page.get_by_role("link", name=re.compile("Start playbook")).or_(
        page.get_by_role("button", name=re.compile("Start playbook"))
    ).first.click()
    page.wait_for_load_state()
    page.get_by_role("button", name=re.compile("^Start")).last.click()
    page.wait_for_load_state("networkidle")
    page.goto("/w/sample/tasks/")
    assert page.locator("main, .page-wrapper").first.inner_text().strip()
    page.goto(account)
    assert "playbook" in page.locator("body").inner_text().lower()


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
def test_it_stops_cleanly_and_serves_again_at_once(served):
    served.stop()
    assert "Traceback" not in (served.data / "up.log").read_text()
    began = time.monotonic()
    served.start()
    assert time.monotonic() - began < 15, "the second run loads nothing"
    assert "Loading the sample" not in (served.data / "up.log").read_text()
