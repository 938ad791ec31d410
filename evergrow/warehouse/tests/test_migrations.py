"""The text of the migrations, on one machine and on a cluster."""

import re

import pytest
from django.test import override_settings

from evergrow.warehouse.migrate import FOLDER, render, statements

FILES = sorted(FOLDER.glob("*.sql"))


def test_a_cluster_gets_replicated_tables_everywhere() -> None:
    with override_settings(CLICKHOUSE_CLUSTER="main"):
        got = render("CREATE TABLE IF NOT EXISTS t (a UInt8)\nENGINE = ReplacingMergeTree(a)\nORDER BY a")
    path = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
    assert got == (
        "CREATE TABLE IF NOT EXISTS t ON CLUSTER 'main' (a UInt8)\n"
        f"ENGINE = ReplicatedReplacingMergeTree({path}, a)\nORDER BY a"
    )


def test_a_plain_engine_gets_its_path_and_the_deduplication_of_replicas() -> None:
    got = render("CREATE TABLE IF NOT EXISTS t (a UInt8) ENGINE = MergeTree ORDER BY a"
                 " SETTINGS non_replicated_deduplication_window = 10", "c")  # fmt: skip
    assert "ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY" in got
    assert "SETTINGS replicated_deduplication_window = 10" in got


def test_one_machine_gets_the_text_as_it_stands() -> None:
    text = "CREATE TABLE IF NOT EXISTS t (a UInt8) ENGINE = MergeTree ORDER BY a"
    assert render(text, "") == text


AGAIN = ("IF NOT EXISTS", "IF EXISTS", "MODIFY SETTING", "MODIFY QUERY")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_statement_can_run_again_and_on_a_cluster(file) -> None:
    for text in statements(file.read_text()):
        bare = re.sub(r"^--[^\n]*\n", "", text, flags=re.MULTILINE)
        if bare.startswith(("INSERT INTO person_accounts", "INSERT INTO subject_moves")):
            continue  # numbers and moves that may be told twice; replicas tell each other
        assert any(words in bare for words in AGAIN), bare[:80]
        assert "ON CLUSTER 'c'" in render(bare, "c"), bare[:80]


def test_numbers_are_used_once() -> None:
    numbers = [file.name[:4] for file in FILES]
    assert len(numbers) == len(set(numbers))
