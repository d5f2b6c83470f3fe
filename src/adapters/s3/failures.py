"""What the SDK raises, as errors that name the store, the place and the remedy; never with a secret in them.

The store's own words stay out of the messages: some stores repeat the request, credentials among it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSLError,
    TokenRetrievalError,
)
from botocore.exceptions import (
    ConnectionError as NoConnectionError,
)
from urllib3.exceptions import HTTPError

from adapters.s3.access import Place
from adapters.store_access import StoreAccess
from domain.errors import ReturncastError, ServiceError, UnreachableServiceError

ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
NO_BUCKET = "NoSuchBucket"
LOST_RACE = frozenset({"PreconditionFailed", "412"})
_CREDENTIALS = frozenset(
    {
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "InvalidToken",
        "ExpiredToken",
        "ExpiredTokenException",
        "TokenRefreshRequired",
        "InvalidSecurity",
    }
)
_KEYS = "MINIO_ACCESS_KEY and MINIO_SECRET_KEY, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_ENDPOINT = "MINIO_ENDPOINT or AWS_ENDPOINT_URL_S3"


class MissingBucketError(ServiceError):
    """A bucket is not there."""


def code_of(error: ClientError) -> str:
    """The store's code for what went wrong, such as NoSuchKey; the HTTP status where it gives none."""
    return str(error.response.get("Error", {}).get("Code", "")) or status_of(error)


def status_of(error: ClientError) -> str:
    """The HTTP status of the answer."""
    return str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "unknown"))


def shown_endpoint(access: StoreAccess) -> str:
    """The store's address for a message, without a name and password that may stand in it."""
    if access.endpoint is None:
        return f"AWS S3 in {access.region}"
    parts = urlsplit(access.endpoint)
    return f"the S3-compatible store at {parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@contextmanager
def explained(access: StoreAccess, doing: str, place: Place) -> Iterator[None]:
    """Turn every failure of the SDK into a ServiceError.

    Args:
        access: how the store is reached.
        doing: what was tried, as in "reading".
        place: the object or prefix it was tried on.
    """
    try:
        yield
    except ClientError as error:
        raise _answered(access, doing, place, error) from error
    except Boto3Error as error:  # an upload of several parts, with the failure of one of them inside
        if isinstance(error.__context__, ClientError):
            raise _answered(access, doing, place, error.__context__) from error
        raise _unanswered(access, doing, place, error) from error
    except (BotoCoreError, HTTPError) as error:
        raise _unanswered(access, doing, place, error) from error


def _answered(access: StoreAccess, doing: str, place: Place, error: ClientError) -> ReturncastError:
    """The store answered, but not as needed."""
    code, status, store = code_of(error), status_of(error), shown_endpoint(access)
    sentence = f"While {doing} {place.uri} {store}"
    if code in _CREDENTIALS:
        return UnreachableServiceError(
            f"{sentence} refused the credentials ({code}).", f"Set {_KEYS} to credentials that it knows, and run again."
        )
    if code == "RequestTimeTooSkewed":
        return UnreachableServiceError(
            f"{sentence} refused the request: its clock and this machine's differ too much.",
            "Set the clock of this machine, or of the store.",
        )
    if status in {"401", "403"}:
        return ServiceError(
            f"{sentence} refused access ({code}).",
            f"Give the credentials ({_KEYS}) the right to read, write and list the bucket '{place.bucket}'.",
        )
    if code == NO_BUCKET:
        return MissingBucketError(
            f"{sentence} has no bucket '{place.bucket}'.",
            "Run again: the first write to a lake makes its missing buckets.",
        )
    if status.startswith("5"):
        return ServiceError(
            f"{sentence} answered {status} ({code}), also after {access.attempts} tries.",
            "Wait until the store has recovered, and run again: what is committed is kept.",
        )
    return ServiceError(
        f"{sentence} answered {status} ({code}).", "Look the code up in the store's documentation and log."
    )


def _unanswered(access: StoreAccess, doing: str, place: Place, error: Exception) -> ReturncastError:
    """No answer came, or none was asked for."""
    sentence = f"While {doing} {place.uri}"
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError | TokenRetrievalError):
        return UnreachableServiceError(
            f"{sentence} no credentials were found for {shown_endpoint(access)}.", f"Set {_KEYS}, and run again."
        )
    if isinstance(error, SSLError):
        return UnreachableServiceError(
            f"{sentence} {shown_endpoint(access)} showed no certificate that can be trusted.",
            f"Correct the endpoint ({_ENDPOINT}), or name the authority's certificates in AWS_CA_BUNDLE.",
        )
    late = f" within {access.read_timeout_s:g} s" if isinstance(error, ReadTimeoutError) else ""
    if not isinstance(error, HTTPClientError | NoConnectionError | HTTPError):
        return ServiceError(
            f"{sentence} on {shown_endpoint(access)} the request failed: {type(error).__name__}.",
            f"Check the endpoint ({_ENDPOINT}) and the store's log, and run again.",
        )
    return UnreachableServiceError(
        f"{sentence} {shown_endpoint(access)} did not answer{late} ({type(error).__name__}).",
        f"Start the store, or correct the endpoint ({_ENDPOINT}), and run again: what is committed is kept.",
    )
