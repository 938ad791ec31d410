import threading

import pytest
from django.db import connection, transaction

from evergrow.customers.actions.numbers import next_number, next_numbers
from evergrow.customers.models import Account
from evergrow.workspaces.models import Workspace


def test_numbers_are_dense_and_start_at_one(workspace):
    assert list(next_numbers(workspace, "account", 3)) == [1, 2, 3]
    assert next_number(workspace, "account") == 4


def test_people_and_accounts_count_apart(workspace):
    next_numbers(workspace, "account", 5)
    assert next_number(workspace, "person") == 1


def test_workspaces_count_apart(workspace, mallory):
    next_numbers(workspace, "account", 5)
    assert next_number(mallory.workspace, "account") == 1


def test_the_first_number_comes_after_those_already_there(workspace):
    Account.objects.create(workspace=workspace, number=41, external_id="a", name="A")
    assert next_number(workspace, "account") == 42


def test_nobody_can_ask_for_no_number(workspace):
    with pytest.raises(ValueError, match="at least one"):
        next_numbers(workspace, "account", 0)


def test_a_number_taken_in_a_failed_transaction_leaves_no_gap(workspace):
    next_number(workspace, "account")
    with transaction.atomic():
        next_number(workspace, "account")
        transaction.set_rollback(True)
    assert next_number(workspace, "account") == 2


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_never_get_the_same_number():
    alone = connection.vendor == "sqlite"  # the in-memory store of the tests has no room for two writers
    workspace = Workspace.objects.create(slug="busy", name="Busy")
    taken: list[int] = []

    def take():
        for _ in range(10):
            taken.extend(next_numbers(workspace, "account", 2))
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(1 if alone else 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 20 * len(threads)
    assert sorted(taken) == list(range(1, len(taken) + 1))
