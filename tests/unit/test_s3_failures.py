"""What the SDK of S3 raises, as sentences that name store, place and remedy, and nothing that is secret."""

import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError, SSLError

from adapters.s3.access import Place
from adapters.s3.failures import explained
from adapters.store_access import StoreAccess
from domain.errors import ServiceError, UnreachableServiceError

ACCESS = StoreAccess("http://store:9000", access_key="AKEY-word", secret_key="hidden-word", read_timeout_s=7)
PLACE = Place("datasets", "lake/x")


def answered(code: str, status: int) -> ClientError:
    spoken = "the request with AKEY-word and hidden-word was wrong"
    answer = {"Error": {"Code": code, "Message": spoken}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutObject")


def told(error: Exception) -> ServiceError:
    with pytest.raises(ServiceError) as found, explained(ACCESS, "writing", PLACE):
        raise error
    assert "s3://datasets/lake/x" in found.value.problem
    assert "http://store:9000" in found.value.problem
    assert "hidden-word" not in str(found.value)
    assert "AKEY-word" not in str(found.value)
    return found.value


@pytest.mark.parametrize(
    ("code", "status", "problem", "remedy"),
    [
        ("InvalidAccessKeyId", 403, "refused the credentials", "MINIO_ACCESS_KEY"),
        ("SignatureDoesNotMatch", 403, "refused the credentials", "AWS_ACCESS_KEY_ID"),
        ("ExpiredToken", 400, "refused the credentials", "AWS_ACCESS_KEY_ID"),
        ("AccessDenied", 403, "refused access", "the bucket 'datasets'"),
        ("RequestTimeTooSkewed", 403, "clock", "Set the clock"),
        ("NoSuchBucket", 404, "no bucket 'datasets'", "Run again"),
        ("SlowDown", 503, r"answered 503 \(SlowDown\), also after 6 tries", "Wait until"),
        ("InternalError", 500, "answered 500", "Wait until"),
        ("MetadataTooLarge", 400, r"answered 400 \(MetadataTooLarge\)", "documentation"),
    ],
)
def test_answer_of_the_store_is_told_with_its_remedy(code: str, status: int, problem: str, remedy: str) -> None:
    error = told(answered(code, status))
    with pytest.raises(ServiceError, match=problem):
        raise error
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (EndpointConnectionError(endpoint_url="http://me:hidden-word@store:9000"), "did not answer"),
        (ReadTimeoutError(endpoint_url="http://store:9000"), "did not answer within 7 s"),
        (NoCredentialsError(), "no credentials were found"),
        (SSLError(endpoint_url="http://store:9000", error="self-signed"), "no certificate that can be trusted"),
    ],
)
def test_no_answer_means_that_the_store_cannot_be_reached_by_anybody(error: Exception, problem: str) -> None:
    found = told(error)
    assert isinstance(found, UnreachableServiceError)
    assert problem in found.problem


def test_refused_part_of_a_large_upload_is_told_as_any_refusal() -> None:
    error = S3UploadFailedError("Failed to upload")
    error.__context__ = answered("SlowDown", 503)  # as where the SDK raises the one while it handles the other
    assert "answered 503 (SlowDown)" in told(error).problem
