"""The places that stand still: files, buckets, Luigi's scheduler."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from tests.secret_search.contents import contents, contents_of_file
from tests.secret_search.search import Piece
from tests.servers.luigid import Luigid

STATUSES = ("", "DISABLED", "DONE", "FAILED", "PENDING", "RUNNING", "SUSPENDED", "UNKNOWN", "BATCH_RUNNING")
LISTS = ("worker_list", "resource_list", "is_paused")
PAGES = ("/static/visualiser/index.html", "/tasklist", "/history", "/metrics")


def files(place: str, paths: Iterable[Path]) -> Iterator[Piece]:
    """Files, and those below directories."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
            if file.is_file():
                for data in contents_of_file(file):
                    yield Piece(place, str(file), data)


def bucket(place: str, client: Any, name: str) -> Iterator[Piece]:
    """Every object of a bucket: its key, its headers and its body; and uploads that were begun."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=name):
        for entry in page.get("Contents", ()):
            got = client.get_object(Bucket=name, Key=entry["Key"])
            headers = json.dumps(got["ResponseMetadata"]["HTTPHeaders"])
            yield Piece(place, f"{name}/{entry['Key']}", headers.encode())
            for data in contents(got["Body"].read()):
                yield Piece(place, f"{name}/{entry['Key']}", data)
    for upload in client.list_multipart_uploads(Bucket=name).get("Uploads", ()):
        yield Piece(place, f"{name}/{upload['Key']}", b"")


def luigi(place: str, scheduler: Luigid) -> Iterator[Piece]:
    """What the scheduler's web UI shows, by the calls it makes, the pages of its history, and their database."""
    ids = set()
    for status in STATUSES:
        tasks = scheduler.ask("task_list", status=status, upstream_status="", limit=False)
        ids |= set(tasks)
        yield _answer(place, f"task_list {status}", tasks)
    for method in LISTS:
        yield _answer(place, method, scheduler.ask(method))
    for task in sorted(ids):
        for method in ("fetch_error", "dep_graph", "inverse_dep_graph", "get_task_status_message"):
            yield _answer(place, f"{method} {task}", scheduler.ask(method, task_id=task))
    for path in (*PAGES, *(f"/history/by_task_id/{quote(task)}" for task in sorted(ids))):
        yield _page(place, scheduler, path)
    for name in sorted({re.split(r"[^A-Za-z0-9]", task)[0] for task in ids}):
        for listing in ("history/by_name", "tasklist"):
            yield _page(place, scheduler, f"/{listing}/{name}")
    yield from files(place, [scheduler.history])


def _answer(place: str, name: str, answer: object) -> Piece:
    return Piece(place, name, json.dumps(answer).encode())


def _page(place: str, scheduler: Luigid, path: str) -> Piece:
    try:
        with urlopen(scheduler.url + path, timeout=10) as got:
            return Piece(place, path, got.read())
    except HTTPError as error:  # of a task without a history, say
        return Piece(place, path, error.read())
