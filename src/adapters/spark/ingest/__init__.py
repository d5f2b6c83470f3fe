"""A source's files to canonical tables on Spark, each row with its fate."""
