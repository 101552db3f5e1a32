"""Archives, honest and hostile."""

import gzip
import io
import os
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation import archive
from foundation.archive import members, open_member
from foundation.user_error import UserError

CSV = b'"Date Time","T (degC)"\n' + b"".join(b"%d,%f\n" % (i, i**0.5) for i in range(500))


def zipped(*named, mode=0o100644):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def tarred(*named, kind=tarfile.REGTYPE):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in named:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, "/etc/passwd", len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def by_words(value):
    """A test's name, made from the words that it expects."""
    return value[-1] if isinstance(value, list) else "archive"


ZIP, GZ, TAR = (
    zipped(("a.csv", CSV)),
    gzip.compress(CSV),
    tarred(("a.txt", CSV[:999]), ("b/c.txt", CSV[:512])),
)


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        GZ,
        ZIP,
        zipped(("read.me", b"?"), ("deep/A.CSV", CSV), ("__MACOSX/deep/._A.CSV", b"?")),
        zipped(("folder/", b""), ("folder/a.csv", CSV)),
    ],
)
def test_a_csv_is_read_from_whatever_holds_it(content, tmp_path):
    path = tmp_path / "named.anyhow"
    path.write_bytes(content)
    with open_member(path, ".csv", limit=len(CSV)) as stream:
        assert stream.read(10) == CSV[:10]
        assert stream.read() == CSV[10:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(("../a.csv", CSV)), ["../a.csv", "leads out"]),
        (zipped(("a.csv", CSV), ("b/../../evil.txt", b"")), ["evil.txt", "leads out"]),
        (zipped(("/etc/a.csv", CSV)), ["/etc/a.csv", "leads out"]),
        (zipped(("..\\a.csv", CSV)), ["leads out"]),
        (zipped(("a.csv", b"/etc/passwd"), mode=0o120777), ["a.csv", "link"]),
        (zipped(("a.csv", CSV), ("b.csv", CSV)), ["holds 2 .csv files where one is expected"]),
        (zipped(("a.txt", CSV)), ["holds 0 .csv files where one is expected"]),
        (zipped(("a.csv", bytes(2**20 + 1))), ["unpacks to too much"]),
        (gzip.compress(bytes(2**20 + 1)), ["unpacks to too much"]),
        (ZIP[:-1], ["is damaged", "fetch it again"]),
        (GZ[:-1], ["is damaged", "fetch it again"]),
        (ZIP.replace(b"a.csv", b"b.csv", 1), ["is damaged"]),
    ],
    ids=by_words,
)
def test_a_hostile_or_damaged_csv_is_refused(content, words, tmp_path):
    path = tmp_path / "a.csv.zip"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught, open_member(path, limit=2**20):
        pytest.fail("it was opened")
    assert [word for word in [str(path), *words] if word not in str(caught.value)] == []
    assert ("is damaged" in words) == ("is damaged" in str(caught.value))


def test_a_plain_file_has_no_limit(tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(CSV)
    with open_member(path, limit=10) as stream:
        assert stream.read() == CSV


def test_an_archive_may_not_unpack_to_many_times_its_size(tmp_path, monkeypatch):
    """The limit is the smaller one of the two, so that a bomb of a megabyte does not unpack to two gigabytes."""
    monkeypatch.setattr(archive, "SMALL", 2**17)
    path = tmp_path / "bomb"
    honest, bomb = bytes(os.urandom(2**18)), bytes(2**18)
    for pack in (gzip.compress, lambda content: zipped(("a.csv", content))):
        path.write_bytes(pack(honest))
        with open_member(path) as stream:
            assert stream.read() == honest
        path.write_bytes(pack(bomb))
        with pytest.raises(UserError, match="unpacks to too much"), open_member(path):
            pass
    path.write_bytes(tarred(("a", bomb)))
    with pytest.raises(UserError, match="unpacks to too much"):
        list(members(path))


def loop(path):
    path.symlink_to(path.name)


KINDS = {
    "nothing": lambda path: None,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a loop of links": loop,
    "a broken link": lambda path: path.symlink_to("gone"),
}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_a_path_that_is_no_file_is_one_line(make, tmp_path):
    path = tmp_path / "a.csv"
    make(path)
    with pytest.raises(UserError, match=rf"^{re.escape(str(path))} cannot be read: [^\n]*$"), open_member(path):
        pass
    with pytest.raises(UserError, match=rf"^{re.escape(str(path))} cannot be read: [^\n]*$"):
        next(members(path))


def test_an_encrypted_zip_says_so(tmp_path):
    path = tmp_path / "a.zip"
    content = bytearray(ZIP)
    content[6] |= 1  # the flag in the file's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path.write_bytes(content)
    with pytest.raises(UserError, match="is encrypted"), open_member(path):
        pass


def test_an_error_of_the_reader_is_left_as_it_is(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(ZIP)
    with pytest.raises(ValueError, match="mine"), open_member(path):
        raise ValueError("mine")


def test_a_tar_gives_its_files_in_order(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(TAR)
    assert list(members(path, limit=2**20)) == [("a.txt", CSV[:999]), ("b/c.txt", CSV[:512])]
    path.write_bytes(tarred(("folder", b""), kind=tarfile.DIRTYPE))
    assert list(members(path)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (tarred(("../a", b"x")), ["../a", "leads out"]),
        (tarred(("ok/../../a", b"x")), ["leads out"]),
        (tarred(("/a", b"x")), ["leads out"]),
        (tarred(("a", b""), kind=tarfile.SYMTYPE), ["neither a file nor a folder"]),
        (tarred(("a", b""), kind=tarfile.LNKTYPE), ["neither a file nor a folder"]),
        (tarred(("a", b""), kind=tarfile.CHRTYPE), ["neither a file nor a folder"]),
        (tarred(("a", bytes(2**20 + 1))), ["unpacks to too much"]),
        (gzip.compress(CSV), ["is damaged"]),
        (CSV, ["is damaged"]),
        (b"", ["is damaged"]),
    ],
    ids=by_words,
)
def test_a_hostile_or_damaged_tar_is_refused(content, words, tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        next(members(path, limit=2**20))
    assert [word for word in [str(path), *words] if word not in str(caught.value)] == []
    assert ("is damaged" in words) == ("is damaged" in str(caught.value))


def test_a_tar_in_a_tar_gives_its_files_in_its_place(tmp_path):
    path = tmp_path / "a.tar.gz"
    inner = gzip.decompress(tarred(("deep/b.txt", CSV[:700]), ("c.txt", CSV[:3])))
    path.write_bytes(tarred(("a.txt", b"a"), ("inner.tar", inner), ("z.txt", b"z")))
    files = [("a.txt", b"a"), ("deep/b.txt", CSV[:700]), ("c.txt", CSV[:3]), ("z.txt", b"z")]
    assert list(members(path)) == files
    with pytest.raises(UserError, match="too much"):
        list(members(path, limit=600))
    path.write_bytes(tarred(("inner.tar", gzip.decompress(tarred(("../b.txt", b"b"))))))
    with pytest.raises(UserError, match="leads out"):
        list(members(path))


def test_a_tar_is_limited_as_a_whole_with_its_headers(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(tarred(*((f"{i}", bytes(20_000)) for i in range(4))))
    assert len(list(members(path, limit=100_000))) == 4
    files = members(path, limit=55_000)
    assert [next(files)[0], next(files)[0]] == ["0", "1"]
    with pytest.raises(UserError, match="too much"):
        next(files)


def test_a_header_of_a_tar_is_limited_too(tmp_path):
    """A member's extended header is read into memory, and may declare any size."""
    path = tmp_path / "a.tar.gz"
    info = tarfile.TarInfo("header")
    info.type, info.size = tarfile.XHDTYPE, 2**22
    path.write_bytes(gzip.compress(info.tobuf() + b"x" * 2**22 + bytes(1024)))
    with pytest.raises(UserError, match="too much"):
        list(members(path, limit=2**20))


def test_a_negative_size_is_damage(tmp_path):
    """Else the next header would be this one again, without end."""
    path = tmp_path / "a.tar.gz"
    info = tarfile.TarInfo("a")
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"\xff" * 10 + b"\xfc\x00"  # -1024 in GNU's notation
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    path.write_bytes(gzip.compress(bytes(block) + bytes(1024)))
    with pytest.raises(UserError, match="is damaged"):
        list(members(path))


def read(content, path):
    """What comes out of an archive with this content, or the UserError that it raises."""
    path.write_bytes(content)
    try:
        if path.suffix == ".tar":
            return list(members(path))
        with open_member(path) as stream:
            return stream.read()
    except UserError as error:
        return error


ARCHIVES = st.sampled_from([("zip", ZIP), ("gz", GZ), ("tar", TAR)])


@settings(max_examples=200, deadline=None)
@given(ARCHIVES, st.data())
def test_an_archive_cut_short_anywhere_is_noticed(tmp_path_factory, archive, data):
    kind, content = archive
    path = tmp_path_factory.getbasetemp() / f"cut.{kind}"
    end = data.draw(st.integers(4, len(content) - 1))  # a shorter one cannot be recognised as an archive
    assert isinstance(read(content[:end], path), UserError)


@settings(max_examples=300, deadline=None)
@given(ARCHIVES, st.data())
def test_an_archive_with_a_byte_changed_gives_the_same_or_an_error(tmp_path_factory, archive, data):
    kind, content = archive
    path = tmp_path_factory.getbasetemp() / f"changed.{kind}"
    at = data.draw(st.integers(4, len(content) - 1))
    changed = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    outcome = read(changed, path)
    assert isinstance(outcome, UserError) or outcome == read(content, path)
