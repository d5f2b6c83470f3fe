"""`returncast init`: the draft is written whole, or why it cannot be is said."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.entrypoints import mapping_draft
from domain.errors import ConfigurationError
from domain.source.readiness import Figures, Grade, Verdict

DRAFT = SimpleNamespace(mapping_text="name = 'shop'\n", verdict=Verdict(Grade.READY, Figures(0, 0), ()), doubts=())


@pytest.fixture(autouse=True)
def drafting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping_draft, "composition", lambda: SimpleNamespace(draft_mapping=lambda *_: DRAFT))


def test_the_draft_goes_into_a_directory_that_is_made_for_it(tmp_path: Path) -> None:
    mapping_draft.init([Path("orders.csv")], tmp_path / "drafts/shop.toml", json=True)
    assert [file.name for file in (tmp_path / "drafts").iterdir()] == ["shop.toml"]
    assert (tmp_path / "drafts/shop.toml").read_text("utf-8") == DRAFT.mapping_text


@pytest.mark.parametrize("place", ["file/shop.toml", "file/deep/shop.toml"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("no directory", "utf-8")
    with pytest.raises(ConfigurationError, match=r"shop\.toml cannot be written"):
        mapping_draft.init([Path("orders.csv")], tmp_path / place)
