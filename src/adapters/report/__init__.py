"""The report a person reads, as one self-contained HTML page."""
