"""The commands of `python -m experiments`, one module each; a module here is a command because it is there.

The first line of a module is its help. `add_options(parser)` adds its options; `run(options)` does its work. A module
may also have `EPILOG`, the end of its `--help`; `RESUMES = True`, if the same command resumes after Ctrl-C; and
`TAKES_SETTINGS = True`, if names of experiments and then their settings follow it (`options.names`, `options.flags`).
"""
