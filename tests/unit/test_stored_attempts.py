"""What lies in a lake, gathered to attempts."""

from datetime import UTC, datetime

from application.lake.layout import LakeRoots
from application.lake.stored_attempts import WrittenFile, stored_attempts

ROOTS = LakeRoots.below("file:///srv/lake")
MORNING, NOON = datetime(2024, 1, 1, 8, tzinfo=UTC), datetime(2024, 1, 1, 12, tzinfo=UTC)
ATTEMPT = "datasets/features/k/attempt=1"


def test_an_attempt_is_as_large_as_its_files_and_as_fresh_as_the_last_of_them() -> None:
    files = [
        WrittenFile(f"{ATTEMPT}/a", 3, MORNING),
        WrittenFile(f"{ATTEMPT}/b", 4, NOON),
        WrittenFile(f"{ATTEMPT}/c/", 0, MORNING),
        WrittenFile("published/scores/latest.json", 9, NOON),
    ]
    for listed in (files, files[::-1]):
        (found,) = stored_attempts(listed, ROOTS)
        assert (found.attempt.uri, found.size, found.written) == (f"file:///srv/lake/{ATTEMPT}", 7, NOON)
