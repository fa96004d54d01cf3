// What refuses to start, and says what to do: never a crash, never a half-started service.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, realpathSync, rmSync, truncateSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { check, command, equal, folder, guichet, sql, start, test, verify, visitor } from "./faults.mjs";

// A data folder with one filed request, at rest; each test breaks a copy of it.
let making, receipt;
async function make() {
	const server = await start();
	const filer = await (await visitor(server)).prepare();
	receipt = (await filer.file()).dossier;
	await server.stop();
	const pristine = `${server.data.replace(/\/data$/, "")}-rest`;
	cpSync(server.data, pristine, { recursive: true });
	process.on("exit", () => rmSync(pristine, { recursive: true, force: true }));
	return pristine;
}
async function rest() {
	const place = join(await folder(), "data");
	cpSync(await (making ??= make()), place, { recursive: true });
	return place;
}
const serve = (data, ...more) => command("serve", data, "--port", "0", ...more);

// Overwrites `count` bytes at `at`.
function damage(path, at, count) {
	const file = openSync(path, "r+");
	writeSync(file, Buffer.alloc(count, 0xa5), 0, count, at);
}

function refused({ status, said }, ...sentences) {
	equal(status, 1, said);
	for (const sentence of sentences)
		check(said.replace(/\u00a0/g, " ").includes(sentence), `« ${sentence} » is not in:\n${said}`);
	check(!/répond sur|Sanitizer|runtime error/.test(said), said);
}

test("a damaged database at the start: refused, with the way back; the backup serves", async () => {
	const data = await rest(), copy = join(await folder(), "copie");
	const backup = await command("backup", data, copy);
	equal(backup.status, 0, backup.said);
	for (const [at, what] of [[0, "its first bytes"], [100, "its schema"]]) {
		copyFileSync(join(copy, "guichet.db"), join(data, "guichet.db"));
		damage(join(data, "guichet.db"), at, 3000);
		refused(await serve(data), "endommagé", "restaure");
		refused(await command("verify", data), "endommagé", "sauvegarde");
		check(what);
	}
	rmSync(data, { recursive: true });
	cpSync(copy, data, { recursive: true });
	await verify(data, [receipt]);
	const server = await start({ data, resume: true });
	await server.stop();
});

test("a database cut short, or empty", async () => {
	const data = await rest();
	truncateSync(join(data, "guichet.db"), 40000);
	refused(await serve(data), "endommagé", "guichet verify");
	refused(await command("verify", data), "endommagé");
});

test("data written by a newer program", async () => {
	const data = await rest();
	sql(data, "INSERT INTO migration (name, digest) VALUES ('9999-demain', 'x')");
	refused(await serve(data), "version plus récente", "9999-demain", "Installez cette version");
});

test("a data folder that is missing, is a file, or may not be read", async () => {
	const place = await folder();
	refused(await serve(join(place, "absent/plus/loin")), "dossier de données", "absent");
	writeFileSync(join(place, "fichier"), "rien");
	refused(await serve(join(place, "fichier")), "fichier");
	// Mistyped, it must not become a new and empty service.
	refused(await serve(join(place, "nouveau")), "guichet.db", "guichet import");
	check(!existsSync(join(place, "nouveau")), "nothing was created");
	mkdirSync(join(place, "fermé"), { mode: 0o000 });
	if (process.getuid() === 0) { // root reads everything: somebody else is asked
		chmodSync(place, 0o755);
		const asNobody = spawnSync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", guichet, "serve", join(place, "fermé"),
			"--port", "0"], { encoding: "utf8", timeout: 20000 });
		if (!/setpriv/.test(asNobody.stderr))
			refused({ status: asNobody.status, said: asNobody.stdout + asNobody.stderr }, "fermé", "droits");
	} else {
		refused(await serve(join(place, "fermé")), "fermé", "droits");
	}
	chmodSync(join(place, "fermé"), 0o700);
});

test("a port that is taken", async () => {
	const other = createServer().listen(0, "127.0.0.1");
	await once(other, "listening");
	const { port } = other.address();
	refused(await command("serve", await rest(), "--port", String(port)), `Le port ${port}`, "déjà pris", "autre port");
	other.close();
});

test("a file left by a power cut, and that nobody names, is swept at the start; the young ones wait", async () => {
	const data = await rest();
	mkdirSync(join(data, "pieces/aa"), { recursive: true });
	const old = [join(data, "pieces/arrive-0123456789abcdef0123456789abcdef"), join(data, "pieces/aa", "aa".repeat(32))];
	const young = join(data, "pieces/arrive-ffffffffffffffffffffffffffffffff");
	for (const path of [...old, young]) writeFileSync(path, "reste");
	const named = join(data, "pieces", sql(data, "SELECT substr(digest, 1, 2) || '/' || digest FROM attachment"));
	for (const path of [...old, named]) utimesSync(path, 1000, 1000);
	const server = await start({ data, resume: true });
	await server.has("event=upkeep files_removed=2");
	await server.stop();
	equal([...old, young, named].map(path => existsSync(path)), [false, false, true, true]);
	await verify(data, [receipt]);
});

test("the unit of systemd says nothing wrong", async () => {
	const unit = join(await folder(), "guichet.service");
	writeFileSync(unit, readFileSync("deploy/guichet.service", "utf8").replaceAll("/usr/local/bin/guichet", realpathSync(guichet)));
	const told = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
	if (told.error?.code === "ENOENT") return; // no systemd here
	equal([told.status, told.stderr], [0, ""]);
});

test("options that mean nothing", async () => {
	const data = await rest();
	for (const [args, sentence] of [[["--port", "soixante"], "n’est pas un nombre"], [["--nimporte", "quoi"], "n’existe pas"],
		[["--clock", "demain"], "n’est pas un moment"], [["--smtp-password-file", "/nulle/part"], "illisible"]]) {
		const { status, said } = await command("serve", data, ...args);
		equal(status, 2, said);
		check(said.replace(/\u00a0/g, " ").includes(sentence), said);
	}
});

test("a second server on the same data is refused", async () => {
	const server = await start();
	refused(await serve(server.data), "déjà", "arrêtez");
	const filer = await (await visitor(server)).prepare();
	equal((await filer.file()).status, 303, "the first one goes on");
	await server.stop();
	await verify(server.data);
});

test("a broken procedure does not open; a good campaign opened while the service runs appears without a new start", async () => {
	const server = await start();
	const place = await folder();
	const broken = join(place, "casse");
	cpSync("procedures/teletravail-academie", broken, { recursive: true });
	const yaml = join(broken, "procedure.yaml");
	execFileSync("sed", ["-i", "s/^formulaire:/formulair:/", yaml]);
	const before = await (await visitor(server)).get("/");
	refused(await command("campaign", server.data, broken, "2023-2024"), "n’est pas en état d’ouvrir", "procedure.yaml:");
	writeFileSync(yaml, "guichet: 1\n  titre: [\n");
	refused(await command("campaign", server.data, broken, "2023-2024"), "procedure.yaml");
	refused(await command("campaign", server.data, join(place, "nulle-part"), "2023-2024"), "nulle-part");
	refused(await command("campaign", server.data, "procedures/teletravail-academie", "1912"), "1912");
	equal(sql(server.data, "SELECT count(*) FROM campaign"), String(readdirSync("procedures/teletravail-academie/campagnes").length));

	// Another procedure: the same one under another name.
	const other = join(place, "bis");
	cpSync("procedures/teletravail-academie", other, { recursive: true });
	execFileSync("sed", ["-i", "s/^procédure: .*/procédure: essai-bis/", join(other, "procedure.yaml"),
		join(other, "campagnes/2023-2024.yaml")]);
	const opened = await command("campaign", server.data, other, "2023-2024");
	equal(opened.status, 0, opened.said);
	check(!before.body.includes("essai-bis"));
	const who = await visitor(server);
	for (const deadline = Date.now() + 15000; ; ) {
		if ((await who.get("/")).body.includes("essai-bis-2023-2024")) break;
		check(Date.now() < deadline, "the new campaign never appeared");
		await new Promise(resolve => setTimeout(resolve, 100));
	}
	equal((await who.get("/campagnes/essai-bis-2023-2024/demande")).status, 200);
	await server.stop();
	await verify(server.data);
});

test("a broken import while people work: told line by line, and nothing of it is kept", async () => {
	const server = await start();
	const filer = await (await visitor(server)).prepare();
	const place = await folder();
	const count = () => sql(server.data, "SELECT (SELECT count(*) FROM person_version), (SELECT count(*) FROM structure_version)");
	const before = count();
	for (const [name, content, sentence] of [
		["vide.csv", "", "vide"],
		["colonnes.csv", "nom;prénom\nDupont;Jean\n", "colonne"],
		["binaire.csv", Buffer.from([0xff, 0xfe, 0, 0, 1, 2, 3, 10]), "UTF-8"],
		["coupé.csv", "matricule;civilite;prenom;nom\n\"V1;Mme;Ana", ""],
	]) {
		writeFileSync(join(place, name), content);
		const { status, said } = await command("import", server.data, "--personnes", join(place, name));
		equal(status, 1, `${name}: ${said}`);
		check(said.replace(/\u00a0/g, " ").includes(sentence), `${name}: ${said}`);
		equal(count(), before, name);
	}
	equal((await filer.file()).status, 303, "requests go on");
	await server.stop();
	await verify(server.data);
});
