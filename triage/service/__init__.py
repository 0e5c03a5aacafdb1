"""The few async stories: receive, take in, send, watch, review. Short; they name no library."""
