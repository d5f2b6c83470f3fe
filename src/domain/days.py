"""The unit of time is the day, in UTC; a day is counted in days since 1970-01-01."""

from datetime import UTC, date, datetime, timedelta

EPOCH = date(1970, 1, 1)
GRACE_DAYS = 2  # a row dated after tomorrow, whatever the time zone, is an error of its writer


def day_number(moment: datetime | date) -> int:
    """Days since 1970-01-01 of the UTC day that holds `moment` (naive datetimes are UTC)."""
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        moment = aware.astimezone(UTC).date()
    return (moment - EPOCH).days


def date_of(day: int) -> date:
    """The calendar date of a day number."""
    return EPOCH + timedelta(days=day)


def start_of(day: date) -> datetime:
    """The first moment of `day` in UTC: what is known as of it came strictly before."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
