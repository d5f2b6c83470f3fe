"""The one place that joins use cases to adapters; nothing is built before it is asked for.

Every adapter's module is imported where it is built: a run with nothing to do must load neither Spark, nor
scikit-learn, nor MLflow. `adapters` has what the settings choose, `use_cases` what stands on it, `runs` what a
process runs.
"""
