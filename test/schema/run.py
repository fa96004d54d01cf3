#!/usr/bin/python3
"""The schema that editors read (guichet schema) beside the reader (guichet check, guichet test).

Every file of the tree that the reader accepts, the schema accepts. Then each file is damaged everywhere it
can be (a key taken away, a key nobody knows, a value of another form), and the two are compared:
  - what the schema refuses, the reader refuses: no author is told of a mistake that is none;
  - an unknown key (104) or a missing one (105) that the reader tells, the schema tells;
  - a word that is none of those allowed, both refuse;
  - each key of the schema stands in a file that the reader accepts.

Run from the root: test/schema/run.py. The last line is "N passed, N failed"."""
import copy, glob, json, os, re, subprocess, sys, tempfile
import jsonschema, yaml

GUICHET = os.path.abspath("build/guichet")
passed, failed = 0, 0


def check(truth, what):
    global passed, failed
    passed, failed = passed + bool(truth), failed + (not truth)
    if not truth:
        print("failed:", what)


# ---- YAML as editors read it: 1.2, where "oui" is a text, 2024-01-31 too ----

class Core(yaml.SafeLoader):
    yaml_implicit_resolvers = {}


for tag, pattern, first in [
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
        ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
        ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789"))]:
    Core.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)


def as_1_1(text):
    """Where PyYAML still reads 1.1: a question mark within braces is no mark of a key."""
    return re.sub(r"\?(?=[,}\]])", "\uff1f", text)


def keys_are_texts(tree):
    if isinstance(tree, dict):
        return {str(key): keys_are_texts(value) for key, value in tree.items()}
    return [keys_are_texts(item) for item in tree] if isinstance(tree, list) else tree


def typed(text):
    return keys_are_texts(yaml.load(as_1_1(text), Core))


def plain(text):
    """The same tree, each scalar as its text, as our reader sees it."""
    return yaml.load(as_1_1(text), yaml.BaseLoader)


# ---- the files of the tree ----

def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blocks(path):
    """The files that the examples of a page of the manual make together: see procedure_findings_test.c."""
    files, name = {}, None
    for line in text_of(path).split("\n"):
        if line.startswith("```"):
            language, _, rest = line[3:].partition(" ")
            ours = language in ("yaml", "text", "markdown", "csv", "xml")
            name = None if name or not ours else rest or "procedure.yaml"
        elif name:
            files[name] = files.get(name, "") + line + "\n"
    return files


def folder_files(folder):
    found = {}
    for path in glob.glob(folder + "/**/*", recursive=True):
        if os.path.isfile(path) and not path.endswith("attendu.txt"):
            found[os.path.relpath(path, folder)] = path
    return found


def write_folder(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())


def kind_of(name):
    return "procedure" if name == "procedure.yaml" else "campagne" if name.startswith("campagne") \
        else "essais" if name.startswith("essais/") and name.endswith(".yaml") else None


schemas, validators = {}, {}
for kind in ("procedure", "campagne", "essais"):
    schemas[kind] = json.loads(subprocess.run([GUICHET, "schema", kind], stdout=subprocess.PIPE, check=True).stdout)
    jsonschema.Draft7Validator.check_schema(schemas[kind])
    validators[kind] = jsonschema.Draft7Validator(schemas[kind])

# Each procedure: its files, as bytes.
procedures = {}
for folder in sorted(glob.glob("procedures/*") + glob.glob("test/tables/*") + glob.glob("test/outside/*") + glob.glob("test/natures/*") + glob.glob("test/subject/*") + glob.glob("test/circuit/*") + ["test/rapport", "test/interim/accord", "test/annulation", "test/procedure/base", "test/schema/rare"]):
    procedures[folder] = {name: open(path, "rb").read() for name, path in folder_files(folder).items()}
procedures["doc/manual/langage.md"] = {
    "campagnes/manuel.yaml" if name == "campagne.yaml" else name: content.encode()
    for name, content in blocks("doc/manual/langage.md").items()}

# ---- whatever the reader accepts, the schema accepts ----

used = set()
of_the_manual = False
shown = set()  # by the examples of the manual


def note_used(schema, node, tree):
    """The keys of the schema that this tree holds, whichever alternative takes them."""
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        return note_used(schema, dict(schema["definitions"][name], named=name), tree)
    for one in node.get("anyOf", []) + node.get("allOf", []):
        if jsonschema.Draft7Validator(dict(one, definitions=schema["definitions"])).is_valid(tree):
            note_used(schema, one, tree)
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in node.get("properties", {}):
                used.add((schema["title"], node.get("named", ""), key))
                if of_the_manual:
                    shown.add((schema["title"], node.get("named", ""), key))
                note_used(schema, node["properties"][key], value)
            elif isinstance(node.get("additionalProperties"), dict):
                note_used(schema, node["additionalProperties"], value)
    elif isinstance(tree, list) and "items" in node:
        for item in tree:
            note_used(schema, node["items"], item)


def accept(kind, where, tree):
    global of_the_manual
    of_the_manual = where.startswith("doc/manual/")
    told = [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}"
            for one in validators[kind].iter_errors(tree)]
    check(not told, f"{where}: {told[:3]}")
    if not told:
        note_used(schemas[kind], schemas[kind], tree)


for folder, files in procedures.items():
    for name, content in files.items():
        if kind_of(name):
            accept(kind_of(name), f"{folder}/{name}", typed(content.decode()))
accept("essais", "doc/manual/essais.md", typed(blocks("doc/manual/essais.md")["procedure.yaml"]))

# The tutorial: sections of a procedure are added or replaced, other files are whole (test/manual/run.mjs).
steps = {}
for name, body in re.findall(r"^```yaml (\S+)\n(.*?)^```$", text_of("doc/manual/tutoriel.md"), re.M | re.S):
    name = name.partition("/")[2]
    if not kind_of(name):  # the place where it is tried
        continue
    steps[name] = {**(steps.get(name, {}) if name == "procedure.yaml" else {}), **typed(body)}
    if name != "procedure.yaml":
        accept(kind_of(name), f"doc/manual/tutoriel.md, {name}", steps[name])
accept("procedure", "doc/manual/tutoriel.md, procedure.yaml", steps["procedure.yaml"])

sys.path.insert(0, "test/manual")
import recipes  # noqa: E402
for title, files in recipes.recipes():
    for name, content in files.items():
        if kind_of(name):
            accept(kind_of(name), f"doc/manual/recettes.md, {title}, {name}", typed(content))

# ---- damaged files ----

UNKNOWN, OTHERS = "clé_inconnue", [[], {}, "???", ["a", {"b": "c"}], {"clé_inconnue": "a"}]


def places(tree, path=()):
    """Every mapping and every value, by its path."""
    yield path, tree
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else []:
        yield from places(value, path + (key,))


def at(tree, path):
    for part in path:
        tree = tree[part]
    return tree


def damages(text):
    """(what, the tree as editors see it, the tree as our reader sees it)"""
    whole, bare = typed(text), plain(text)
    for path, value in places(bare):
        if isinstance(value, dict):
            for key in value:
                one, other = copy.deepcopy(whole), copy.deepcopy(bare)
                del at(one, path)[key], at(other, path)[key]
                yield f"without {'/'.join(map(str, path + (key,)))}", one, other
            one, other = copy.deepcopy(whole), copy.deepcopy(bare)
            at(one, path)[UNKNOWN] = at(other, path)[UNKNOWN] = "x"
            yield f"unknown key in {'/'.join(map(str, path))}", one, other
        for instead in OTHERS if path else []:
            one, other = copy.deepcopy(whole), copy.deepcopy(bare)
            at(one, path[:-1])[path[-1]] = at(other, path[:-1])[path[-1]] = instead
            yield f"{json.dumps(instead)} as {'/'.join(map(str, path))}", one, other


def compare(folder, name, sampled):
    kind, files = kind_of(name), procedures[folder]
    cases = list(damages(files[name].decode()))
    if len(cases) > sampled:  # evenly, the same at each run
        cases = [cases[i * len(cases) // sampled] for i in range(sampled)]
    for first in range(0, len(cases), 90):
        some = cases[first:first + 90]
        with tempfile.TemporaryDirectory() as base:
            for i, (_, _, bare) in enumerate(some):
                write_folder(f"{base}/{i}", {**files, name: json.dumps(bare, ensure_ascii=False)})
            out = subprocess.run([GUICHET, "check", "--json"] + [str(i) for i in range(len(some))], cwd=base,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            findings = [[] for _ in some]
            for finding in json.loads(out.stdout)["findings"]:
                findings[int(finding["folder"])].append(finding)
        for (what, tree, _), told in zip(some, findings):
            refused = not validators[kind].is_valid(tree)
            numbers = sorted({one["number"] for one in told if one["severity"] == "error"})
            check(not refused or numbers, f"{folder}/{name}, {what}: the schema refuses what the reader accepts: "
                  + str([one.message[:150] for one in validators[kind].iter_errors(tree)][:2]))
            if 104 in numbers:
                check(refused, f"{folder}/{name}, {what}: the schema misses an unknown key")
            # Two keys are needed only beside others, which the schema cannot know.
            if any(one["number"] == 105 and not re.search(r"«\s(fonction|de|fichier)\s?:?\s»|demandeur|«\smessage\s?:\s»|à ce qu’on inscrit",
                                                           one["message"]) for one in told):
                check(refused, f"{folder}/{name}, {what}: the schema misses a missing key: "
                      + str([one["message"] for one in told if one["number"] == 105]))
            if what.startswith('"???" as ') and what.rsplit("/", 1)[-1] in CHOSEN and 107 in numbers \
                    and "données" not in what:
                words_refused.add(what.rsplit("/", 1)[-1])
                check(refused, f"{folder}/{name}, {what}: the schema misses a word that is none")


CHOSEN = ("type", "choix", "de", "est", "sens", "obligatoire", "fin", "libère", "groupé", "par_lot", "conservation",
          "formats", "avant", "à partir du", "longueur", "décimales", "annonce", "date")
words_refused = set()
compare("doc/manual/langage.md", "procedure.yaml", 1000)
compare("doc/manual/langage.md", "campagnes/manuel.yaml", 200)
for folder in ("test/tables/decision", "test/schema/rare"):
    compare(folder, "procedure.yaml", 300)
check(len(words_refused) >= 8, f"words tried: {sorted(words_refused)}")

# Files of essais: a key that nobody knows, in each mapping, said to guichet test too.
folder, name = "test/schema/rare", "essais/cles.yaml"
for what, tree, bare in damages(procedures[folder][name].decode()):
    if not what.startswith("unknown key"):
        continue
    with tempfile.TemporaryDirectory() as base:
        write_folder(base, {**procedures[folder], name: json.dumps(bare, ensure_ascii=False)})
        out = subprocess.run([GUICHET, "test", base], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
    refused = not validators["essais"].is_valid(tree)
    told = "clé inconnue" in out or "attente connue" in out
    check(told or not refused, f"{name}, {what}: the schema refuses what guichet test accepts")
    check(refused or not told, f"{name}, {what}: the schema misses an unknown key")

# ---- each key of the schema is accepted by the reader somewhere, and shown by an example of the manual ----

# What these have in common is shown once.
LIKE = {"row_field": "field", "register_column": "field", "campaign_data": "field", "local": "field", "deadline": "action", "passage": "deadline",
        "decision": "output", "rounding": "output"}


def is_shown(schema, name, key):
    return (schema["title"], name, key) in shown or name in LIKE and is_shown(schema, LIKE[name], key)


for kind, schema in schemas.items():
    for name, shape in [("", schema)] + list(schema["definitions"].items()):
        for key in shape["properties"]:
            check((schema["title"], name, key) in used, f"no file of the tree shows « {key} » of {name or kind}")
            # A procedure of structures is another procedure: its example is checked by test/subject.
            check(key in ("cite", "sujet") or is_shown(schema, name, key), f"no example of the manual shows « {key} » of {name or kind}")

print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
