"""The demo: sample mails and stand-ins, so that the desk can be seen at work with no server at all."""
