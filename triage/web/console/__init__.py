"""The DPO's console: server-rendered pages, one file per screen. See docs/console.md."""
