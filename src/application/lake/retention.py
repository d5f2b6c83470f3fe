"""Which snapshots of a lake may go: those that nothing stands on that is recent, looked at, or still to be done.

What a checkpoint was made from tells what stands on what, and so does a decision, which names the fit of its champion.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

from application.synthetic_source import STEP as DRAWN_SHOP
from domain.model.decision import DECIDING_STEPS
from domain.snapshot import Manifest, digest_of
from ports.publisher import Publication

# A step and a key.
Place: TypeAlias = tuple[str, str]

# Decisions, what tells that a run was recorded, and the series of measures: small, and looked back at for ever.
FOR_EVER = (*DECIDING_STEPS, "record", "record_backtest", "monitor")


def superseded(
    checkpoints: Iterable[Manifest], published: Iterable[Publication], before: datetime, in_use: Collection[Place] = ()
) -> list[Manifest]:
    """The checkpoints that may go, in the order given.

    Kept are: what was committed at or after a moment; the latest of every shop, label and step; what is of a shop and
    day that a published pointer refers to; runs and backtests that no record tells of; with all that each of these was
    made from. And for ever `FOR_EVER`, and the fits that decisions name.

    Args:
        checkpoints: all of the lake's.
        published: the latest publication of every output.
        before: the moment.
        in_use: more that is to be kept, with what it was made from.
    """
    lake = _Lake(checkpoints)
    roots = [
        *(made for made in lake.made.values() if datetime.fromisoformat(made.committed_at) >= before),
        *(made for made in lake.made.values() if place_of(made) in in_use),
        *lake.latest(),
        *lake.of_days({(publication.shop, publication.as_of.isoformat()) for publication in published}),
        *lake.unrecorded(),
    ]
    kept = lake.reached(roots) | lake.for_ever()
    return [made for place, made in lake.made.items() if place not in kept]


def place_of(made: Manifest) -> Place:
    """Step and key of a checkpoint."""
    return made.step, made.key


class _Lake:
    """The checkpoints of a lake by step and key, and what each of them was made from."""

    def __init__(self, checkpoints: Iterable[Manifest]) -> None:
        self.made = {place_of(made): made for made in checkpoints}
        self._shops: dict[Place, str | None] = {}

    def reached(self, roots: Iterable[Manifest]) -> set[Place]:
        """The roots, what they were made from, and so on; what is kept for ever leads on only as a root."""
        waiting = [*roots]
        waiting += [fed for root in waiting for fed in self.inputs(root)]
        found: set[Place] = set()
        while waiting:
            made = waiting.pop()
            if place_of(made) not in found:
                found.add(place_of(made))
                waiting += [] if made.step in FOR_EVER else self.inputs(made)
        return found

    def for_ever(self) -> set[Place]:
        """What is kept for its own sake, and the fits that decisions name; not what these were made from."""
        kept = [made for made in self.made.values() if made.step in FOR_EVER]
        return {place_of(made) for made in kept} | {fit for made in kept for fit in _named_fit(made)}

    def inputs(self, made: Manifest) -> list[Manifest]:
        """The checkpoints that one was made from, as far as they are there."""
        return [self.made[place] for place in _inputs(made) if place in self.made]

    def latest(self) -> Iterable[Manifest]:
        """Of every step, shop and label the checkpoint of the latest day; of several, the one committed last."""
        found: dict[tuple[str, str, str], Manifest] = {}
        dated = [made for made in self.made.values() if _day(made) is not None]
        for made in sorted(dated, key=lambda each: (str(_day(each)), each.committed_at, each.key)):
            shop = self.shop(made)
            if shop is not None:
                found[made.step, shop, digest_of(made.parameters.get("label"))] = made
        return found.values()

    def of_days(self, days: Collection[tuple[str, str]]) -> Iterator[Manifest]:
        """The checkpoints of shops' days; publications of earlier versions do not tell their shop."""
        for made in self.made.values():
            if {(self.shop(made), _day(made)), ("", _day(made))} & set(days):
                yield made

    def unrecorded(self) -> Iterator[Manifest]:
        """The reports of fits that no record tells of, and the backtests that none does."""
        recorded = [made for made in self.made.values() if made.step in {"record", "record_backtest"}]
        fits, tests = ({made.inputs.get(step) for made in recorded} for step in ("train", "backtest"))
        for made in self.made.values():
            told = made.inputs.get("train") in fits if made.step == "report" else made.key in tests
            if made.step in {"report", "backtest"} and not told:
                yield made

    def shop(self, made: Manifest) -> str | None:
        """Whose it is, as it or the decision that it follows says; None where neither does."""
        place = place_of(made)
        if place not in self._shops:
            self._shops[place] = None  # for a lake whose checkpoints go round in a circle
            own = made.facts.get("shop") or _decided_for(made)
            fed = (self.shop(each) for each in self.inputs(made))
            self._shops[place] = own or next((shop for shop in fed if shop is not None), None)
        return self._shops[place]


def _named_fit(made: Manifest) -> Iterator[Place]:
    if made.step in DECIDING_STEPS and "model" in made.notes:
        yield made.notes["model"]["step"], made.notes["model"]["key"]


def _inputs(made: Manifest) -> Iterator[Place]:
    for step, key in made.inputs.items():
        if step == "decision":  # its key and its content
            yield from ((deciding, key.partition("-")[0]) for deciding in DECIDING_STEPS)
        else:
            yield step, key
    if made.step == "ingest":  # a made-up shop lies in the lake under the fingerprint that its source has
        yield DRAWN_SHOP, str(made.parameters.get("source"))


def _decided_for(made: Manifest) -> str | None:
    decided = made.facts["decision"] if made.step in DECIDING_STEPS else {}
    return str(decided["shop"]) if "shop" in decided else None


def _day(made: Manifest) -> str | None:
    day = made.parameters.get("as_of")
    return None if day is None else str(day)
