#!/usr/bin/python3
"""The page of all keys (doc/manual/cles.md), as `guichet schema` tells them: each mapping, each key, its sentence.

  test/manual/keys.py            compares the page; the last line is "N passed, N failed"
  test/manual/keys.py --write    writes it

Run from the root."""
import json, subprocess, sys, tempfile

PAGE = "doc/manual/cles.md"
FILES = [("procedure", "procedure.yaml", "[Écrire une procédure](langage.md) les explique dans l’ordre où l’on en a besoin."),
         ("campagne", "campagnes/*.yaml", "Voir [Une campagne](langage.md#une-campagne)."),
         ("essais", "essais/*.yaml", "Voir [Les essais](essais.md).")]


def refs(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rsplit("/", 1)[1]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for item in node:
            yield from refs(item)


def words(node):
    """The words among which one chooses, at any depth, but those of other mappings."""
    if isinstance(node, dict):
        if "enum" in node and node["enum"] != ["oui", "non"]:
            yield from node["enum"]
        for key, value in node.items():
            if key != "$ref":
                yield from words(value)
    elif isinstance(node, list):
        for item in node:
            yield from words(item)


def table(shape):
    needed = shape.get("required", [])
    yield "| Clé | Ce qu’elle dit |"
    yield "| --- | --- |"
    for key, value in shape["properties"].items():
        chosen = [word for word in words(value) if word not in ("rien",)]
        about = value["description"].replace("|", "\\|")
        told = about + (" Un mot parmi : " + ", ".join(f"`{word}`" for word in chosen) + "." if len(chosen) > 1 else "")
        yield f"| {'**' if key in needed else ''}`{key}`{'**' if key in needed else ''} | {told} |"


def page():
    yield "# Toutes les clés"
    yield ""
    yield "Pour qui écrit une procédure et cherche un mot, ou à qui `guichet check` en refuse un. Cette page se consulte ; pour apprendre, prenez le [tutoriel](tutoriel.md)."
    yield ""
    yield "Ce que chaque fichier peut contenir, clé par clé, pour retrouver un mot. Une clé en **gras** ne peut pas manquer ; une liste d’un seul"
    yield "élément s’écrit aussi sans crochets quand la phrase le permet. `guichet schema` dit la même chose à votre éditeur, et les tests comparent cette"
    yield "page à ce que le programme sait lire."
    for kind, name, see in FILES:
        schema = json.loads(subprocess.run(["build/guichet", "schema", kind], stdout=subprocess.PIPE, check=True).stdout)
        shapes = {"": schema, **schema["definitions"]}
        yield from ["", f"## `{name}`", "", see, "", *table(schema)]
        for shape, what in schema["definitions"].items():
            title = what["title"][0].upper() + what["title"][1:]
            under = [(key, where) for where, other in shapes.items() for key, value in other["properties"].items()
                     if shape in refs(value)]
            places = " ; ".join(f"`{key}`" + (f" ({shapes[where]['title']})" if where else "") for key, where in under)
            yield from ["", f"### {title}", "", f"Sous {places}.", "", *table(what)]


def typeset(text):
    """The spaces French does not break, as tools/check-french puts them in every page."""
    with tempfile.NamedTemporaryFile("w+", suffix=".md", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        subprocess.run(["tools/check-french", "--mend", file.name], check=True, stdout=subprocess.DEVNULL)
        with open(file.name, encoding="utf-8") as mended:
            return mended.read()


expected = typeset("\n".join(page()) + "\n")
if "--write" in sys.argv:
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(expected)
with open(PAGE, encoding="utf-8") as file:
    found = set(file.read().split("\n"))
missing = [line for line in expected.split("\n") if line not in found]
stale = sorted(found - set(expected.split("\n")))
for line in missing:
    print(f"failed: {PAGE} has not: {line}")
for line in stale:
    print(f"failed: {PAGE} has, and the program does not know: {line}")
rows = sum(line.startswith("| ") for line in expected.split("\n"))
print(f"{rows - len(missing)} passed, {len(missing) + len(stale)} failed")
sys.exit(1 if missing or stale else 0)
