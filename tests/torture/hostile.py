"""Values, YAML files and paths that no command should stumble over."""

from __future__ import annotations

import random
from pathlib import Path

import yaml

_NUMBERS = """
    0 1 2 3 7 64 -1 0.1 0.5 1.0 -0.0 1e3 1e-3 1e-300 1e-320 1e308 1e309 nan NaN inf -inf .nan .inf 2147483648
    4294967296 99999999999999999999 1000000000 1000000000000 1_000 ١٢ １２ 0x10 0b1 0o7 +5 5,5 1e5 1E5 5.
"""
_LEGAL = """
    1 2 3 5 17 100 999 4096 65535 1000000 1000000000 4294967295 1000000000000 9223372036854775807
    0.0001 0.3 0.5 0.999999 0.75 1e-300 1e30 1e300 true false null
"""
_TEXTS = """
    null None ~ true True yes off [] {} -- - -1- -h = a=b é 雨 🌧 %s %(prog)s {0} $HOME * ? ${oc.env:HOME} 1:30 ' "
    2024-01-01 simulated real auto keep drop skip tcn lstm adam sigmoid
"""
_PATHS = """
    weather.csv results nowhere.csv nowhere/at/all . .. / /dev/null /dev/zero /proc /proc/self/mem loop broken
    garbage.bin empty.csv cut.zip page.csv ~ ~nobody/x weather.csv/x http:// http://[::1 https://127.0.0.1:9/x
    file:///etc/passwd ftp://x/y \\\\x\\y C:\\x
"""
NUMBERS = (*_NUMBERS.split(), "9" * 400, " 5", "5 ")
LEGAL = (*_LEGAL.split(),)
"""Values that many settings allow, some of them extreme."""
TEXTS = (
    *(*_TEXTS.split(), "", " ", "[1, 2]", "{a: 1}", "\n", "a\nb", "\t", "\x1b[31m", "\udcff", "x" * 5000, "&a [*a]"),
    "!!python/object/apply:os.system ['touch pwned']",
)
PATHS = (*_PATHS.split(), "http://a b/", "x" * 300, "a/" * 2000)
YAML = (
    b"",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbfjena:\n  epochs: 1\n",
    "jena:\n  epochs: 1\n".encode("utf-16"),
    b"jena: [1, 2]\n",
    b"jena: 3\n",
    b"jena:\n",
    b"jena: {epochs: }\n",
    b"1: {a: 2}\n",
    b"null: 3\n",
    b"? [a, b]\n: 3\n",
    b"? {a: b}\n: 3\n",
    b"[1, 2]\n",
    b"text\n",
    b"3\n",
    b"\x00",
    b"a: b: c\n",
    b"\tjena: 1\n",
    b"--- 1\n--- 2\n",
    b"%YAML 9.9\n---\njena: {}\n",
    b"jena: &a [*a]\n",
    b"a: &a {b: 1}\njena:\n  <<: *a\n",
    b"jena:\n  <<: 3\n",
    b"jena: {1: 2}\n",
    b"jena: {null: 2}\n",
    b"jena: {[1]: 2}\n",
    b"jena: {epochs: 1, epochs: 2}\n",
    b"jena: {epochs: 1:30, csv: 2024-01-01, learning_rate: 0x10}\n",
    b"jena: {epochs: 2024-99-99}\n",
    b"jena: {epochs: !!int x}\n",
    b"jena: {epochs: !!binary '='}\n",
    b"jena: !!python/object/apply:os.system ['touch pwned']\n",
    b"jena: !!set {epochs, units}\n",
    b"jena: {learning_rate: 1, train_end: 1}\n",
    b"published: 3\n",
    b"published: [1]\njena: {epochs: 1}\n",
    b"published: {jena/gru: 3}\njena: {epochs: 1}\n",
    b"jena/gru: {model: [1]}\nsequences: {model: 3}\n",
    b"sequences: {model: null}\n",
    b"[" * 100_000,
    b"{a: " * 5_000,
    b"a: " + b"x" * 1_000_000,
    b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (i, i, b",".join([b"*%c" % (i - 1)] * 9)) for i in range(98, 108)),
)


def files(folder: Path) -> None:
    """Writes the files that `PATHS` names, but for the weather."""
    (folder / "loop").symlink_to("loop")
    (folder / "broken").symlink_to("nowhere")
    (folder / "garbage.bin").write_bytes(random.Random(0).randbytes(1000))
    (folder / "empty.csv").write_bytes(b"")
    (folder / "cut.zip").write_bytes(b"PK\x03\x04" + bytes(50))
    (folder / "page.csv").write_text("<!DOCTYPE html><html><body>Log in</body></html>\n")


def value(rng: random.Random) -> str:
    """Returns one word."""
    pool = rng.choices((NUMBERS, TEXTS, PATHS), (6, 3, 1))[0]
    return rng.choice(pool)


def misspelt(rng: random.Random, word: str) -> str:
    """Returns a word with a slip in it."""
    place = rng.randrange(len(word) + 1)
    slips = [
        word[:place] + word[place + 1 :],
        word[:place] + rng.choice("aeé/-. ") + word[place:],
        word.upper(),
        word + word,
        word[:place],
        word.replace("/", rng.choice(["", "//", "\\", "."])),
    ]
    return rng.choice(slips)


def profile(rng: random.Random, sections: list[str], settings: list[str]) -> bytes:
    """Returns a YAML file: one of the worst, for the first section, or random sections with random values."""
    if rng.random() < 0.4:
        return rng.choice(YAML).replace(b"jena", sections[0].encode())
    content = {}
    for _ in range(rng.randint(1, 3)):
        inner = {rng.choice(settings): _yaml_value(rng) for _ in range(rng.randint(1, 3))}
        content[rng.choice(sections)] = inner
    return yaml.safe_dump(content, allow_unicode=True).encode("utf-8", "surrogatepass")


def _yaml_value(rng: random.Random) -> object:
    text = value(rng)
    kinds = (None, True, [], {}, [text], {text: text}, {1: {2: 3}}, text, int, float, int, float)
    kind = rng.choice(kinds)
    if kind in (int, float):
        try:
            return kind(rng.choice(NUMBERS))
        except (ValueError, OverflowError):
            return 10**30
    return kind
