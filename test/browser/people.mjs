// The persons of the demonstration that browser tests play, found in its directory.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

// From the directory of the demonstration: the school and the service with the most people who may ask.
export async function casting(data) {
	const program = `
import json, sqlite3, sys
db = sqlite3.connect("file:" + sys.argv[1] + "/guichet.db?mode=ro", uri=True)
people = """SELECT p.external_id, v.first_name, v.last_name, v.mail, a.function, w.name, w.regime, w.kind, s.code
  FROM appointment a JOIN person p ON p.id = a.person JOIN person_version v ON v.person = p.id
  JOIN structure s ON s.id = a.structure JOIN structure_version w ON w.structure = s.id """
def those(where, *values):
    keys = ("id", "first", "last", "mail", "function", "structure", "regime", "kind", "code")
    return [dict(zip(keys, row)) for row in db.execute(people + where + " ORDER BY p.external_id", values)]
may = "v.filiere IN ('administrative', 'technique', 'sociale', 'santé') AND v.mail <> '' AND a.function "
best = """SELECT s.code FROM appointment a JOIN person_version v ON v.person = a.person JOIN structure s ON s.id = a.structure
  JOIN structure_version w ON w.structure = s.id
  WHERE w.regime = ? AND w.kind IN ('collège', 'service', 'division') AND %s = 'agent'
  GROUP BY s.code ORDER BY count(*) DESC, s.code LIMIT 1""" % may
school, service = (db.execute(best, (regime,)).fetchone()[0] for regime in ("lien", "application"))
print(json.dumps({
  "head": those("WHERE s.code = ? AND a.function = 'chef d’établissement'", school)[0],
  "secretary": those("WHERE s.code = ? AND a.function = 'secrétaire d’intendance'", school)[0],
  "agents": those("WHERE s.code = ? AND " + may + "= 'agent'", school)[:7],
  "teacher": those("WHERE s.code = ? AND a.function = 'enseignant'", school)[0],
  "chief": those("WHERE s.code = ? AND a.function = 'chef de service'", service)[0],
  "staff": those("WHERE s.code = ? AND " + may + "= 'agent'", service)[:3],
  "support": those("WHERE a.function = 'personne support'")[0],
  "office": those("WHERE a.function = 'gestionnaire DPAE'")[0],
  "helper": those("WHERE a.function = 'assistance'")[0]}))`;
	return JSON.parse((await run("/usr/bin/python3", ["-c", program, data])).stdout);
}

export const nameOf = person => `${person.first} ${person.last}`;
export const listed = person => `${person.last} ${person.first}`; // as lists sort it

// Enters the demonstration as somebody, as a visitor does.
export async function enter(page, person) {
	await page.goto(`/demo?nom=${person.id}`);
	await page.getByRole("button", { name: new RegExp(`Entrer comme .*${nameOf(person)}`) }).first().click();
	await page.getByRole("heading", { name: `Bonjour ${person.first}` }).waitFor();
}
