"""spaCy on the machine: a text in, what it asks for out, with the words it rests on. See docs/reader.md."""
