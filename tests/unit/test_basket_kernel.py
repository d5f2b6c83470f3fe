"""The kernel of baskets, against what each rule means line by line."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.spark.as_of import pieces as as_of_pieces
from adapters.spark.features.basket_kernel import BasketQuestion, Baskets
from domain.features.rules import Aggregate

Line = dict[str, str | float | int | None]
QUESTIONS = [
    BasketQuestion(f"{aggregate} {value} {same} {different} {own}", aggregate, value, same, different, own)
    for aggregate, value in (
        (Aggregate.COUNT, None),
        (Aggregate.SUM, "price"),
        (Aggregate.MEAN, "price"),
        (Aggregate.MIN, "price"),
        (Aggregate.MAX, "price"),
        (Aggregate.DISTINCT, "size"),
    )
    for same in ((), ("style",), ("style", "grade"))
    for different in ((), ("size",))
    for own in (True, False)
    if not different or aggregate in {Aggregate.COUNT, Aggregate.SUM, Aggregate.MEAN}
]
CARRIED = ("order", "day", "number")
SCHEMA = pa.schema(
    [
        ("order", pa.string()),
        ("day", pa.int64()),
        ("number", pa.int64()),
        ("style", pa.string()),
        ("size", pa.string()),
        ("grade", pa.float64()),
        ("price", pa.float64()),
    ]
)
lines_of_an_order = st.lists(
    st.fixed_dictionaries(
        {
            "style": st.sampled_from(["dress", "shirt", None]),
            "size": st.sampled_from(["S", "M", None]),
            "grade": st.sampled_from([1.0, 2.0, None]),
            "price": st.sampled_from([-1.5, 0.0, 0.1, 7.25, 3e12, None]),
        }
    ),
    min_size=1,
    max_size=6,
)


def expected(line: Line, lines: Sequence[Line], asked: BasketQuestion) -> float | None:
    """The rule as its description says, over all lines of the table."""
    known = all(line[name] is not None for name in (*asked.same, *asked.different))
    chosen = [other for other in lines if known and is_chosen(other, line, asked)]
    values = [other[str(asked.value)] for other in chosen if asked.value and other[asked.value] is not None]
    if asked.aggregate in {Aggregate.COUNT, Aggregate.DISTINCT}:
        return float(len(chosen if asked.aggregate is Aggregate.COUNT else set(values)))
    numbers = [round(float(value) * 1e6) for value in values if value is not None and abs(float(value)) <= 1e12]
    if asked.aggregate is Aggregate.SUM:
        return sum(numbers) / 1e6
    if not numbers:
        return None
    made = {Aggregate.MEAN: sum(numbers) / 1e6 / len(numbers)}
    return {Aggregate.MIN: min(numbers) / 1e6, Aggregate.MAX: max(numbers) / 1e6, **made}[asked.aggregate]


def is_chosen(other: Line, line: Line, asked: BasketQuestion) -> bool:
    """Whether a line of the table is one of those that the rule looks at for another."""
    return (
        all(other[name] == line[name] for name in ("order", "day", *asked.same))
        and all(other[name] is not None for name in asked.different)
        and (not asked.different or any(other[name] != line[name] for name in asked.different))
        and (asked.own or other is not line)
    )


def batches_of(lines: Sequence[Line], size: int) -> Iterator[pa.RecordBatch]:
    yield from pa.Table.from_pylist(list(lines), SCHEMA).to_batches(max_chunksize=size)


@given(orders=st.lists(lines_of_an_order, max_size=6), size=st.integers(1, 7), gathered=st.integers(1, 12))
def test_every_rule_is_what_it_says_wherever_batches_cut_the_orders(
    orders: list[list[Line]], size: int, gathered: int
) -> None:
    lines = [
        {"order": None if number == 1 else f"order {number // 2}", "day": number % 2, "number": place, **line}
        for number, basket in enumerate(orders)
        for place, line in enumerate(basket)
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(as_of_pieces, "GATHERED_ROWS", gathered)
        made = [*Baskets(("order", "day"), tuple(QUESTIONS), CARRIED)(batches_of(lines, size))]

    rows = [row for batch in made for row in batch.to_pylist()]
    assert [{name: row[name] for name in CARRIED} for row in rows] == [
        {name: line[name] for name in CARRIED} for line in lines
    ]
    for asked in QUESTIONS:
        assert [row[asked.name] for row in rows] == [expected(line, lines, asked) for line in lines], asked.name
