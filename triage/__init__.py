"""The desk behind a privacy promise. Software sorts, dates and acknowledges; a person decides."""

__version__ = "0.1.0"
