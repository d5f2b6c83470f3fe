"""What may go from a lake: never anything that stands, is looked at, or is still to be done."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from application.lake.retention import FOR_EVER, place_of, superseded
from application.run.pipeline import GRAPH, ON_DEMAND
from domain.snapshot import Manifest, digest_of
from ports.publisher import Publication

FIRST = date(2024, 1, 1)
RUN = list(GRAPH)


@dataclass(frozen=True)
class Night:
    """One run: how far it got, and whether its own fit became the champion."""

    shop: str = "a"
    day: int = 0
    code: int = 1
    until: str = "record"
    took_over: bool = True
    late: int = 0
    label: str = "60"

    @property
    def steps(self) -> list[str]:
        return RUN[: RUN.index(self.until) + 1]

    @property
    def as_of(self) -> date:
        return FIRST + timedelta(days=self.day)

    @property
    def committed_at(self) -> datetime:
        return datetime.combine(self.as_of + timedelta(days=self.late), time(3), UTC)


@dataclass
class Nights:
    """The checkpoints that nights leave, each step's made from the keys of those before it."""

    made: dict[tuple[str, str], Manifest] = field(default_factory=dict)
    champions: dict[str, str] = field(default_factory=dict)
    of: dict[Night, list[Manifest]] = field(default_factory=dict)

    def run(self, night: Night) -> None:
        keys: dict[str, str] = {}
        for name in night.steps:
            step = GRAPH[name]
            inputs = {fed: keys[fed] for fed in step.inputs}
            if step.decided:
                inputs["decision"] = f"{keys['promote']}-content"
            dated = {"as_of": night.as_of.isoformat(), "label": night.label} if step.dated else {}
            # The source grows every other night.
            told = digest_of([name, inputs, dated, night.code, night.shop, night.day // 2 if not inputs else 0])
            keys[name] = told
            self.made.setdefault((name, told), self._manifest(night, name, keys, inputs))
        self.of[night] = [self.made[place] for place in keys.items()]

    def backtest(self, night: Night, key: str, as_of: date, *, recorded: bool) -> None:
        examples = next(made for made in self.of[night] if made.step == "examples")
        made = self._manifest(night, "backtest", {"backtest": key}, {"examples": examples.key})
        self.made["backtest", key] = replace(made, parameters={"as_of": as_of.isoformat(), "label": "60"})
        if recorded:
            told = self._manifest(night, "record_backtest", {"record_backtest": key}, {"backtest": key})
            self.made["record_backtest", key] = told

    def _manifest(self, night: Night, name: str, keys: dict[str, str], inputs: dict[str, str]) -> Manifest:
        facts, notes = {}, {}
        if name == "promote":
            if night.took_over:
                self.champions[night.shop] = keys["train"]
            fit = self.champions.setdefault(night.shop, keys["train"])
            facts = {"decision": {"shop": night.shop}}
            notes = {"model": {"step": "train", "key": fit, "artifact": "shipping_model"}}
        dated = {**GRAPH, **ON_DEMAND}[name].dated
        parameters = {"as_of": night.as_of.isoformat(), "label": night.label} if dated else {"source": night.shop}
        if name in {"monitor", "backtest"}:
            facts = {"shop": night.shop}
        at = night.committed_at.isoformat()
        return Manifest(name, keys[name], "1", "", (), (), facts, notes, (), inputs, parameters, "", at)

    def closure(self, roots: Iterable[Manifest]) -> set[tuple[str, str]]:
        """All that the roots were made from, whatever it is."""
        waiting, found = list(roots), set()
        while waiting:
            made = waiting.pop()
            found.add(place_of(made))
            fed = [(s, k) for s, k in made.inputs.items() if s != "decision"]
            waiting += [self.made[place] for place in fed if place in self.made and place not in found]
        return found


def published(night: Night) -> Publication:
    return Publication("scores", night.as_of, "1", "", 0, "", shop=night.shop)


def moment(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(4), UTC)


def gone(nights: Nights, before: datetime, *publications: Publication) -> set[tuple[str, str]]:
    return {place_of(made) for made in superseded(nights.made.values(), publications, before)}


def lake_of(*runs: Night) -> Nights:
    nights = Nights()
    for night in runs:
        nights.run(night)
    return nights


def test_of_old_nights_the_decisions_the_fits_they_name_and_the_measures_stay() -> None:
    nights = lake_of(*(Night(day=day) for day in range(0, 40, 2)))
    removed = gone(nights, moment(30))
    old = {place_of(made) for night, of in nights.of.items() if night.day < 30 for made in of}
    assert old - removed == {place for place in old if place[0] in {*FOR_EVER, "train"}}
    assert {step for step, _ in removed} == set(GRAPH) - {*FOR_EVER, "train"}


def test_a_fit_that_no_decision_names_goes_with_its_night() -> None:
    nights = lake_of(Night(day=0), Night(day=2, took_over=False), Night(day=40))
    fit = next(place_of(made) for made in nights.of[Night(day=2, took_over=False)] if made.step == "train")
    assert fit in gone(nights, moment(30))


def test_the_latest_run_of_a_shop_stays_however_old_it_is() -> None:
    nights = lake_of(Night(shop="b"), Night(day=40), Night(day=100))
    assert not gone(nights, moment(90)) & {place_of(made) for made in nights.of[Night(shop="b")]}
    assert gone(nights, moment(90))


def test_the_latest_run_is_that_of_the_latest_day_and_not_the_one_made_last() -> None:
    latest, made_up_for = Night(day=10), Night(day=4, code=2, late=20)
    nights = lake_of(latest, made_up_for)
    removed = gone(nights, moment(60))
    assert not removed & {place_of(made) for made in nights.of[latest]}
    assert {step for step, _ in removed & {place_of(made) for made in nights.of[made_up_for]}} >= {"score", "report"}


def test_the_latest_run_of_every_label_stays() -> None:
    monthly, quarterly = Night(label="30"), Night(day=40, label="90")
    nights = lake_of(monthly, quarterly)
    assert not gone(nights, moment(90)) & {place_of(made) for made in nights.of[monthly]}


def test_what_a_reader_is_pointed_to_stays_though_the_pointer_does_not_tell_its_shop() -> None:
    old = Night()
    nights = lake_of(old, Night(day=40))
    told_nothing = replace(published(old), shop="")
    reports = [made for made in nights.of[old] if made.step == "report"]
    assert gone(nights, moment(39)) & nights.closure(reports)
    assert not gone(nights, moment(39), told_nothing) & nights.closure(reports)


def test_a_moment_that_is_kept_is_kept_from_its_first_instant_on() -> None:
    nights = lake_of(Night(), Night(day=40))
    first = Night().committed_at
    assert gone(nights, first) == set()
    assert gone(nights, first + timedelta(microseconds=1)) != set()


def test_a_decision_that_a_kept_step_follows_does_not_keep_what_it_was_made_from() -> None:
    scored = Night(took_over=False)
    nights = lake_of(Night(day=-2), scored, Night(day=40))
    score, fit = (next(made for made in nights.of[scored] if made.step == step) for step in ("score", "train"))
    removed = {place_of(m) for m in superseded(nights.made.values(), (), moment(39), {place_of(score)})}
    assert place_of(score) not in removed
    assert place_of(fit) in removed


def test_a_latest_run_that_died_after_its_decision_goes_on_from_there_however_old_it_is() -> None:
    assert gone(lake_of(Night(until="promote")), moment(90)) == set()


@st.composite
def histories(draw: st.DrawFn) -> list[Night]:
    night = st.builds(
        Night,
        shop=st.sampled_from("ab"),
        day=st.integers(0, 30),
        code=st.integers(1, 2),
        until=st.sampled_from(["features", "train", "score", "report", "record", "record"]),
        took_over=st.booleans(),
        late=st.integers(0, 5),
    )
    return draw(st.lists(night, min_size=1, max_size=12, unique=True))


@given(histories(), st.integers(1, 35))
def test_nothing_goes_that_is_needed_by_what_stays(runs: list[Night], day: int) -> None:
    nights, before = lake_of(*runs), moment(day)
    removed = gone(nights, before, published(runs[-1]))
    stays = [made for made in nights.made.values() if place_of(made) not in removed]
    named = {("train", made.notes["model"]["key"]) for made in stays if made.step == "promote"}
    own_sake = [made for made in stays if made.step in FOR_EVER or place_of(made) in named]
    leads_on = [made for made in stays if made not in own_sake]
    fed = {(step, key) for made in leads_on for step, key in made.inputs.items()}
    decided = {("promote", key.partition("-")[0]) for step, key in fed if step == "decision"}
    assert not removed & (fed | decided | named)
    assert not [place for place in removed if place[0] in FOR_EVER]
    assert not removed & nights.closure(made for made in nights.made.values() if _at(made) >= before)


@given(histories(), st.integers(1, 35))
def test_what_a_run_of_the_latest_day_a_reader_or_the_tracker_comes_back_to_stays(runs: list[Night], day: int) -> None:
    nights = lake_of(*runs)
    removed = gone(nights, moment(day), published(runs[-1]))
    for shop in {night.shop for night in runs}:
        finished = [night for night in runs if night.shop == shop and "report" in night.steps]
        if finished:
            latest = max(finished, key=lambda night: (night.as_of, night.committed_at))
            last = max(_at(made) for made in nights.of[latest])
            of_day = [made for made in nights.of[latest] if last == latest.committed_at]
            assert not removed & nights.closure(of_day)
    pointed = [night for night in runs if (night.shop, night.day) == (runs[-1].shop, runs[-1].day)]
    reports = [made for night in pointed for made in nights.of[night] if made.step == "report"]
    assert not removed & nights.closure(reports)
    recorded = {made.inputs["train"] for made in nights.made.values() if made.step == "record"}
    waiting = [m for m in nights.made.values() if m.step == "report" and m.inputs["train"] not in recorded]
    assert not removed & nights.closure(waiting)


@given(histories(), st.integers(1, 35))
def test_once_it_is_gone_nothing_more_goes(runs: list[Night], day: int) -> None:
    nights = lake_of(*runs)
    for place in gone(nights, moment(day), published(runs[-1])):
        del nights.made[place]
    assert gone(nights, moment(day), published(runs[-1])) == set()


def test_a_backtest_stays_until_it_is_recorded_and_the_latest_of_a_shop_stays() -> None:
    nights = lake_of(Night(), Night(day=40), Night(day=80))
    for day, recorded in ((0, True), (2, False), (40, True)):
        nights.backtest(Night(), f"of-{day}", FIRST + timedelta(days=day), recorded=recorded)
    assert {key for step, key in gone(nights, moment(79)) if step == "backtest"} == {"of-0"}


def test_what_is_in_use_stays_with_what_it_was_made_from() -> None:
    nights = lake_of(Night(), Night(day=40))
    report = next(made for made in nights.of[Night()] if made.step == "report")
    removed = superseded(nights.made.values(), (), moment(39), {place_of(report)})
    assert not {place_of(made) for made in removed} & nights.closure([report])


def test_a_made_up_shop_stays_while_its_orders_do() -> None:
    nights = lake_of(Night(), Night(shop="b", day=40))
    for shop in ("a", "gone"):
        drawn = Manifest("shop", shop, "1", "", (), (), {}, {}, (), {}, {}, "", moment(0).isoformat())
        nights.made[place_of(drawn)] = drawn
    assert {place for place in gone(nights, moment(39)) if place[0] == "shop"} == {("shop", "gone")}


def _at(made: Manifest) -> datetime:
    return datetime.fromisoformat(made.committed_at)
