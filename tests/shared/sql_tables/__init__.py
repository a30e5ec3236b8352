"""What the tests of all SQL connectors share: a project that runs apps, and tests that each of them runs as its own."""
