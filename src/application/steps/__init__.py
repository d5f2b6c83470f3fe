"""The use cases that make the steps of a run, from a source to what planners and recommenders read."""
