"""The commands, one file each: a module has add_arguments(parser) and run(arguments) -> exit code.

What `triage --help` says of them stands in triage/__main__.py, so that none is imported for it.

Exit codes: 0 done, 1 the thing asked about is wrong, 2 bad usage or settings (every fault on a line of its own).
"""
