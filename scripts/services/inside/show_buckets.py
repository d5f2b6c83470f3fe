"""Print every bucket of the store in MINIO_ENDPOINT with its objects and bytes, and some of its keys."""

import os

import boto3

SHOWN = 8


def main() -> None:
    """Print them."""
    session = boto3.session.Session(os.environ["MINIO_ACCESS_KEY"], os.environ["MINIO_SECRET_KEY"])
    store = session.client("s3", endpoint_url=os.environ["MINIO_ENDPOINT"], region_name="us-east-1")
    for bucket in store.list_buckets()["Buckets"]:
        pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
        objects = [entry for page in pages for entry in page.get("Contents", ())]
        size = sum(entry["Size"] for entry in objects)
        print(f"{bucket['Name']}: {len(objects):,} objects, {size:,} bytes")
        for entry in objects[:SHOWN]:
            print(f"  {entry['Size']:>12,}  {entry['Key']}")
        if len(objects) > SHOWN:
            print(f"  ... and {len(objects) - SHOWN:,} more")


if __name__ == "__main__":
    main()
