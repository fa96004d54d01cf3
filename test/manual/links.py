#!/usr/bin/python3
"""The links of the documentation lead somewhere: each relative link and picture of README.md and doc/**/*.md names a file
that is there, and each anchor a heading of its page, as forges spell them; each picture says in words what it shows.

Run from the root: test/manual/links.py. The last line is "N passed, N failed"."""
import glob, os, re, sys
from urllib.parse import unquote

FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.M | re.S)


def without_code(text):
    """Lines keep their numbers: examples have links and headings of their own, that are not the page's."""
    text = FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)
    return re.sub(r"`[^`\n]*`", lambda found: "`" + "x" * (len(found[0]) - 2) + "`", text)


def anchors_of(text):
    seen, anchors = {}, set()
    text = FENCE.sub("", text)
    for heading in re.findall(r"^#{1,6} +(.*?) *#*$", text, re.M):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")
        again = seen.get(anchor, 0)
        seen[anchor] = again + 1
        anchors.add(f"{anchor}-{again}" if again else anchor)
    return anchors


def reason(page, target, alternative):
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = unquote(target).partition("#")
    to = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
    if not os.path.exists(to):
        return "no such file"
    if alternative is not None and len(alternative) < 10:
        return "a picture says in words what it shows"
    if not anchor:
        return None
    if not to.endswith(".md"):
        return "an anchor is of a page"
    with open(to, encoding="utf-8") as file:
        return None if anchor in anchors_of(file.read()) else "no such heading"


def main():
    passed = failed = 0
    for page in ["README.md"] + sorted(glob.glob("doc/**/*.md", recursive=True)):
        with open(page, encoding="utf-8") as file:
            text = without_code(file.read())
        for found in re.finditer(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)", text):
            why = reason(page, found[3], found[2] if found[1] else None)
            passed += not why
            failed += bool(why)
            if why:
                print(f"failed: {page}:{text.count(chr(10), 0, found.start()) + 1}: {found[3]}: {why}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
