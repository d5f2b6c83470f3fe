"""A store that fails behind Spark and Arrow is told from everything else that may go wrong."""

import pytest

from adapters.store_access import StoreAccess
from adapters.store_failures import explaining, store_failure
from domain.errors import ServiceError, SnapshotError

ACCESS = StoreAccess("http://store:9000", access_key="the-key", secret_key="the-secret")
OUTAGES = [
    OSError("When reading information for key 'x' in bucket 'b': AWS Error NETWORK_CONNECTION during HeadObject: curl"),
    RuntimeError(
        "An error occurred while calling o52.parquet.\n: org.apache.hadoop.fs.s3a.AWSClientIOException: getFileStatus "
        "on s3a://datasets/x: Unable to execute HTTP request: Connection refused\n\tat org.apache.hadoop"
    ),
    RuntimeError(
        "An exception was thrown from the Python worker: OSError: When reading information for key 'x' in bucket 'b': "
        "AWS Error SLOW_DOWN during GetObject operation"
    ),
    RuntimeError("Caused by: software.amazon.awssdk.core.exception.SdkClientException: Unable to execute HTTP request"),
]


def behind(error: BaseException) -> ServiceError | None:
    return store_failure(error, ACCESS)


@pytest.mark.parametrize("error", OUTAGES)
def test_an_outage_names_the_store_and_no_stack(error: Exception) -> None:
    failure = store_failure(error, ACCESS)
    assert failure is not None
    assert "http://store:9000" in failure.problem
    assert "\n" not in failure.problem
    assert "the-secret" not in str(failure)


def test_an_outage_behind_an_error_of_ours_is_found() -> None:
    damaged = SnapshotError("The table is not readable as Parquet", "Run again.")
    damaged.__cause__ = OUTAGES[0]
    assert store_failure(damaged, ACCESS) is not None


@pytest.mark.parametrize(
    "error",
    [
        OSError("AWS Error NO_SUCH_KEY during GetObject operation"),
        SnapshotError("The table 'lines' has 3 rows instead of 4.", "Run again."),
        ValueError("no such column"),
        ServiceError("said already", "AWS Error NETWORK_CONNECTION during HeadObject"),
    ],
)
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        explaining(fail, behind)()
    assert raised.value is error


def test_what_goes_well_is_handed_on() -> None:
    assert explaining(lambda a, b: a + b, behind)(1, b=2) == 3
