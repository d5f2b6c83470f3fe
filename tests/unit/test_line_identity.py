"""The identity of rows that have none."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.schema import ColumnType as T
from domain.source.line_identity import LINE_IDENTITY, identity, identity_key
from domain.tables import ORDER_LINES

texts = st.one_of(st.none(), st.text(max_size=8))


def test_the_key_of_a_known_row_never_changes() -> None:
    fields = [
        (T.TEXT, "5.36356E+13|3301861"),
        (T.TEXT, None),
        (T.MOMENT, datetime(2019, 4, 14, tzinfo=UTC)),
        (T.INTEGER, 1),
        (T.MONEY, Decimal("74.1700")),
        (T.SHARE, Decimal("0.00000000")),
    ]
    # What the hash is taken of, in one line: 19:5.36356E+13|3301861-16:15552000000000001:16:7417001:0
    assert identity_key(fields) == "1a8ab1f807272d150b306c0a44ea8911"


def test_a_moment_is_the_same_in_whatever_zone_it_is_written() -> None:
    noon = datetime(2019, 4, 14, 12, tzinfo=UTC)
    elsewhere = noon.astimezone(timezone(timedelta(hours=9)))
    assert identity_key([(T.MOMENT, elsewhere)]) == identity_key([(T.MOMENT, noon)])


def test_equal_rows_are_told_apart_by_their_occurrence() -> None:
    assert identity("abc", 0) != identity("abc", 1)


@given(st.lists(texts, min_size=3, max_size=3), st.lists(texts, min_size=3, max_size=3))
def test_different_rows_have_different_keys(one: list[str | None], other: list[str | None]) -> None:
    keys = [identity_key([(T.TEXT, value) for value in row]) for row in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


def test_nothing_that_the_outcome_changes_is_part_of_it() -> None:
    changes = {"cancelled_quantity", "net_value", "available_at", "dispatched_at", "delivered_at", "returnable_until"}
    assert set(LINE_IDENTITY) == set(ORDER_LINES.names) - changes - {"line_id"}
