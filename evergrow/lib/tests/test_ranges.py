import pytest

from evergrow.lib.ranges import BadRange, Range


@pytest.mark.parametrize(
    ("text", "ends"),
    [("10..20", (10, 20)), ("10..", (10, None)), ("..20", (None, 20)), ("7", (7, 7)), ("1,000..", (1000, None))],
)
def test_a_range_is_read_and_written(text, ends):
    assert Range.parse(text) == ends
    assert Range.parse(str(Range.parse(text))) == ends


@pytest.mark.parametrize("text", ["", "..", "20..10", "many", "nan..", "inf"])
def test_what_is_no_range_is_refused_with_an_example(text):
    with pytest.raises(BadRange, match=r"10\.\.|Swap"):
        Range.parse(text)
