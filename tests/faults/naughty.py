"""Strings that break careless programs, thought up by us: each is a title, an author, a name and part of a text."""

STRINGS: tuple[str, ...] = (
    # empty, blank, words with a meaning elsewhere
    "", " ", "\t\n ", "null", "None", "NaN", "Infinity", "undefined", "true", "0", "-0", "1e309", "0x1F", "[]", "{}",
    # quotes, escapes, comments
    "it's", '"quoted"', "`ticked`", "back\\slash", "ends in \\", "%s %n %d", "{0} {name}", "${HOME}", "$rows",
    "'}) DETACH DELETE n //", "'; DROP TABLE Paper; --", "*/ RETURN 1 /*", "\\u0041", "&amp; &#0; &lt;", "]]>",
    "<script>alert(1)</script>", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "a,b;c\td", "a|b", "# not a heading",
    # paths
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\CON", "nul", "file:///dev/null", "~root", "a/b/c", ".",
    # line ends and control characters
    "one\ntwo", "one\r\ntwo", "one\rtwo", "vertical\x0btab", "form\x0cfeed", "bell\x07", "escape\x1b[31mred", "del\x7f",
    "next\x85line", "line\u2028end", "paragraph\u2029end", "file\x1cend",
    # right to left, and marks that turn text round
    "רשת עצבית", "شبكة عصبية", "abc \u202e cba \u202c", "\u2067mixed עברית\u2069", "\u061c\u200f\u200e",
    # combining marks, composed and not
    "e\u0301tude", "étude", "Z\u0351\u036b\u0343alg\u0327o", "a" + "\u0300" * 200, "\u0301",
    "한국어", "\u1112\u1161\u11ab",
    "ﬁne ﬂow", "ＦＵＬＬ width", "ŉ ǰ ΐ ß ẞ ſ", "İstanbul ıstanbul", "ΣΊΣΥΦΟΣ σίσυφος", "Å Å",
    # joined and astral characters, no characters
    "👩‍👩‍👧‍👦", "🏳️‍🌈 flag", "👍🏽", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𐍈𐌰", "\U0010fffd",
    "\ufffe", "\uffff", "\U0001ffff", "\ufdd0", "\ufeffbom", "\ufffd",
    # blanks of many kinds
    "zero\u200bwidth", "word\u2060joiner", "no\u00a0break", "ideographic\u3000space",
    "\u00ad soft\u00adhyphen", "᠎mongol",
    # long
    "x" * 3000, "長" * 700, "word " * 2000, "-" * 500, "(" * 1000,
)  # fmt: skip
