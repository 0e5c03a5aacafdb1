"""Pure values and decisions. No async, I/O, clock, environment or logging: time is passed in."""
