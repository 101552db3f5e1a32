"""The commands of `python -m experiments`, one module each; a module here is a command because it is there.

The module's docstring begins with its help. `add_options(parser)` adds its options; `run(options)` does its work.
A module may also have `EPILOG`, which its `--help` ends in, `RESUMES = True` if the same command resumes after Ctrl-C, and
`TAKES_SETTINGS = True` if names and then settings of experiments follow it: `options.names` and `options.flags`.
"""
