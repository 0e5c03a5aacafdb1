"""The only place that builds adapters and wires them."""
