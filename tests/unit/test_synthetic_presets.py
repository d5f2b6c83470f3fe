import pytest

from domain.errors import ConfigurationError
from domain.synthetic.mapping import mapping_of, shop_name
from domain.synthetic.presets import PRESETS, is_synthetic, shop_called
from domain.synthetic.shop import PARAMETERS, ShopLaw


def test_a_shop_is_asked_for_by_its_preset_and_any_parameter() -> None:
    law = shop_called("synthetic:fashion?lines=1e6&seed=7&type_shares=0.5,0.5&type_effects=-1,1&start=2020-02-29")
    assert (law.lines, law.seed, law.type_shares, law.start.isoformat()) == (1_000_000, 7, (0.5, 0.5), "2020-02-29")
    assert shop_called("synthetic:fashion") == PRESETS["fashion"]
    assert is_synthetic("synthetic:tiny")
    assert not is_synthetic("shop.toml")


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("synthetic:fashon", "Did you mean 'fashion'?"),
        ("synthetic:fashion?line=5", "Did you mean 'lines'?"),
        ("synthetic:fashion?lines=many", "Write it like lines=100000."),
        ("synthetic:fashion?lines=1000.5", "Write it like lines=100000."),
        ("synthetic:fashion?lines=nan", "Write it like lines=100000."),
        ("synthetic:fashion?rate=0.7", "Give 0.005 to 0.6."),
        ("synthetic:fashion?rate=nan", "Give 0.005 to 0.6."),
        ("synthetic:fashion?type_shares=0.5,0.4", "Give 1 to 5 shares that add up to 1"),
        ("synthetic:fashion?start=yesterday", "Write it like start=2022-01-03."),
        ("synthetic:fashion?lag_days=70", "Give a longer window_days"),
        ("synthetic:wholesale?cancel_days=2", "Give cancel_days=0"),
        ("synthetic:flagged?cancel_days=2", "Give cancel_days=0"),
    ],
)
def test_a_shop_that_there_is_not_is_refused_with_what_was_probably_meant(source: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        shop_called(source)
    assert hint in refused.value.remedy


def test_every_parameter_has_a_meaning_and_no_other_has() -> None:
    assert set(PARAMETERS) == set(ShopLaw.__dataclass_fields__) - {"preset", "shape", "start"}


def test_the_presets_have_all_three_shapes_and_mappings_that_hold() -> None:
    assert {mapping_of(law).shape for law in PRESETS.values()} == {"table", "rows", "flag"}


def test_models_of_different_laws_never_compete() -> None:
    assert shop_name(shop_called("synthetic:tiny")) != shop_name(shop_called("synthetic:tiny?seed=2"))
