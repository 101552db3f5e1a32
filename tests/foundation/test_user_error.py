"""An error is one line, whatever the name in it."""

import pytest

from foundation.input_file import open_input
from foundation.user_error import UserError


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb", r"a\nb"),
        ("a\r\x1b[31mb", r"a\r\x1b[31mb"),
        ("a\u2028b", r"a\u2028b"),
        ("Jena – 25 °C", "Jena – 25 °C"),
        ("\udcff", r"\udcff"),
    ],
)
def test_line_ends_and_commands_to_a_terminal_are_shown_not_obeyed(tmp_path, name, shown):
    with pytest.raises(UserError) as caught:
        open_input(tmp_path / name)
    assert str(caught.value) == f"{tmp_path}/{shown} cannot be read: No such file or directory"
