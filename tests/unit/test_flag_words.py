"""When the words of a flag are taken to be wrong, and what is said then."""

from domain.source.flag_words import are_most_unknown, unknown_words_error
from domain.source.mapping_parts import ReturnFlag


def test_a_flag_is_wrong_that_explains_fewer_than_half_of_the_rows() -> None:
    assert are_most_unknown(51, 100)
    assert not are_most_unknown(50, 100)
    assert not are_most_unknown(0, 0)


def test_the_error_names_the_column_the_first_words_and_where_to_list_them() -> None:
    error = unknown_words_error("status", 1_200, 1_300, ["Sent", "Lost", "c", "d", "e", "f"])
    assert error.problem.startswith("Of 1,300 rows of orders 1,200 hold words in the column 'status'")
    assert error.problem.endswith("such as 'Sent', 'Lost', 'c', 'd', 'e'.")
    assert "under kept those that mean kept, or that nothing came back yet" in error.remedy


def test_numbers_that_a_gap_made_fractional_are_words_of_a_flag() -> None:
    flag = ReturnFlag("came back")
    assert "1.0" in flag.returned
    assert "0.0" in flag.kept
