"""`triage train`: from the corpus to rules/model."""
