"""What is watched from run to run, and what raises an alert."""
