"""Which column is drafted as a flag of returns, and which of its words mean that a line came back."""

from collections.abc import Sequence

import pytest

from domain.drafting.flag import Flag, find_flag
from domain.drafting.profiles import profile
from tests.shops.undescribed import NAMES, as_table, drafted, looked_at, sales


def flag_of(name: str, words: Sequence[str | None]) -> Flag | None:
    return find_flag([profile(name, [*words] * 30)])


def gifts() -> list[dict[str, str]]:
    return [{**row, "gift": str(int(place % 7 == 0))} for place, row in enumerate(sales())]


def test_gifts_are_no_flag_beside_a_file_of_returns() -> None:
    rows = gifts()
    returns = as_table(
        [row for row in rows if row["back"]], {"back": "Retourdatum", "order": "Bestellung", "sku": "sku"}
    )
    _, mapping = drafted(
        "orders.csv", "returns.csv", orders=as_table(rows, {**NAMES, "gift": "is_gift"}), returns=returns
    )
    assert (mapping.shape, mapping.flag) == ("table", None)


def test_a_flag_is_left_alone_beside_a_file_of_returns() -> None:
    rows = [{**row, "flag": "yes" if row["back"] else "no"} for row in sales()]
    returns = as_table(
        [row for row in rows if row["back"]], {"back": "Retourdatum", "order": "Bestellung", "sku": "sku"}
    )
    _, mapping = drafted(
        "orders.csv", "returns.csv", orders=as_table(rows, {**NAMES, "flag": "returned"}), returns=returns
    )
    assert (mapping.shape, mapping.flag) == ("table", None)


def test_rows_below_0_are_no_returns_beside_a_file_of_them() -> None:
    rows = sales()
    odd = [{**row, "units": f"-{row['units']}"} if place % 50 == 0 else row for place, row in enumerate(rows)]
    returns = as_table(
        [row for row in rows if row["back"]], {"back": "Retourdatum", "order": "Bestellung", "sku": "sku"}
    )
    draft, mapping = drafted("orders.csv", "returns.csv", orders=as_table(odd, NAMES), returns=returns)
    assert (mapping.shape, mapping.return_rows) == ("table", None)
    assert any("below 0" in doubt for doubt in draft.doubts)


def test_gifts_alone_are_no_labels_and_the_draft_says_what_lacks() -> None:
    draft = looked_at(orders=as_table(gifts(), {**NAMES, "gift": "is_gift"}))
    assert "[flag]" not in draft.mapping_text
    assert draft.verdict.figures.positives == 0
    assert any("name the file of returns" in doubt for doubt in draft.doubts)


@pytest.mark.parametrize(
    ("name", "returned", "kept"),
    [
        ("return_status", "Returned", "Not returned"),
        ("return_status", "Refunded", "Completed"),
        ("status", "Refunded", "Delivered"),
        ("outcome", "returned", "unreturned"),
        ("status", "Retourniert", "Nicht retourniert"),
        ("status", "Returned", "Kept"),
        ("was_returned", "1", "0"),
        ("Returned", "1.0", "0.0"),
        ("not_returned", "0", "1"),
        ("notReturned", "no", "yes"),
        ("No. of returns", "1", "0"),
        ("returned", "Yes", "Not returned"),
        ("devuelto", "sí", "no"),
        ("retourné", "oui", "non"),
    ],
)
@pytest.mark.parametrize("first", [False, True])
def test_words_are_told_apart_whichever_stands_first(name: str, returned: str, kept: str, first: bool) -> None:
    words = (returned, kept, kept) if first else (kept, returned, kept)
    assert flag_of(name, words) == Flag(name, (returned,), (kept,))


def test_only_returns_may_be_marked() -> None:
    rows = [{**row, "flag": "Yes" if row["back"] else ""} for row in sales()]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "Returned"}))
    assert mapping.flag is not None
    assert (mapping.shape, mapping.flag.returned, mapping.flag.kept) == ("flag", ("Yes",), ("",))
    assert draft.verdict.figures.positives == sum(1 for row in rows if row["flag"])


def test_two_kinds_of_return_are_both_returned_where_the_others_are_empty() -> None:
    flag = flag_of("outcome", ["Full return", None, "Partial return", None])
    assert flag == Flag("outcome", ("Full return", "Partial return"), ("",))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("newsletter", ["yes", "no"]),
        ("newsletter", ["yes", None]),
        ("status", ["Completed", "Open"]),
        ("return_policy", ["Returnable", "Not returnable"]),
        ("is_returnable", ["yes", "no"]),
        ("return_carrier", ["Alpha", "Beta", None]),
        ("return_reason", ["too small", None]),
        ("returned", ["yes"]),
        ("returned", ["no", None]),
        ("return_status", ["open", "closed", "pending"]),
    ],
)
def test_what_does_not_say_whether_a_line_came_back_is_no_flag(name: str, words: list[str | None]) -> None:
    assert flag_of(name, words) is None


@pytest.mark.parametrize("words", [["A", "B", "B"], ["Returned", "Open", "Open"], ["Not returned", "Q", "Q"]])
def test_a_word_that_tells_nothing_is_a_doubt_at_the_head_of_the_draft(words: list[str]) -> None:
    rows = [{**row, "flag": words[place % 3]} for place, row in enumerate(sales())]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "return_status"}))
    assert mapping.shape == "flag"
    assert any("Nothing tells" in doubt for doubt in draft.doubts)
    assert draft.mapping_text.splitlines()[1].startswith("# CHECK: ")


def test_a_flag_that_is_empty_on_some_rows_says_what_becomes_of_them() -> None:
    flag = flag_of("returned", ["yes", "no", None])
    assert flag is not None
    assert (flag.returned, flag.kept) == (("yes",), ("no",))
    assert "30 rows" in flag.doubt


def test_a_sure_flag_is_taken_before_a_doubtful_one() -> None:
    columns = [profile("return_status", ["A", "B"] * 9), profile("came_back", ["returned", "kept"] * 9)]
    flag = find_flag(columns)
    assert flag is not None
    assert flag.column == "came_back"
