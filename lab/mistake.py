"""What goes wrong by a wrong word, a missing file or a missing network, and not by a fault in the program."""


class Mistake(Exception):  # noqa: N818, it is the user's, and often no error of anybody's
    """Something the user can put right; its text is one line: what is wrong, and what to do about it.

    The command line prints that line after `error: ` and exits with 2, without a traceback.
    """
