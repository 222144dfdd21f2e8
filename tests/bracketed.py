"""A number in a sentence, marked by brackets: "12% of [3] birds"."""


def bracketed(sentence: str) -> tuple[str, tuple[int, int]]:
    """The sentence without the brackets, and the characters of the number between them."""
    span = sentence.index("["), sentence.index("]") - 1
    return sentence.replace("[", "").replace("]", ""), span
