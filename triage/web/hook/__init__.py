"""The internet-facing application: verifies, limits, stores, answers. See docs/chat.md."""
