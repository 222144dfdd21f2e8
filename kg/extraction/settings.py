"""The circumstances of a result in its own words: "zero-shot", "512x512", "20% labels"."""

import re
from collections.abc import Sequence

from kg.extraction.context import Sentence
from kg.extraction.types import Number
from kg.text import squeeze

_RESOLUTION = r"(?<![\w.])\d{2,5}\s?\$?(?:x|×|\\times)\$?\s?\d{2,5}(?![\w.])"
_SPLIT = (
    r"test-dev|test-std|test\sset|(?:dev|val)\sset|validation\s(?:set|data)|(?:final|clean)\spass"
    r"|(?<=\bon\s)test(?:-?other|-clean)?(?=\s(?:and|or|with)\b|[,.;)]|$)"
)
_DATA = r"labels|labell?ed\s\w+|annotations|(?:training\s)?(?:examples|samples|images)\sper\sclass"
_LANGUAGE = r"(?:English|German|French|Chinese|Japanese|Russian|Spanish|Czech|Romanian|Finnish|Turkish|Hindi|Korean)"
_BACKBONE = r"(?:ResNet|ResNeXt|VGG|DenseNet|Inception|MobileNet|ViT|DeiT|Swin)[\w./-]*\d[\w./-]*"
_GPU = (
    r"(?:(?:NVIDIA|Tesla|GeForce)\s)*(?:[AVHP]100|H200|A[14]0|A6000|L40S?|K80|T4|(?:RTX|GTX)\s?[A-Z]?\d{4}(?:\s?Ti)?"
    r"|Titan\s(?:X[Pp]?|V|RTX)|\d{4}\s?Ti)\b(?:\sGPUs?)?"
)


def _families(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_ANY = _families(
    r"(?:zero|one|few|\d+)-shot(?!-)",
    _RESOLUTION,
    _SPLIT,
    rf"\d+(?:\.\d+)?\s?\\?%\s(?:of\s(?:the\s)?)?(?:labels|labell?ed\s\w+|annotations)|\d[\d,]*\s(?:{_DATA})",
    r"(?:class-|un)?conditional(?=\s(?!random|prob|distrib|independ))",
    r"(?<=\ban\s)average(?=\sof)|\bon\s(average)\b",
    r"\brelative\b(?!\sto)",
    r"single[-\s](?:model|scale|crop)|multi-scale",
    r"(?:in|out-of|cross)-domain",
    r"(?:with|in|using)\s(?:only\s)?(\d[\d,]*\s(?:(?:sampling|denoising|diffusion|training)\s)?(?:steps?|epochs|NFEs?))",
    r"\d[\d.]*\s?(?:[KMBT]|million|billion)\s(?:parameters|params)\b",
    r"\b[2348]-bit\b|\bINT[48]\b|\bFP(?:8|16)\b",
    r"(?:(?<=\.\s)|\b(?:when|and)\s)(pre-?trained\son\s[A-Z][\w-]+)",
    r"(?<=\bat\s)(?:a\s)?((?:higher|lower|full|low|high)\s(?:\w+\s)?resolution)",
    r"without\s(?:an?\s|any\s)?(?:language\smodel|(?:extra|external)\sdata)|with\san?\s(?:\w+\s)?language\smodel",
    r"(?:without\s|(?<=\bwith\s))classifier-free\sguidance",
    r"(?<=\bwith\s)test[-\s]time\saugmentation",
    r"(?:at|with)\s(?:an?\s|the\s)?((?:similar|same|comparable)\s(?:number\sof\sparameters|model\ssize|accuracy|FLOPs))",
    rf"{_LANGUAGE}(?:-|\sto\s|-to-){_LANGUAGE}",
    r"(?<=\bin\s)(?:the\s)?((?:latent|pixel)\sspace)",
    r"\bin\s(simulation)\b|\bin\s(?:the\s)?(real[-\s]world)\b",
    r"\bat\s(IoU\s?(?:=|of)\s?[\d.]+)",
    rf"(?:with|using|on|for|based\son)\s(?:an?\s|the\s)?({_BACKBONE}(?:\sbackbone)?)",
)
_SPEED = _families(
    _GPU,
    r"(?:single|one|two|four|eight|\d+)\s(?:[GT]PUs|[GT]PU(?!\s(?:hour|day)))\b",
    r"iPhone\s\d+|Raspberry\sPi(?:\s\d\w?)?|Jetson\s\w+(?:\s\w*\d\w*)?",
    r"TensorRT|CoreML",
    r"batch\ssize\s(?:of\s)?\d+",
    r"half\sprecision",
)
"""Of a speed or a time only: a data set has the same accuracy on every machine."""
_CLAUSE = re.compile(r"[;:]\s|,?\s(?:while|whereas|but)\s|,\sand\s")
_REACH = 90
"""Characters between a number and what its clause says about it."""


def setting(text: str, sentence: Sentence, number: Number) -> str | None:
    """What the number's clause says about how it was measured, wordings joined by commas; None for nothing."""
    start = max((m.end() for m in _CLAUSE.finditer(text, sentence.start, number.start)), default=sentence.start)
    cut = _CLAUSE.search(text, number.end, sentence.end)
    end = cut.start() if cut else sentence.end
    others = [n.start for at in sentence.numbers if start <= (n := sentence.number(at)).start < end]
    found = []
    for family in (*_ANY, *(() if number.unit in {"", "%", "points"} else _SPEED)):
        apart = [m for m in family.finditer(text, start, end) if _near(m, number)]
        if apart and (match := _of(apart, number, others)):
            found.append(match)
    found.sort(key=lambda m: m.start())
    return ", ".join(dict.fromkeys(_wording(m, sentence) for m in found)) or None


def _wording(match: re.Match[str], sentence: Sentence) -> str:
    """As in the middle of a sentence: "Without extra data" begins one."""
    group = match.lastindex or 0
    wording = squeeze(match[group])
    first = match.start(group) == sentence.start and wording[1:2].islower()
    return wording[0].lower() + wording[1:] if first else wording


def _near(match: re.Match[str], number: Number) -> bool:
    return 0 <= number.start - match.end() <= _REACH or 0 <= match.start() - number.end <= _REACH


def _of(matches: Sequence[re.Match[str]], number: Number, numbers: Sequence[int]) -> re.Match[str] | None:
    """Of several wordings of one kind the one that goes with a number.

    Where the clause has a wording before any number ("with 5 labels 80%, with 10 labels 90%"), that is the last one
    before it; else the first one behind it.
    """
    before = [m for m in matches if m.end() <= number.start]
    behind = [m for m in matches if m.start() >= number.end]
    leads = bool(before) and not any(n < before[0].start() for n in numbers)
    if leads:
        return before[-1]
    return behind[0] if behind else before[-1]


_OF_DATASET = _families(_RESOLUTION, _SPLIT)


def with_dataset(known: str | None, dataset: str) -> str | None:
    """A setting with what the wording of the result's data set adds ("ImageNet 256x256"), which beats what the
    clause says about the same.
    """
    parts = [part for part in known.split(", ") if part not in dataset] if known else []
    for family in _OF_DATASET:
        if match := family.search(dataset):
            parts = [*(p for p in parts if not family.fullmatch(p)), squeeze(match[0])]
    return ", ".join(parts) or None
