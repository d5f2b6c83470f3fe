"""The stages of the as-of operator, Spark's shuffles played by a filter on the part."""

import random
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from adapters.spark.as_of.answers import KeyQuestions
from adapters.spark.as_of.batches import CANCELLED, IS_PRODUCT, KNOWN, ORDERED, RETURNED, Question
from adapters.spark.as_of.kernel import Measure
from adapters.spark.as_of.operator import parts_for
from adapters.spark.as_of.pieces import HOME, KIND, PART, ROWS, Parts, cut, gathered, home_of, part_of, unpacked
from adapters.spark.as_of.stages import Answering, Asking, Inquiry, Joining
from domain.errors import ReturncastError
from domain.features.rules import Aggregate, Facts, exposure_steps
from domain.labels import LagLaw

LAW = LagLaw(((0, 0.25), (1, 0.5), (3, 1.0)))
Line = dict[str, int | str | bool | None]
Stage = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]
MEASURES = (
    Measure(Aggregate.COUNT, Facts.LINES),
    Measure(Aggregate.COUNT, Facts.SALES, None, 7),
    Measure(Aggregate.COUNT, Facts.RETURNS, None, 7),
    Measure(Aggregate.SUM, Facts.RETURNS, "value"),
    Measure(Aggregate.EXPOSURE, Facts.LINES),
    Measure(Aggregate.EXPOSURE, Facts.SALES, None, 2),
    Measure(Aggregate.MAX, Facts.LINES, "value"),
    Measure(Aggregate.MODE, Facts.LINES, "size"),
    Measure(Aggregate.DISTINCT, Facts.RETURNS, "size"),
    Measure(Aggregate.DAYS_SINCE, Facts.RETURNS),
)


def drawn_lines(rows: int = 160) -> list[Line]:
    """Lines of few keys and days: late ones, guests, services, returns before and after one another."""
    chance = random.Random(3)
    return [_drawn(number, chance) for number in range(rows)]


def _drawn(number: int, chance: random.Random) -> Line:
    ordered = chance.randrange(100, 130)
    known = ordered + chance.choice((0, 0, 0, 3))
    is_product = chance.random() < 0.9
    customer, category = chance.choice(("ann", "bob", "cy", None)), chance.choice(("tops", "feet", None))
    return {
        "line": number,
        "customer": customer,
        "category": category,
        "hash of customer": None if customer is None else ord(customer[0]),
        "hash of category": None if category is None else len(category) * 7919,
        "hash of shop": 0,
        ORDERED: ordered,
        KNOWN: known,
        RETURNED: known + chance.randrange(20) if chance.random() < 0.4 else None,
        CANCELLED: known + chance.randrange(4) if chance.random() < 0.1 else None,
        IS_PRODUCT: is_product,
        "value": chance.randrange(10**6) if is_product else None,
        "size": chance.choice(("s", "m", None)) if is_product else None,
    }


def as_table(lines: list[Line]) -> pa.Table:
    schema = pa.schema(
        [("line", pa.int64()), ("customer", pa.string()), ("category", pa.string())]
        + [(f"hash of {key}", pa.int64()) for key in ("customer", "category", "shop")]
        + [pa.field(day, pa.int32(), nullable=False) for day in (ORDERED, KNOWN)]
        + [(day, pa.int32()) for day in (RETURNED, CANCELLED)]
        + [(IS_PRODUCT, pa.bool_()), ("value", pa.int64()), ("size", pa.string())]
    )
    return pa.Table.from_pylist(lines, schema)


def asked_of(key: str) -> KeyQuestions:
    questions = tuple(Question(f"{key} {number}", measure) for number, measure in enumerate(MEASURES))
    return KeyQuestions(() if key == "shop" else (key,), f"hash of {key}", questions, LAW)


def shuffled(stage: Stage, pieces: pa.Table) -> pa.Table:
    """What a stage makes of every part."""
    parts = pc.unique(pieces[PART])
    return pa.Table.from_batches(
        batch
        for part in parts
        for batch in stage(pieces.filter(pc.equal(pieces[PART], part)).to_batches(max_chunksize=2))
    )


def inquiry_of(single: tuple[str, ...], popular: tuple[str, ...], parts: int) -> Inquiry:
    asked = {key: asked_of(key) for key in (*single, *popular)}
    return Inquiry(
        tuple(asked[key] for key in single),
        tuple(asked[key] for key in popular),
        Parts(facts=parts, lines=2 * parts - 1),
        ("line",),
        tuple(question.name for questions in asked.values() for question in questions.questions),
    )


def answered(lines: list[Line], inquiry: Inquiry, chunk: int = 50) -> pa.Table:
    asking = Asking(inquiry)
    table = pa.Table.from_batches(
        batch
        for start in range(0, len(lines), chunk)  # each a task of its own
        for batch in asking(as_table(lines[start : start + chunk]).to_batches())
    )
    for stage in (Answering(inquiry), Joining(inquiry)):
        table = shuffled(stage, table)
    return table.sort_by("line")


def by_definition(lines: list[Line], line: Line, key: str, measure: Measure) -> float | str | None:
    """What `domain.features.rules` says, one fact at a time."""
    past = [other for other in lines if other[IS_PRODUCT] and (key == "shop" or _shared(other, line, key))]
    if measure.aggregate is Aggregate.EXPOSURE:
        return (
            sum(step * sum(_weight(o, line, measure, age) for o in past) for age, step in exposure_steps(LAW)) / 10**4
        )
    if measure.aggregate in {Aggregate.COUNT, Aggregate.SUM}:
        scale = 10**6 if measure.value else 1
        return sum(_weight(o, line, measure) * (o["value"] if measure.value else 1) for o in past) / scale  # type: ignore[operator]
    day = RETURNED if measure.facts is Facts.RETURNS else KNOWN
    seen = [o for o in past if _before(o[day], line[ORDERED]) and (not measure.value or o[measure.value] is not None)]
    values = [o[measure.value or day] for o in seen]
    if measure.aggregate is Aggregate.DISTINCT:
        return float(len(set(values)))
    if not values:
        return None
    if measure.aggregate is Aggregate.MODE:
        return str(max(values, key=lambda value: (values.count(value), str(value))))
    most = max(values)  # type: ignore[type-var]
    return most / 10**6 if measure.value else float(line[ORDERED] - most)  # type: ignore[operator]


def _shared(other: Line, line: Line, key: str) -> bool:
    return line[key] is not None and other[key] == line[key]


def _before(day: object, other: object) -> bool:
    return isinstance(day, int) and isinstance(other, int) and day < other


def _weight(fact: Line, line: Line, measure: Measure, age: int = 0) -> int:
    """1 where a fact is seen and in the window, less 1 where its cancellation is."""
    if measure.facts is Facts.RETURNS:
        return _seen(fact, RETURNED, RETURNED, line, measure, age)
    sold = _seen(fact, KNOWN, KNOWN, line, measure, age)
    return sold - (_seen(fact, CANCELLED, KNOWN, line, measure, age) if measure.facts is Facts.SALES else 0)


def _seen(fact: Line, since: str, window_from: str, line: Line, measure: Measure, age: int) -> int:
    if fact[since] is None:
        return 0
    aged = fact[ORDERED] + age if age else 0  # type: ignore[operator]
    first = max(fact[since], aged)  # type: ignore[type-var]
    last = max(first, max(fact[window_from], aged) + measure.window_days) if measure.window_days else 10**9  # type: ignore[operator, type-var]
    return int(first < line[ORDERED] <= last)  # type: ignore[operator]


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize(
    ("single", "popular"),
    [
        (("customer",), ("category", "shop")),
        (("customer", "category"), ()),
        ((), ("category",)),
        ((), ("customer", "category", "shop")),
        (("customer",), ("shop",)),
        ((), ("shop",)),
    ],
)
def test_every_line_has_the_answers_that_the_rules_define(
    single: tuple[str, ...], popular: tuple[str, ...], parts: int
) -> None:
    lines = drawn_lines()

    found = answered(lines, inquiry_of(single, popular, parts)).to_pylist()

    assert [row["line"] for row in found] == [line["line"] for line in lines]
    for row, line in list(zip(found, lines, strict=True))[::7]:
        for key in (*single, *popular):
            for number, measure in enumerate(MEASURES):
                assert row[f"{key} {number}"] == by_definition(lines, line, key, measure), (key, measure, line)


def test_homes_of_equal_rows_are_all_answered() -> None:
    lines = [{**drawn_lines(1)[0], "line": number, "customer": "ann", "hash of customer": 1} for number in range(6)]
    inquiry = inquiry_of(("customer",), ("category",), 2)

    found = answered(lines, inquiry, chunk=2)

    assert found.num_rows == 6
    assert answered(lines, inquiry, chunk=6).equals(found)


@pytest.mark.parametrize(("single", "popular"), [(("customer",), ()), ((), ("category",))])
def test_answers_to_rows_in_another_order_are_refused(single: tuple[str, ...], popular: tuple[str, ...]) -> None:
    lines, inquiry = drawn_lines(40), inquiry_of(single, popular, 1)
    first, again = (
        pa.Table.from_batches(Asking(inquiry)(as_table(rows).to_batches())) for rows in (lines, lines[::-1])
    )
    of_lines = pc.equal(first[KIND], ROWS)
    mixed = pa.concat_tables([first.filter(of_lines), again.filter(pc.invert(of_lines))])

    with pytest.raises(ReturncastError, match="in another order"):
        shuffled(Joining(inquiry), shuffled(Answering(inquiry), mixed))


def test_a_home_is_what_rows_it_has_in_which_order() -> None:
    a, b = np.array([1, 2, 3]), np.array([4, 4, 5])

    assert home_of([a, b]) == home_of([a.copy(), b.copy()])
    assert len({home_of(columns) for columns in ([a, b], [b, a], [a[::-1], b[::-1]], [a], [a[:2], b[:2]], [])}) == 6


def test_hashes_are_spread_over_the_parts() -> None:
    part = part_of(np.arange(400), 4)

    assert part_of(np.array([5, 9, 5]), 3)[[0, 2]].tolist() == part_of(np.array([5]), 3).tolist() * 2
    assert min(np.bincount(part, minlength=4)) > 50


def test_pieces_hold_each_row_once_in_its_part() -> None:
    lines = as_table(drawn_lines(50))
    part = part_of(lines["hash of shop"].to_numpy() + np.arange(50), 4)

    pieces = cut(lines, part, 2, 77)

    back = [row for piece in pieces["piece"] for row in unpacked(piece).to_pylist()]
    assert sorted(back, key=lambda row: row["line"]) == lines.to_pylist()
    assert len(pieces) == len(set(part))
    assert set(pieces[KIND].to_pylist()) == {2}
    assert set(pieces[HOME].to_pylist()) == {77}


def test_small_batches_are_gathered_and_empty_ones_passed_over() -> None:
    batches = as_table(drawn_lines(9)).to_batches(max_chunksize=2)

    assert [table.num_rows for table in gathered([*batches, batches[0].slice(0, 0)])] == [9]
    assert list(gathered([])) == []


def test_parts_are_as_many_as_lines_need_and_cores_have_use_for() -> None:
    assert (parts_for(0, 2), parts_for(60_000, 2), parts_for(10, 64)) == (Parts(2, 2), Parts(2, 2), Parts(64, 64))
    assert parts_for(10_000_000, 2) == Parts(facts=40, lines=80)
