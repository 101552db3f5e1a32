"""The errors that a user can put right."""


class UserError(Exception):
    """Something the user can put right: a misspelt word, a missing file, no network.

    Its text is one line that says what is wrong and what to do. The command line prints it after `error: ` and exits
    with code 2, without a traceback.
    """

    def __str__(self) -> str:
        # a name in it, such as a file's, may hold line ends or commands to a terminal
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in super().__str__())


class NoNetworkError(UserError):
    """None of a file's addresses can be reached. A caller that can simulate the data may go on without the file."""
