"""Real and scripted servers for the tests, on loopback only."""
