"""Files that are there already, paths that are not files, and the table of sources."""

import errno
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from foundation import web
from foundation.fetch import fetch, find, sources
from foundation.user_error import UserError
from tests.foundation.rain import CONTENT, HASH, NAME, REPACKED, SIZE, fails, flipped, listing, sha256

ROOT = Path(__file__).parents[2]


# --- what is there already ------------------------------------------------------------------------


@pytest.mark.parametrize("harm", [lambda c: c[:-5], flipped, lambda c: b""])
def test_a_damaged_file_is_noticed_and_fetched_again(harm, server, data, capsys):
    fetch(NAME, data)
    (data / NAME).write_bytes(harm(CONTENT))
    assert find(NAME, data) is None
    assert f"{NAME} is damaged" in capsys.readouterr().err
    assert fetch(NAME, data).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("known", "content", "good"),
    [
        ({}, b"anything", True),
        (SIZE, CONTENT, True),
        (SIZE, CONTENT[:-1], False),
        (HASH, CONTENT, True),
        (HASH, flipped(CONTENT), False),
    ],
)
def test_a_file_put_there_by_hand_counts_if_it_is_the_published_one(known, content, good, data, declare):
    declare(**known)
    (data / NAME).parent.mkdir(parents=True)
    (data / NAME).write_bytes(content)
    assert find(NAME, data) == (data / NAME if good else None)


def test_files_keep_their_hashes_when_others_arrive(server, data, declare):
    fetch(NAME, data)
    declare("sky/snow.csv.zip")
    fetch("sky/snow.csv.zip", data)
    lines = [f"{sha256(CONTENT)}  sky/{name}.csv.zip" for name in ("rain", "snow")]
    assert (data / "SHA256SUMS").read_text().splitlines() == lines


def test_lines_of_a_listing_that_are_none_are_passed_over(data):
    fetch(NAME, data)
    (data / "SHA256SUMS").write_text(f"md5x:12  {NAME}\nnonsense\n{'g' * 64}  {NAME}\n")
    assert find(NAME, data) == data / NAME


# --- paths that are not files ---------------------------------------------------------------------


def loop(path):
    path.symlink_to(path.name)


SPECIAL = {"a folder": Path.mkdir, "a pipe": os.mkfifo, "a loop of links": loop}


@pytest.mark.parametrize("make", SPECIAL.values(), ids=SPECIAL)
@pytest.mark.parametrize("name", [NAME, "SHA256SUMS"])
def test_a_mirror_with_something_else_in_a_files_place_is_one_line(make, name, data, tmp_path):
    mirror = tmp_path / "mirror"
    (mirror / NAME).parent.mkdir(parents=True)
    for path, content in ((NAME, REPACKED), ("SHA256SUMS", listing())):
        if path == name:
            make(mirror / path)
        else:
            (mirror / path).write_bytes(content)
    fails(data, f"{mirror / name} cannot be read", mirror=mirror)
    assert not (data / ".partial").exists()


@pytest.mark.parametrize("make", SPECIAL.values(), ids=SPECIAL)
def test_a_data_folder_with_something_else_in_a_files_place(make, data):
    (data / NAME).parent.mkdir(parents=True)
    make(data / NAME)
    if make is Path.mkdir:
        with pytest.raises(UserError, match=rf"{NAME} cannot be used: Is a directory"):
            fetch(NAME, data)
    else:
        assert fetch(NAME, data).read_bytes() == CONTENT


@pytest.mark.parametrize("make", SPECIAL.values(), ids=SPECIAL)
def test_a_listing_that_is_no_file_is_one_line(make, data):
    fetch(NAME, data)
    (data / "SHA256SUMS").unlink()
    make(data / "SHA256SUMS")
    for use in (find, fetch):
        with pytest.raises(UserError, match=r"SHA256SUMS cannot be read: [^\n]*$"):
            use(NAME, data)


@pytest.mark.parametrize("make", [Path.touch, os.mkfifo, loop], ids=["a file", "a pipe", "a loop of links"])
def test_a_data_folder_must_be_a_folder(make, data):
    make(data)
    with pytest.raises(UserError, match=f"^{re.escape(str(data))}.* cannot be used: [^\n]*$"):
        fetch(NAME, data)


@pytest.mark.parametrize("place", ["mirror", "data"])
def test_a_folder_that_may_not_be_read_is_one_line(place, data, tmp_path, monkeypatch):
    locked = tmp_path / place
    locked.mkdir()

    def refuse(name):
        real = getattr(Path, name)

        def ask(path, *args, **options):
            if locked in path.parents:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return real(path, *args, **options)

        monkeypatch.setattr(Path, name, ask)

    for name in ("stat", "lstat", "mkdir"):  # a mode would not do: root may read everything
        refuse(name)
    with pytest.raises(UserError, match=rf"^{re.escape(str(locked))}[^\n]*Permission denied$"):
        fetch(NAME, data, locked if place == "mirror" else None)


def test_a_full_disk_stops_a_copy_and_leaves_nothing(data, monkeypatch, tmp_path):
    mirror = tmp_path / "mirror"
    (mirror / NAME).parent.mkdir(parents=True)
    (mirror / NAME).write_bytes(REPACKED)
    (mirror / "SHA256SUMS").write_bytes(listing())

    def copyfileobj(source, target):
        target.write(REPACKED[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", copyfileobj)
        fails(data, "disk is full", mirror=mirror)
    assert not (data / ".partial").exists()
    assert fetch(NAME, data, mirror).read_bytes() == REPACKED


# --- the table of sources -------------------------------------------------------------------------


def test_an_unknown_name_is_refused_with_the_known_ones(data):
    with pytest.raises(UserError, match=rf"'\.\./x' is not in .*sources.yaml, which lists {NAME}"):
        fetch("../x", data)


@pytest.mark.parametrize(("name", "source"), sources().items())
def test_the_committed_table_is_sound(name, source):
    place = PurePosixPath(name)
    assert len(place.parts) == 2 and ".." not in place.parts
    assert source.what and source.licence
    assert all(url.startswith("https://") and url.endswith(place.name) for url in source.urls)
    assert [web.check_address(url) for url in source.urls] == [None] * len(source.urls)
    assert source.size is None or source.size > 2**16
    assert source.urls or (source.size, source.hash) == (None, None)
    assert source.hash is None or re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", source.hash)


@pytest.mark.parametrize("name", ["imdb/imdb.npz", "imdb/imdb_word_index.json", "mnist/mnist.npz"])
def test_hashes_are_those_that_keras_expects(name):
    (keras,) = importlib.util.find_spec("keras").submodule_search_locations
    module = Path(keras, "src", "datasets", name.split("/")[0]).with_suffix(".py").read_text()
    assert f'"{sources()[name].hash.split(":")[1]}"' in module
    assert name.split("/")[1] in module


def test_importing_it_is_cheap():
    program = "import sys, foundation.fetch; print({'pooch', 'requests', 'tqdm', 'yaml', 'tarfile'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
