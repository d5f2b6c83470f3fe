"""Make what the services expect of one another: `python prepare.py --bucket mlflow --database luigi`.

The store and its keys come from the AWS variables, the server of the databases from DATABASE_SERVER.
"""

import argparse
import os

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


def make_database(name: str) -> str:
    """Make a database if need be; says what was done. Any other answer of the server is raised as psycopg2's error."""
    import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 - where there is no driver, nobody asks for a database
    from psycopg2 import errors, sql  # noqa: PLC0415

    connection = psycopg2.connect(os.environ["DATABASE_SERVER"])
    connection.set_session(autocommit=True)  # a database cannot be made in a transaction
    try:
        connection.cursor().execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except errors.DuplicateDatabase:
        return f"The database {name} is there."
    finally:
        connection.close()
    return f"The database {name} was made."


def main() -> None:
    """Make what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bucket", action="append", default=[])
    parser.add_argument("--database", action="append", default=[])
    wanted = parser.parse_args()
    for name in wanted.bucket:
        print(make_bucket(name))
    for name in wanted.database:
        print(make_database(name))


if __name__ == "__main__":
    main()
