"""Small made-up shops for the tests: seeded, written as files a mapping can read."""
