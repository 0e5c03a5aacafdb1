"""How the encoder in rules/model/encoder was made: run by hand, once per edition (docs/decisions/013)."""
