"""Make a bucket unless it is there: `python make_bucket.py mlflow`; store and keys come from the AWS variables."""

import sys

import boto3
from botocore.exceptions import ClientError


def make_bucket(name: str) -> str:
    """Make a bucket if need be; says what was done. Any other answer of the store is raised as a ClientError."""
    try:
        boto3.client("s3").create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise
        return f"The bucket {name} is there."
    return f"The bucket {name} was made."


if __name__ == "__main__":
    print(make_bucket(sys.argv[1]))
