import json
from dataclasses import replace
from datetime import date

from domain.features.feature import digest_of_rules
from domain.labels import LabelPolicy
from domain.model.decision import Champion, Decision
from domain.model.recipe import Recipe

CHAMPION = Champion("c0ffee", Recipe(), ("price", "size"), "rules-1", date(2024, 1, 1), skill=0.10)
DECISION = Decision(
    as_of=date(2024, 2, 1),
    shop="hats",
    policy=LabelPolicy(30, 2),
    outcome="first",
    before=None,
    after=CHAMPION,
    reasons=("It is the first.",),
    figures={"trial": {"skill": 0.1}},
)


def test_a_decision_survives_json() -> None:
    later = replace(DECISION, before=CHAMPION, after=replace(CHAMPION, model="beef", skill=None))
    for decision in (DECISION, later):
        assert Decision.from_json(json.loads(json.dumps(decision.as_json()))) == decision


def test_a_champion_says_whose_chances_are_used_and_whether_it_was_tested() -> None:
    values = replace(CHAMPION, recipe=Recipe(learner="baseline"), skill=None).as_json()
    assert values["learner"] == "baseline"
    assert values["evaluated"] is False


def test_a_test_is_of_what_scores_where_a_model_of_the_run_does_or_a_refit_was_kept_out() -> None:
    refit = replace(CHAMPION, model="beef", fit_at=date(2024, 2, 1))
    other = replace(refit, recipe=Recipe(l2=1.0))
    baseline = replace(refit, recipe=Recipe(learner="baseline"))
    tried = {
        (candidate.model, after.model): replace(
            DECISION, before=CHAMPION, after=after, figures={"candidate": candidate.as_json()}
        )
        for candidate, after in ((refit, CHAMPION), (replace(other, model="new"), CHAMPION), (refit, baseline))
    }
    assert {models: decision.tests_champion for models, decision in tried.items()} == {
        ("beef", "c0ffee"): True,
        ("new", "c0ffee"): False,
        ("beef", "beef"): True,
    }
    assert [decision.is_about_refit for decision in tried.values()] == [True, False, True]
    assert not replace(DECISION, figures={}).tests_champion  # a rollback


def test_two_fits_are_of_one_recipe_when_parameters_and_features_agree_whatever_the_day() -> None:
    later = replace(CHAMPION, model="beef", fit_at=date(2024, 3, 1), features=("size", "price"))
    assert later.recipe_digest == CHAMPION.recipe_digest
    assert replace(CHAMPION, features=("price",)).recipe_digest != CHAMPION.recipe_digest
    assert replace(CHAMPION, recipe=Recipe(l2=1.0)).recipe_digest != CHAMPION.recipe_digest


def test_a_champion_without_estimators_needs_no_feature_to_score_and_is_of_its_recipe_all_the_same() -> None:
    bare = replace(CHAMPION, fitted=False)
    assert (bare.reads, CHAMPION.reads) == ((), ("price", "size"))
    assert bare.recipe_digest == CHAMPION.recipe_digest
    assert Champion.from_json(bare.as_json()) == bare
    told_before = {name: value for name, value in CHAMPION.as_json().items() if name != "fitted"}
    assert Champion.from_json(told_before).fitted


def test_features_of_the_same_names_but_other_rules_make_another_recipe_except_for_the_baseline() -> None:
    assert replace(CHAMPION, feature_set="rules-2").recipe_digest != CHAMPION.recipe_digest
    baseline = replace(CHAMPION, recipe=Recipe(learner="baseline"))
    assert replace(baseline, feature_set="rules-2").recipe_digest == baseline.recipe_digest


def test_a_champion_that_reads_no_feature_can_score_whatever_features_are_made() -> None:
    for bare in (replace(CHAMPION, fitted=False), replace(CHAMPION, recipe=Recipe(learner="baseline"))):
        assert bare.unable_on({"price": "another rule"}) is None


def test_a_champion_scores_the_features_that_it_reads_as_they_were_made_whatever_others_there_are() -> None:
    rules = {"price": "rule-1", "size": "rule-2"}
    champion = replace(CHAMPION, feature_set=digest_of_rules(rules, ("price", "size")))
    assert champion.unable_on(rules) is None
    assert champion.unable_on({**rules, "colour": "rule-3"}) is None
    assert "reads size" in str(champion.unable_on({"price": "rule-1"}))
    assert champion.feature_set in str(champion.unable_on({**rules, "size": "rule-9"}))
