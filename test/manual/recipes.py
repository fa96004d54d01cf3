#!/usr/bin/python3
"""The recipes of the manual (doc/manual/recettes.md), assembled and played.

The first part of the page is a whole procedure; each part after it adds its lines to that one, in their place: a mapping
takes more keys, anything else replaces, nothing after a colon takes away. Each must be without a finding, and its essais pass.

Run from the root: test/manual/recipes.py [part of a title]. The last line is "N passed, N failed"."""
import copy, json, os, re, subprocess, sys, tempfile
import yaml

PAGE = "doc/manual/recettes.md"
ASIDE = "\uff1f"  # a question mark before a brace, which this library (YAML 1.1) takes for the mark of a key


def tree_of(text):
    def plain(tree):
        if isinstance(tree, dict):
            return {key: plain(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [plain(item) for item in tree]
        return tree.replace(ASIDE, "?")
    return plain(yaml.load(re.sub(r"\?(?=[,}\]])", ASIDE, text), yaml.BaseLoader))


def added(tree, more):
    if not isinstance(tree, dict) or not isinstance(more, dict):
        return copy.deepcopy(more)
    whole = dict(tree)
    for key, value in more.items():
        if value == "" and key in whole:
            del whole[key]
        else:
            whole[key] = added(whole.get(key), value)
    return whole


def recipes():
    """(title, {file: text}), the first one without essais of its own."""
    with open(PAGE, encoding="utf-8") as file:
        parts = re.split(r"^## ", file.read(), flags=re.M)[1:]
    base = {}
    for part in parts:
        title, files = part.split("\n", 1)[0], dict(base)
        for language, name, body in re.findall(r"^```(yaml|markdown|text) ?(\S*)\n(.*?)^```$", part, re.M | re.S):
            name = name or "procedure.yaml"
            files[name] = added(files.get(name), tree_of(body)) if language == "yaml" else body
        if not base:
            base = files
        yield title, {name: content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
                      for name, content in files.items()}


def main():
    passed = failed = 0
    for title, files in recipes():
        if len(sys.argv) > 1 and sys.argv[1] not in title:
            continue
        with tempfile.TemporaryDirectory() as base:
            for name, content in files.items():
                os.makedirs(os.path.dirname(f"{base}/recette/{name}"), exist_ok=True)
                with open(f"{base}/recette/{name}", "w", encoding="utf-8") as file:
                    file.write(content)
            for command, good in (("check", r"^1 procédure : 0 erreur, 0 avertissement$"), ("test", r"^(\d+) passed, 0 failed$")):
                out = subprocess.run([os.path.abspath("build/guichet"), command, "recette"], cwd=base, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT).stdout.decode()
                if re.search(good, out.replace("\u00a0", " "), re.M):
                    passed += 1
                else:
                    failed += 1
                    print(f"failed: {PAGE}, « {title} »: guichet {command} says\n{out}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
