from kg.extraction.entities import group_mentions
from kg.extraction.types import Abbreviation, Group, Mention
from kg.records import EntityKind


def mention(text: str, surface: str, kind: EntityKind, source: str, *, score: float = 0.8, nth: int = 0) -> Mention:
    at = -1
    for _ in range(nth + 1):
        at = text.index(surface, at + 1)
    return Mention(at, at + len(surface), kind, score, source)


def test_acronym_and_expansion_are_one_entity() -> None:
    text = "T\nLazy Tree Filters (LTFs) are used. An LTF is a lazy tree filter."
    long = mention(text, "Lazy Tree Filters", "method", "method:used:plain")
    short = mention(text, "LTFs", "method", "method:proposed:named", score=0.9)
    again = mention(text, "LTF", "method", "method:used:named", nth=1)
    lower = mention(text, "lazy tree filter", "method", "method:used:plain")
    found = group_mentions(
        text, [lower, again, short, long], [Abbreviation(short.start, short.end, long.start, long.end)]
    )
    assert found == [Group("method", "LTF", [long, short, again, lower], "proposed", True)]


def test_plural_hyphen_and_generic_noun_do_not_matter() -> None:
    text = "T\nTree-Search Models beat tree search."
    first = mention(text, "Tree-Search Models", "method", "method:compared:plain")
    second = mention(text, "tree search", "method", "method:used:plain", score=0.7)
    assert group_mentions(text, [first, second], []) == [
        Group("method", "tree search", [first, second], "compared", False)
    ]


def test_what_is_no_name_is_written_in_lower_case_and_singular() -> None:
    text = "Lazy 3D Tree Filters\nNothing."
    only = mention(text, "Lazy 3D Tree Filters", "task", "task")
    assert group_mentions(text, [only], []) == [Group("task", "lazy 3D tree filter", [only])]


def test_kinds_are_kept_apart_and_a_name_given_to_a_mention_wins() -> None:
    text = "T\nIt is faster, with FooBench as speedup."
    faster = Mention(8, 14, "metric", 0.6, "implied", name="speedup")
    bench = mention(text, "FooBench", "dataset", "dataset:introduced")
    speedup = mention(text, "speedup", "metric", "metric")
    assert group_mentions(text, [faster, bench, speedup], []) == [
        Group("metric", "speedup", [faster, speedup]),
        Group("dataset", "FooBench", [bench], "introduced"),
    ]


def test_an_acronym_that_the_paper_does_not_define_is_told_by_its_initials() -> None:
    text = "T\nThe QuuxGrid Pass Rate of BAR is high. QPR is good."
    long, short = (mention(text, s, "metric", "metric") for s in ("QuuxGrid Pass Rate", "QPR"))
    other = mention(text, "BAR", "method", "method:used:named")
    assert group_mentions(text, [short, other, long], []) == [
        Group("metric", "QPR", [long, short]),
        Group("method", "BAR", [other], "used", True),
    ]


def test_merged_wordings_take_role_and_short_form_from_whichever_has_them() -> None:
    text = "T\nSynthesis of trees: tree image synthesis (TIS), or tree image generation."
    long, short, other = (
        mention(text, s, "task", "task") for s in ("tree image synthesis", "TIS", "tree image generation")
    )
    found = group_mentions(text, [long, short, other], [Abbreviation(short.start, short.end, long.start, long.end)])
    assert found == [Group("task", "TIS", [long, short, other])]


def test_a_metric_that_two_others_end_as_is_a_third() -> None:
    text = "T\nRates: the lazy rate, the rate and the eager rate."
    lazy, eager = (mention(text, s, "metric", "metric") for s in ("lazy rate", "eager rate"))
    rate = mention(text, "rate", "metric", "metric", nth=1)
    assert [g.mentions for g in group_mentions(text, [lazy, rate, eager], [])] == [[lazy], [rate], [eager]]
    assert group_mentions(text, [lazy, rate], []) == [Group("metric", "lazy rate", [lazy, rate])]


def test_what_a_wording_implies_counts_as_its_wording() -> None:
    text = "T\nIt is faster, by a training speedup of 2x."
    faster = Mention(8, 14, "metric", 0.6, "implied", name="speedup")
    speedup = mention(text, "training speedup", "metric", "metric")
    assert group_mentions(text, [faster, speedup], []) == [Group("metric", "speedup", [faster, speedup])]


def test_roles_of_mentions_without_a_label() -> None:
    method, dataset = Mention(0, 3, "method", 1.0, "other"), Mention(4, 7, "dataset", 1.0, "other")
    assert [(g.role, g.named) for g in group_mentions("Foo Bar", [method, dataset], [])] == [
        ("used", False),
        ("mentioned", None),
    ]


def test_what_is_faster_or_less_is_named_by_its_quantity() -> None:
    text = "T\nInference speed: 3x faster inference, faster in training, fewer parameters than 3 parameters."
    surfaces = ("Inference speed", "faster inference", "faster in training", "fewer parameters")
    speed, faster, training, fewer = (mention(text, s, "metric", "metric") for s in surfaces)
    again = mention(text, "parameters", "metric", "metric", nth=1)
    assert group_mentions(text, [speed, faster, training, fewer, again], []) == [
        Group("metric", "inference speed", [speed, faster]),
        Group("metric", "training speed", [training]),
        Group("metric", "parameters", [fewer, again]),
    ]


def test_of_two_known_names_the_narrower_one_names_the_entity() -> None:
    text = "T\nIts accuracy is high: a top-1 accuracy of 80%, and it is more accurate."
    plain, top = (mention(text, s, "metric", "metric") for s in ("accuracy", "top-1 accuracy"))
    at = text.index("accurate")
    implied = Mention(at, at + 8, "metric", 0.6, "implied", name="accuracy")
    assert group_mentions(text, [plain, top, implied], []) == [Group("metric", "top-1 accuracy", [plain, top, implied])]
    assert [g.name for g in group_mentions(text, [plain, implied], [])] == ["accuracy"]


def test_a_plural_acronym_is_one_with_its_singular() -> None:
    text = "T\nLMs and an LM."
    plural, singular = (mention(text, s, "method", "method:used:plain") for s in ("LMs", "LM."))
    singular = Mention(singular.start, singular.end - 1, "method", 0.8, "method:used:plain")
    (group,) = group_mentions(text, [plural, singular], [])
    assert (group.name, group.mentions) == ("LM", [plural, singular])


def test_a_method_far_less_likely_to_be_proposed_than_the_surest_is_only_used() -> None:
    text = "T\nLarkNet, Wren and Finch."
    chances = {"LarkNet": 0.9, "Wren": 0.7, "Finch": 0.6}
    mentions = [
        Mention(at, at + len(name), "method", 0.9, "method:proposed:named", proposed=chance)
        for name, chance in chances.items()
        for at in [text.index(name)]
    ]
    assert [(g.name, g.role) for g in group_mentions(text, mentions, [])] == [
        ("LarkNet", "proposed"),
        ("Wren", "proposed"),
        ("Finch", "used"),
    ]
