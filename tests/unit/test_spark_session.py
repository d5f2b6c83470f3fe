from adapters.spark.session.spark_session import SharedSession

JAVA = "spark.driver.extraJavaOptions"
PARALLEL = "-XX:+UseParallelGC"


def test_java_collects_in_parallel_beside_what_was_asked_of_it() -> None:
    options = SharedSession()._with_java_options({JAVA: "-Dname=value"})
    assert options[JAVA] == f"{PARALLEL} -Dname=value"


def test_a_collector_that_was_asked_for_is_the_only_one() -> None:
    # Java refuses to start with two.
    assert SharedSession()._with_java_options({JAVA: "-XX:+UseG1GC"})[JAVA] == "-XX:+UseG1GC"


def test_the_java_of_spark_submit_is_left_as_it_is() -> None:
    assert SharedSession(master=None)._with_java_options({"spark.driver.memory": "2g"}) == {"spark.driver.memory": "2g"}
