"""Which scheduler is chosen, what is tried again, what comes first, and what a failed task says."""

from datetime import date

import pytest
from luigi.configuration import get_config

from adapters.entrypoints.luigi_scheduler import require_answer, scheduler_url
from domain.errors import ConfigurationError, MappingError, ServiceError
from luigi_tasks.configuration import CLIENT, apply_defaults
from luigi_tasks.priorities import priority_of
from luigi_tasks.retries import persistently
from luigi_tasks.scheduled_task import explain
from tests.servers.process import free_port


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        ("local", None),
        (None, None),
        ("127.0.0.1:8082", "http://127.0.0.1:8082"),
        ("[::1]:8082", "http://[::1]:8082"),
        ("https://luigi.example.org/scheduler/", "https://luigi.example.org/scheduler"),
    ],
)
def test_a_scheduler_is_an_address_a_url_or_the_one_inside(asked: str | None, url: str | None) -> None:
    assert scheduler_url(asked) == url


@pytest.mark.parametrize("asked", ["luigi", "ftp://host:21", "", "host:port"])
def test_what_is_no_scheduler_is_refused_with_an_example(asked: str) -> None:
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1:8082"):
        scheduler_url(asked)


def test_a_scheduler_in_luigis_own_configuration_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(get_config()["core"], "scheduler_host", "night")
    assert scheduler_url(None) == "http://night:8082"
    assert scheduler_url("local") is None


def test_a_scheduler_that_is_down_is_named_before_anything_runs() -> None:
    with pytest.raises(ServiceError, match="does not answer"):
        require_answer(f"http://127.0.0.1:{free_port()}")


class Service:
    """Does not answer for a while, or fails in another way."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.said: list[str] = []
        self.slept: list[float] = []

    def ask(self) -> str:
        """Fail as was foretold, then answer."""
        if self.failures:
            raise self.failures.pop(0)
        return "answer"

    def asked_persistently(self) -> str:
        """What comes of it, without waiting."""
        return persistently(self.ask, self.said.append, self.slept.append)


def test_a_service_that_comes_back_is_asked_again_and_the_pause_is_explained() -> None:
    service = Service(ServiceError("The store is away.", "Start it."), ServiceError("The store is away.", "Start it."))
    assert service.asked_persistently() == "answer"
    assert service.slept == [60.0, 60.0]
    assert "Try 2 of 3" in service.said[1]
    assert "The store is away." in service.said[1]


def test_a_service_that_stays_away_fails_the_step_after_three_tries() -> None:
    service = Service(*(ServiceError("The store is away.", "Start it.") for _ in range(4)))
    with pytest.raises(ServiceError):
        service.asked_persistently()
    assert len(service.failures) == 1


def test_a_mistake_in_a_mapping_is_not_tried_again() -> None:
    service = Service(MappingError("shop.toml names no price.", "Name it."))
    with pytest.raises(MappingError):
        service.asked_persistently()
    assert service.slept == []


def test_the_oldest_day_comes_first_and_within_it_the_graph_decides() -> None:
    older, newer = date(2019, 4, 1), date(2019, 4, 2)
    in_order = [("train", older), ("promote", older), ("publish", older), ("train", newer), ("ingest", None)]
    places = [priority_of(step, day) for step, day in in_order]
    assert places == sorted(places, reverse=True)
    assert min(places) > 0


def test_an_error_page_begins_with_problem_and_remedy() -> None:
    assert explain(MappingError("shop.toml names no price.", "Name it.")) == "shop.toml names no price.\n\nName it."
    assert explain(KeyError("p")).startswith("KeyError: 'p'\n\nNobody foresaw")


def test_the_users_own_configuration_wins_over_the_packaged_one() -> None:
    config = get_config()
    config.set("retcode", "task_failed", "77")
    try:
        apply_defaults(CLIENT)
        assert config.getint("retcode", "task_failed") == 77
    finally:
        config.set("retcode", "task_failed", "30")
