"""Which words of a column of more than two say that a line came back, and what is said of the others."""

from collections.abc import Sequence

import pytest

from domain.drafting.flag import Flag, find_flag
from domain.drafting.profiles import profile
from tests.shops.undescribed import NAMES, as_table, drafted, sales


def flag_of(name: str, words: Sequence[str | None]) -> Flag:
    flag = find_flag([profile(name, [*words] * 30)])
    assert flag is not None
    return flag


@pytest.mark.parametrize(
    ("name", "returned", "kept", "neither"),
    [
        ("status", ["Returned"], ["Delivered"], ["Cancelled", "In transit"]),
        ("return_status", ["Returned"], ["None", "Rejected"], ["Requested", "Approved"]),
        (
            "Status",
            ["Shipped - Returned to Seller"],
            ["Shipped", "Shipped - Delivered to Buyer", "Shipped - Picked Up"],
            ["Shipped - Rejected by Buyer", "Shipped - Returning to Seller", "Shipped - Lost in Transit", "Pending"],
        ),
        ("payment_status", ["refunded"], ["paid"], ["pending", "refund requested"]),
        ("state", ["Refunded", "Returned"], ["Completed", "Return rejected"], ["Out for delivery", "Not delivered"]),
        ("Retourenstatus", ["Retourniert"], ["Keine", "Retoure abgelehnt"], ["Retoure angemeldet"]),
        ("Lieferstatus", ["Zurückgesendet"], ["Zugestellt"], ["Storniert", "Unterwegs"]),
        ("statut", ["Remboursé"], ["Livré"], ["En cours", "Annulé"]),
        ("estado", ["Devuelto"], ["Entregado"], ["Pendiente", "Cancelado"]),
    ],
)
def test_words_that_say_neither_are_told_from_those_that_do(
    name: str, returned: list[str], kept: list[str], neither: list[str]
) -> None:
    flag = flag_of(name, [*neither, *kept, *returned])
    assert (set(flag.returned), {word for word in flag.kept if word}) == (set(returned), set(kept))
    assert all(f"'{word}'" in flag.doubt for word in neither)
    assert f"'{name}'" in flag.doubt
    assert f"{30 * len(neither)} rows are set aside" in flag.doubt


def test_a_status_of_three_words_is_a_flag_and_its_doubt_stands_at_the_head_of_the_draft() -> None:
    rows = [
        {**row, "flag": "Returned" if row["back"] else ("Delivered", "Delivered", "Cancelled")[place % 3]}
        for place, row in enumerate(sales())
    ]
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "status"}))
    assert mapping.flag is not None
    assert (mapping.shape, mapping.flag.returned, mapping.flag.kept) == ("flag", ("Returned",), ("Delivered",))
    assert any("'Cancelled'" in doubt for doubt in draft.doubts)
    assert not any("No column says what came back" in doubt for doubt in draft.doubts)


def test_words_that_all_say_one_or_the_other_leave_no_doubt() -> None:
    flag = flag_of("status", ["Delivered", "Shipped", "Returned"])
    assert flag == Flag("status", ("Returned",), ("Delivered", "Shipped"))


def test_rows_without_a_return_status_were_kept() -> None:
    flag = flag_of("return_status", ["Requested", "Approved", "Returned", None])
    assert (flag.returned, flag.kept) == (("Returned",), ("",))


def test_a_word_for_nothing_stands_for_empty_rows_too() -> None:
    assert flag_of("return_status", ["None", "Requested", "Returned"]).kept == ("None", "")
    assert flag_of("return_status", ["None", "Returned"]).kept == ("None", "")


def test_a_return_that_is_completed_is_a_return_with_a_doubt() -> None:
    flag = flag_of("return_status", ["No return", "None", "Requested", "Completed"])
    assert flag.returned == ("Completed",)
    assert "Nothing tells for certain that 'Completed' in 'return_status' means returned" in flag.doubt


def test_what_is_closed_in_a_status_of_returns_is_kept_with_a_doubt_where_nothing_else_is() -> None:
    flag = flag_of("return_status", ["open", "closed", "returned"])
    assert (flag.returned, flag.kept) == (("returned",), ("closed",))
    assert "'closed' in 'return_status' means kept" in flag.doubt


def test_what_came_back_in_part_is_returned_as_a_whole_with_a_doubt() -> None:
    flag = flag_of("status", ["delivered", "returned", "partially returned"])
    assert set(flag.returned) == {"returned", "partially returned"}
    assert "A line that is 'partially returned' counts as returned as a whole." in flag.doubt


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("status", ["Cancelled", "Pending", "Returned"]),
        ("status", ["Delivered", "Return requested", "Cancelled"]),
        ("status", ["Delivered", "Shipped", "Cancelled"]),
        ("return_method", ["Returned by post", "Returned in shop", "Delivered", None]),
    ],
)
def test_words_that_tell_no_return_from_what_was_kept_are_no_flag(name: str, words: list[str | None]) -> None:
    assert find_flag([profile(name, words * 30)]) is None


def test_many_words_are_listed_in_part() -> None:
    flag = flag_of("status", ["delivered", "returned", *[f"pending {n}" for n in "abcdefghi"]])
    assert "'pending f' or 3 more in 'status'" in flag.doubt


NEWEST = ["Pending", "Processing", "Out for delivery", "Return requested"]


def with_status(words: Sequence[str], *, every: int = 4) -> list[dict[str, str]]:
    """Sales with a status, which is one of the words on every so many-th row that did not come back."""
    return [
        {
            **row,
            "flag": "Returned" if row["back"] else words[place % len(words)] if place % every == 0 else "Delivered",
        }
        for place, row in enumerate(sales())
    ]


def test_what_is_not_settled_is_kept_until_the_day_on_which_it_comes_back() -> None:
    rows = with_status([*NEWEST, "Cancelled", "Lost in transit", "Payment failed"])
    draft, mapping = drafted(orders=as_table(rows, {**NAMES, "flag": "status", "back": "return date"}))
    assert mapping.flag is not None
    assert mapping.flag.returned_at == "return date"
    assert set(mapping.flag.kept) == {"Delivered", *NEWEST}
    assert any("'Pending'" in doubt and "until 'return date'" in doubt for doubt in draft.doubts)
    aside = sum(1 for row in rows if row["flag"] in {"Cancelled", "Lost in transit", "Payment failed"})
    assert any(f"these {aside} rows are set aside" in doubt for doubt in draft.doubts)
    assert draft.verdict.figures.lines == len(rows) - aside


def test_without_a_day_of_return_a_reader_learns_that_what_is_not_settled_is_not_scored() -> None:
    draft, mapping = drafted(orders=as_table(with_status(NEWEST), {**NAMES, "flag": "status"}))
    assert mapping.flag is not None
    assert mapping.flag.kept == ("Delivered",)
    doubt = next(doubt for doubt in draft.doubts if "'Pending'" in doubt)
    assert "neither learned from nor scored" in doubt
    assert "newest" in doubt


def test_a_line_that_was_called_off_is_not_scored_either_but_no_newest_one() -> None:
    draft, _ = drafted(orders=as_table(with_status(["Cancelled", "Void"]), {**NAMES, "flag": "status"}))
    doubt = next(doubt for doubt in draft.doubts if "'Cancelled'" in doubt)
    assert "neither learned from nor scored" in doubt
    assert "newest" not in doubt


def test_a_reason_for_a_payment_says_what_became_of_the_line_where_it_names_sales_too() -> None:
    flag = find_flag([profile("Reason for Credit Entry", ["DELIVERED", "DELIVERED", "RETURN"] * 30)])
    assert flag is not None
    assert (flag.returned, flag.kept) == (("RETURN",), ("DELIVERED",))
    assert find_flag([profile("Reason for return", ["too small", "Returned by post", None] * 30)]) is None
