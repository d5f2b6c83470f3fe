"""A made-up shop as a source of orders: drawn once into the lake, then read like any shop's files."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property

from domain.snapshot import MadeFrom, Manifest, digest_of
from domain.source.mapping import SourceMapping
from domain.synthetic.mapping import ORDERS, RETURNS, mapping_of
from domain.synthetic.shop import ShopLaw
from ports.code_identity import CodeIdentity
from ports.order_source import OrderSource, SourceFiles
from ports.shop_writer import ShopWriter
from ports.snapshot_store import SnapshotStore

STEP = "shop"
CODE = (
    "application.synthetic_source",
    "adapters.spark.shop_writer",
    "adapters.spark.session.spark_session",
    "adapters.synthetic.shop",
    "adapters.arrow.content",
    "adapters.arrow.table_parts",
)
LIBRARIES = ("pyspark", "pyarrow", "numpy")


@dataclass
class SyntheticOrderSource(OrderSource):
    """Orders drawn by a law, kept as a snapshot whose key is the root of all others.

    Args:
        law: the shop's law.
        store: gives the lake when it is first needed.
        code: identifies the code that draws.
        writer: draws; put together when something must be drawn.
    """

    law: ShopLaw
    store: Callable[[], SnapshotStore]
    code: CodeIdentity
    writer: Callable[[], ShopWriter]

    @cached_property
    def mapping(self) -> SourceMapping:
        """How the shop's columns become the canonical ones."""
        return mapping_of(self.law)

    def fingerprint(self) -> str:
        """Digest of the law, seed included, and of the code that draws by it: known before anything is drawn."""
        return digest_of({"law": asdict(self.law), "code": self._code})

    def files(self) -> SourceFiles:
        """The shop's files in the lake; drawn and committed now if nobody has yet."""
        drawn = self.snapshot()
        return SourceFiles(_files(drawn, ORDERS), _files(drawn, RETURNS))

    def snapshot(self) -> Manifest:
        """The checkpoint of the shop, with its table `truth`; made now if there is none."""
        store, key = self.store(), self.fingerprint()
        found = store.find(STEP, key)
        return found if found is not None else self._drawn(store, key)

    @cached_property
    def _code(self) -> str:
        return self.code.digest(CODE, LIBRARIES)

    def _drawn(self, store: SnapshotStore, key: str) -> Manifest:
        attempt = store.begin(STEP, key)
        result = self.writer().write(self.law, attempt)
        made_from = MadeFrom({}, {name: str(value) for name, value in asdict(self.law).items()}, self._code)
        return store.commit(Manifest.of(attempt, result, store.inventory(attempt), made_from, datetime.now(UTC)))


def _files(drawn: Manifest, table: str) -> tuple[str, ...]:
    paths = (entry.path for entry in drawn.files)
    return tuple(f"{drawn.uri}/{p}" for p in paths if p.startswith(f"{table}/") and p.endswith(".parquet"))
