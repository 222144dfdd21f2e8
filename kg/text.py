"""Normal forms of names and titles: pure functions on strings."""

import hashlib
import re
import unicodedata

MAX_KEY = 200
"""Longest key in code points; a longer one keeps its start and gets a hash (index keys are limited in every store)."""

_MARKS = re.compile("[\u0300-\u036f]")
_LATEX_COMMAND = re.compile(r"\\(?:text|math|emph|bf|it|rm|sf|tt|em|sc)[a-z]*\b")
_LATEX_NOISE = re.compile(r"[${}^_\\]")
_NOT_WORD = re.compile(r"[^\w+.]+|_|(?<!\d)\.|\.(?!\d)|(?<=\s)\+")
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "λ": "lambda", "μ": "mu"}
_GREEK |= {"π": "pi", "σ": "sigma", "τ": "tau"}
_SPELLED_GREEK = str.maketrans(_GREEK)


def fold(text: str) -> str:
    """Compatibility form, case folded, Latin accents dropped ("Fréchet" -> "frechet")."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))


def squeeze(text: str) -> str:
    """Runs of white space as one blank, none at the ends."""
    return " ".join(text.split())


def _bounded(key: str) -> str:
    if len(key) <= MAX_KEY:
        return key
    return f"{key[: MAX_KEY - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def paper_key(title: str, abstract: str = "") -> str:
    """Identity of a paper: its title, folded, without LaTeX marks, words joined by hyphens.

    A paper without a title is known by a hash of its folded abstract.
    """
    plain = _LATEX_NOISE.sub("", _LATEX_COMMAND.sub("", fold(title).replace("\\\\", " ")))
    words = re.findall(r"[^\W_]+", plain)
    if words:
        return _bounded("-".join(words))
    symbols = squeeze(title)
    if symbols:
        return _bounded(f"title-{hashlib.sha256(symbols.encode()).hexdigest()[:32]}")
    return f"abstract-{hashlib.sha256(squeeze(fold(abstract)).encode()).hexdigest()[:32]}"


def name_key(name: str) -> str:
    """Normal form of an entity's name: folded, last word in the singular, no punctuation and no blanks.

    "+" and a point between digits stay: "C", "C++" and "GPT-3.5", "GPT-35" are different names.

    >>> name_key("Diffusion  Models"), name_key("MS-COCO"), name_key("GPT-3.5")
    ('diffusionmodel', 'mscoco', 'gpt3.5')
    """
    plain = _LATEX_NOISE.sub("", _LATEX_COMMAND.sub("", fold(name)))
    words = _NOT_WORD.sub(" ", plain.translate(_SPELLED_GREEK)).split()
    if not words:
        return _bounded(squeeze(fold(name)))
    return _bounded("".join([*words[:-1], singular(words[-1])]))


def singular(word: str) -> str:
    """Singular of a regular English plural; short words, "-ss", "-us" and "-is" stay as they are."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


def person_name(name: str) -> str:
    """An author's name in NFC with single blanks as "First Last"; "Last, First" is turned round."""
    plain = squeeze(unicodedata.normalize("NFC", name))
    last, comma, first = plain.partition(",")
    if comma and "," not in first and first.strip():
        return f"{first.strip()} {last.strip()}"
    return plain


def has_surrogate(text: str) -> bool:
    """Whether a lone surrogate stands in the text, which UTF-8 cannot carry."""
    try:
        text.encode()  # far faster than a look at each character
    except UnicodeEncodeError:
        return True
    return False
