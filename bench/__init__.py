"""How fast the desk is, as ratios within one run: `python -m bench`. See docs/speed.md."""
