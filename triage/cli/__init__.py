"""The commands, one file each. A module has HELP, add_arguments(parser) and run(arguments) -> exit code.

Exit codes: 0 done, 1 the thing asked about is wrong, 2 bad usage or settings (every fault on a line of its own).
"""
