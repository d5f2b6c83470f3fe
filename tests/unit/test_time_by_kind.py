"""The kind of a test is the folder it is in."""

import pytest

from tests.time_by_kind import kind_of


@pytest.mark.parametrize(
    ("nodeid", "kind"),
    [
        ("tests/unit/test_costs.py::test_a_cost", "unit"),
        ("tests/integration/spark/test_ingest.py::TestIngest::test_a[1/2]", "integration"),
        ("tests/test_alone.py::test_a", "test_alone.py"),
    ],
)
def test_kind_is_the_first_folder_below_tests(nodeid: str, kind: str) -> None:
    assert kind_of(nodeid) == kind
