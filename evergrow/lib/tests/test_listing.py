import pytest
from hypothesis import given
from hypothesis import strategies as st

from evergrow.lib.listing import Shape, names_only_a_view, parse

SHAPE = Shape(
    filters=["tier", "status", "mrr"],
    sorts=["name", "mrr"],
    columns=["name", "mrr", "tier"],
    default_sort="name",
    default_columns=["name", "mrr"],
)


def test_an_address_is_read_into_filters_order_page_and_columns():
    state = parse("tier=vip&tier=strategic&q=kite&sort=-mrr&columns=tier,name&page=3&view=mine", SHAPE)
    assert dict(state.filters) == {"tier": ("vip", "strategic")}
    assert (state.search, state.sort_key, state.is_descending, state.page) == ("kite", "mrr", True, 3)
    assert state.columns == ("tier", "name")
    assert state.view == "mine"


def test_what_the_page_does_not_know_is_left_out():
    state = parse("colour=red&sort=secret&columns=secret&page=-4", SHAPE)
    assert state.query == ""
    assert (state.sort, state.columns, state.page) == ("name", ("name", "mrr"), 1)


def test_the_same_list_always_has_the_same_address():
    one = parse("page=2&status=active&tier=vip", SHAPE)
    two = parse("tier=vip&status=active&tier=vip&page=02&sort=name", SHAPE)
    assert one.query == two.query == "tier=vip&status=active&page=2"


def test_a_changed_filter_begins_on_page_one():
    state = parse("tier=vip&page=9", SHAPE)
    assert state.having("status", ["active"]).query == "tier=vip&status=active"
    assert state.without("tier", "vip").query == ""
    assert state.without("tier").query == ""


def test_one_value_of_a_filter_can_be_taken_away():
    assert parse("tier=vip&tier=general", SHAPE).without("tier", "vip").query == "tier=general"


def test_a_click_on_a_head_sorts_and_a_second_turns_the_order():
    state = parse("page=4", SHAPE).sorted_by("mrr", first_descending=True)
    assert state.query == "sort=-mrr"
    assert state.sorted_by("mrr").query == "sort=mrr"
    assert state.sorted_by("secret") == state


def test_page_and_view_do_not_change_the_list_but_columns_do():
    state = parse("tier=vip&page=2&view=mine", SHAPE)
    assert state.is_same_list(parse("tier=vip", SHAPE))
    assert not state.is_same_list(parse("tier=vip&columns=tier", SHAPE))


def test_a_view_alone_means_its_own_filters_and_an_emptied_view_says_so():
    assert names_only_a_view("view=mine&page=2")
    emptied = parse("view=mine&tier=vip", SHAPE).without("tier")
    assert emptied.query == "view=mine&q="
    assert not names_only_a_view(emptied.query)
    assert emptied.rows_query == ""


def test_a_filter_cannot_take_a_word_of_the_list_itself():
    with pytest.raises(ValueError, match="page"):
        Shape(filters=["page"])


@given(st.text(), st.lists(st.tuples(st.sampled_from(["tier", "q", "sort", "page", "columns", "x"]), st.text())))
def test_any_address_is_read_and_written_back_the_same(noise, pairs):
    from urllib.parse import urlencode

    state = parse(urlencode(pairs) + "&" + noise.replace("&", "").replace("=", ""), SHAPE)
    assert parse(state.query, SHAPE) == state
