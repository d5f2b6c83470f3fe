"""The model that stands: found, put back, and scored with."""
