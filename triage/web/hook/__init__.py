"""The internet-facing application. Its place is here; chat and form come with their own work."""
