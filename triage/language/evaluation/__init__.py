"""How good the reader is: figures, what they look like, and whether two sets of messages are truly two."""
