import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from evergrow.lib.siphash import siphash

# What ClickHouse's sipHash128 says: the lower half, the upper half.
HASHES = {
    "": (16826475524770608434, 17803272260936971749),
    "hello": (10943888955413950548, 1955085984344548077),
    "exactly sixteen!": (15996574938935095863, 14066367529789543198),
    "每条消息只算一次": (9588929454743976774, 985715510484638949),
}


def hashes(texts: pa.Array) -> list[tuple[int, int]]:
    low, high = siphash(texts)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def test_they_are_the_numbers_of_the_event_store() -> None:
    assert hashes(pa.array(list(HASHES))) == list(HASHES.values())


def test_a_slice_hashes_as_its_own_texts() -> None:
    assert hashes(pa.array([*HASHES, "another"]).slice(1, 2)) == list(HASHES.values())[1:3]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@settings(deadline=None)
@given(texts=some.lists(some.text(), max_size=30))
def test_many_at_once_hash_as_each_alone(texts: list[str], kind: pa.DataType) -> None:
    assert hashes(pa.array(texts, kind)) == [hashes(pa.array([text], kind))[0] for text in texts]
