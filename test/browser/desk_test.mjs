// The office that runs a campaign: lists, search, one by one and in batches, what goes wrong on the way, exports, figures,
// exemptions; and who may see none of it.
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { axe, check, equal, overflows, screenshot, startServer, test, visitor } from "./harness.mjs";

const run = promisify(execFile);
const campaign = "/gestion/teletravail-academie-2023-2024";
const report = "/rapports/teletravail-academie/bilan";
const office = "V000052"; // of the office that runs the campaign

// ---- A campaign after its opinions: 64 favourable, 3 reserved, 3 unfavourable, 6 silent ----

let folder, server, dossiers;

async function desk() {
	if (server) return server;
	folder = await mkdtemp(join(tmpdir(), "guichet-desk-"));
	await (await startServer({ data: join(folder, "data"), clock: "2023-06-08T09:00" })).stop();
	const { stdout } = await run("build/release-gcc/seed", [join(folder, "data"), "--dossiers", "76",
		"--favourable", "64", "--reserved", "3", "--unfavourable", "3", "--clock", "2023-06-24T08:00"]);
	dossiers = stdout.trim().split("\n").map(line => {
		const [number, id, agent, structure, chef] = line.split(" ");
		return { number, id, agent, structure, chef };
	});
	server = await startServer({ data: join(folder, "data"), clock: "2023-06-26T09:00", more: ["--resume"] });
	return server;
}

// ---- Visits ----

async function post(page, address, form) {
	const html = await (await page.request.get("/demo")).text();
	return page.request.post(address, { form: { jeton: /name="jeton" value="([^"]+)"/.exec(html)[1], ...form }, maxRedirects: 0 });
}

async function enter(person, options = {}) {
	const page = await visitor({ url: (await desk()).url, ...options });
	equal((await post(page, "/demo", { personne: person })).status(), 303, `entering as ${person}`);
	return page;
}

async function look(page, name) {
	equal(await axe(page), [], name);
	check(!await overflows(page), `${name} is wider than its screen`);
	await screenshot(page, name);
}

// How many stand at a step, as its counter says.
async function standing(page, step) {
	await page.goto(`${campaign}?etape=${step}`);
	return Number(await page.locator("a.figure[aria-current] .figure-value").textContent());
}

async function finished(page) {
	await page.getByText("c’est fini").waitFor({ timeout: 60000 });
}

// ---- Stories ----

for (const phone of [false, true])
	test(`every page of the office is accessible ${phone ? "on a phone" : "on a desk"}`, async () => {
		const page = await enter(office, { phone });
		const kind = phone ? "-telephone" : "";
		for (const [name, address] of [["gestion", "/gestion"], ["dossiers", campaign], ["etape", `${campaign}?etape=instruction`],
			["recherche", `${campaign}?recherche=ess`], ["recherche-vide", `${campaign}?recherche=zzzz`],
			["structure-inconnue", `${campaign}?structure=XXXX`], ["calendrier", `${campaign}/calendrier`],
			["rapports", "/rapports"], ["rapport", report], ["indicateurs", `${campaign}/indicateurs`], ["indicateurs-corps", `${campaign}/indicateurs?par=3`],
			["derogations", `${campaign}/derogations`], ["derogations-nom", `${campaign}/derogations?nom=corb`],
			["derogations-agent", `${campaign}/derogations?agent=V000568`], ["demo", "/demo"], ["demo-nouvelle", "/demo?visite=nouvelle"],
			["horloge", "/demo/horloge"], ["courriels", "/demo/courriels"], ["compte", "/mon-compte"], ["aide", "/aide"],
			["accessibilite", "/accessibilite"], ["donnees", "/donnees-personnelles"], ["mot-de-passe", "/mot-de-passe"],
			["connexion", "/connexion"], ["activation", "/activation"]]) {
			if (phone && !/^(etape|recherche|calendrier|rapport|indicateurs-corps|derogations-nom|demo|horloge|compte)$/.test(name))
				continue;
			equal((await page.goto(address)).status(), 200, address);
			await look(page, `gestion-${name}${kind}`);
		}
		for (const [name, address, status] of [["introuvable", "/rien", 404], ["reserve", "/a-traiter/rien/rien", 404],
			["lot-inconnu", `${campaign}/lots/rien`, 404]]) {
			equal((await page.goto(address)).status(), status, address);
			await look(page, `gestion-${name}${kind}`);
		}
		equal(page.mistakes, []);
		await page.context().close();
	});

test("the list is filtered by step and structure, searched without accents or by number, and goes on page by page", async () => {
	const page = await enter(office);
	equal(await standing(page, "instruction"), 64);
	const names = async () => page.locator("td[data-label=Agent]").allTextContents();
	equal((await names()).length, 50);
	const first = await names();
	await page.getByRole("link", { name: "Les 50 suivants" }).click();
	const rest = await names();
	equal(rest.length, 14);
	equal(first.concat(rest).length, 64);
	await page.getByRole("link", { name: "Revenir aux premiers" }).click();
	equal(await names(), first);

	await page.getByLabel("Nom de l’agent ou numéro").fill("ESSÉ");
	await page.getByRole("button", { name: "Chercher" }).click();
	const accented = await names();
	check(accented.length > 0 && accented.every(name => /^ess[eé]/i.test(name)), `found ${accented}`);
	await page.getByLabel("Nom de l’agent ou numéro").fill("esse");
	await page.getByRole("button", { name: "Chercher" }).click();
	equal(await names(), accented);
	await page.getByLabel("Nom de l’agent ou numéro").fill(dossiers[6].number);
	await page.getByRole("button", { name: "Chercher" }).click();
	equal(await page.locator("td[data-label=Numéro]").allTextContents(), [dossiers[6].number]);
	await page.getByRole("link", { name: "Tout afficher" }).click();
	await page.getByLabel("Code de structure").fill(dossiers[0].structure);
	await page.getByRole("button", { name: "Chercher" }).click();
	const there = await page.locator("td[data-label=Numéro]").allTextContents();
	equal(there.sort(), dossiers.filter(one => one.structure === dossiers[0].structure).map(one => one.number).sort());
	equal(page.mistakes, []);
	await page.context().close();
});

test("one convention is drawn up from its dossier, then sent back to be instructed", async () => {
	const page = await enter(office);
	await page.goto(`/dossiers/${dossiers[0].id}/actions/${encodeURIComponent("générer")}`);
	await page.getByRole("button", { name: "Établir la convention" }).click();
	await page.getByText("C’est fait.").waitFor();
	await page.getByText("Convention établie").first().waitFor();
	await page.goto(`/dossiers/${dossiers[0].id}/actions/reprendre`);
	await page.getByRole("button", { name: "Reprendre l’instruction" }).click();
	const yes = page.getByRole("dialog").getByRole("button", { name: "Reprendre l’instruction" });
	if (await yes.isVisible().catch(() => false)) await yes.click();
	await page.getByText("convention à établir").first().waitFor();
	await page.context().close();
});

test("a batch asks once, tells a mistake before it starts, survives the end of typesetting, and can be led back", async () => {
	const page = await enter(office);
	await page.goto(`${campaign}?etape=instruction`);
	await page.getByLabel("Tous les dossiers de cette étape (64)").check();
	await page.getByRole("button", { name: "Établir la convention" }).click();
	await look(page, "gestion-lot-preparer");
	equal(await page.inputValue("[name=fin_décidée]"), "2024-08-31", "what is proposed to all");
	await page.getByLabel("Fin de l’autorisation").fill("2025-08-31");
	await page.getByRole("button", { name: "Établir la convention (64 dossiers)" }).click();
	await page.getByText("La fin suit le début prévu").first().waitFor();
	equal(await page.getByRole("button", { name: "Établir la convention (64 dossiers)" }).count(), 1, "nothing has started");
	await page.getByLabel("Fin de l’autorisation").fill("2024-06-30");

	// The same form, twice: one batch.
	const fields = await page.locator("form.form").evaluate(form => [...new FormData(form)]);
	const body = new URLSearchParams(fields).toString();
	const send = () => page.request.post(`${campaign}/lots`, { data: body, maxRedirects: 0,
		headers: { "Content-Type": "application/x-www-form-urlencoded" } });
	const [one, two] = await Promise.all([send(), send()]);
	equal([one.status(), two.status()], [303, 303]);
	equal(one.headers().location, two.headers().location, "the same form is the same batch");

	// The process that sets letters dies meanwhile: it comes back, and no letter is missing.
	const children = spawnSync("ps", ["--ppid", String(server.pid), "-o", "pid=,args="]).stdout.toString();
	const typeset = /^\s*(\d+) .*typeset/m.exec(children);
	check(typeset, `no typeset among: ${children}`);
	process.kill(Number(typeset[1]), "SIGKILL");

	await page.goto(one.headers().location);
	await finished(page);
	await page.getByText("Tous les dossiers ont été traités").waitFor();
	await look(page, "gestion-lot-fini");
	equal(await page.getByText("Fait", { exact: true }).count(), 64);
	equal(await standing(page, "convention_prête"), 64);
	for (const { id, number } of dossiers.slice(0, 64)) {
		await page.goto(`/dossiers/${id}`);
		const addresses = await page.locator("a[href$='/pdf']").evaluateAll(links => links.map(link => link.getAttribute("href")));
		const wanted = `/dossiers/${id}/documents/`;
		let pdf = null;
		for (const deadline = Date.now() + 60000; !pdf && Date.now() < deadline; await new Promise(r => setTimeout(r, 100))) {
			const links = await page.request.get(`/dossiers/${id}`).then(answer => answer.text());
			const last = [...links.matchAll(new RegExp(`${wanted}(\\d+)`, "g"))].map(match => Number(match[1])).sort((a, b) => b - a)[0];
			const answer = last === undefined ? null : await page.request.get(`${wanted}${last}/pdf`);
			if (answer?.status() === 200) pdf = await answer.body();
		}
		check(pdf && pdf.subarray(0, 5).toString() === "%PDF-", `no letter for ${number} (${addresses})`);
	}

	// Back, then forth again.
	await page.goto(one.headers().location);
	await page.getByRole("button", { name: "Reprendre l’instruction" }).click();
	await page.getByText("il faudra l’établir de nouveau").waitFor();
	await page.getByRole("button", { name: "Reprendre l’instruction (64 dossiers)" }).click();
	await finished(page);
	equal(await standing(page, "instruction"), 64);
	equal(page.mistakes, []);
	await page.context().close();
});

test("a batch without JavaScript: chosen boxes, a link to reload, each result told, what has moved is left alone", async () => {
	const page = await enter(office, { javascript: false });
	await page.goto(`${campaign}?etape=instruction`);
	const boxes = page.locator("input[name=dossier]");
	for (const i of [0, 1, 2]) await boxes.nth(i).check();
	const moved = (await boxes.nth(1).inputValue()).split(":")[0];
	await page.getByRole("button", { name: "Établir la convention" }).click();

	// Meanwhile somebody else does one of them.
	const other = await enter(office);
	await other.goto(`/dossiers/${moved}/actions/${encodeURIComponent("générer")}`);
	await other.getByRole("button", { name: "Établir la convention" }).click();
	await other.getByText("C’est fait.").waitFor();
	await other.context().close();

	await page.getByRole("button", { name: "Établir la convention (3 dossiers)" }).click();
	for (let i = 0; i < 100 && await page.getByText("c’est fini").count() === 0; i++)
		await page.getByRole("link", { name: "Actualiser" }).click().catch(() => page.reload());
	await page.getByText("1 dossier n’a pas pu être traité").waitFor();
	equal(await page.getByText("Fait", { exact: true }).count(), 2);
	equal(await page.getByText("Refusé", { exact: true }).count(), 1);
	await page.getByRole("button", { name: "Envoyer à la signature" }).click();
	await page.getByRole("button", { name: "Envoyer à la signature (2 dossiers)" }).click();
	for (let i = 0; i < 100 && await page.getByText("c’est fini").count() === 0; i++)
		await page.reload();
	equal(await standing(page, "signature_chef"), 2);
	await page.context().close();
});

test("nothing ticked, an action that is not for batches, a campaign that is not there: told, and nothing happens", async () => {
	const page = await enter(office);
	await page.goto(`${campaign}?etape=instruction`);
	await page.getByRole("button", { name: "Établir la convention" }).click();
	await page.getByText("Aucun dossier n’est coché").waitFor();
	equal((await post(page, `${campaign}/lots`, { etape: "avis_manquant", action: "classer", tous: "oui" })).status(), 422);
	equal((await post(page, `${campaign}/lots`, { etape: "nulle_part", action: "générer", tous: "oui" })).status(), 422);
	equal((await post(page, "/gestion/autre/lots", { etape: "instruction", action: "générer", tous: "oui" })).status(), 404);
	equal((await page.request.post(`${campaign}/lots`, { form: { etape: "instruction", action: "générer", tous: "oui" } })).status(), 403);
	await page.context().close();
});

test("missing opinions are reopened in a batch, with a day to come and grounds", async () => {
	const page = await enter(office);
	await page.goto(`${campaign}?etape=avis_manquant`);
	await page.getByLabel("Tous les dossiers de cette étape (6)").check();
	await page.getByRole("button", { name: "Rouvrir l’avis" }).click();
	await page.getByLabel("Avis possible jusqu’au").fill("2023-06-01");
	await page.getByLabel("Motif de la réouverture").fill("Chefs absents la semaine des avis");
	await page.getByRole("button", { name: "Rouvrir l’avis (6 dossiers)" }).click();
	await page.getByText("Donnez une date à venir.").first().waitFor();
	await page.getByLabel("Avis possible jusqu’au").fill("2023-06-30");
	await page.getByRole("button", { name: "Rouvrir l’avis (6 dossiers)" }).click();
	await finished(page);
	equal(await standing(page, "avis_attendu"), 6);
	await page.goto(`${campaign}/calendrier`);
	await page.getByText("« Avis attendu » devient « Avis en attente, délai passé » (6 dossiers)").waitFor();
	check(!/sans_modification|silence/.test(await page.locator("main").textContent()), "a name is not a label");
	equal(page.mistakes, []);
	await page.context().close();
});

test("the export opens in a spreadsheet: UTF-8 with its mark, semicolons, no formula", async () => {
	const page = await enter(office);
	await page.goto(campaign);
	const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Demandes", exact: true }).click()]);
	equal(download.suggestedFilename(), "teletravail-academie-2023-2024-demandes.csv");
	const path = join(folder, "export.csv");
	await download.saveAs(path);
	const reader = `
import csv, json, sys
raw = open(sys.argv[1], "rb").read()
rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
print(json.dumps({"mark": raw[:3] == b"\\xef\\xbb\\xbf", "head": rows[0], "count": len(rows) - 1,
	"widths": sorted(set(map(len, rows))), "formulas": [c for r in rows for c in r if c[:1] in "=+-@" and c],
	"lines": raw.count(b"\\r\\n"), "numbers": sorted(r[0] for r in rows[1:])}))`;
	const script = join(folder, "read.py");
	await writeFile(script, reader);
	const told = JSON.parse((await run("python3", [script, path])).stdout);
	equal([told.mark, told.count, told.widths, told.formulas, told.lines], [true, 76, [15], [], 77]);
	equal(told.head.slice(0, 4), ["Numéro", "État", "Matricule", "Nom"]);
	equal(told.numbers, dossiers.map(one => one.number).sort());
	equal((await page.request.get(`${campaign}/exports/rien`)).status(), 404);
	await page.context().close();
});

test("indicators add up, and no group of fewer than three dossiers is shown", async () => {
	const page = await enter(office);
	for (const by of [1, 2, 3]) {
		await page.goto(`${campaign}/indicateurs?par=${by}`);
		const counts = (await page.locator("tbody td[data-label='Demandes déposées']").allTextContents()).map(Number);
		equal(counts.at(-1), 76);
		equal(counts.slice(0, -1).reduce((a, b) => a + b, 0), 76);
		check(counts.every(count => count >= 3), `a small group shows: ${counts}`);
	}
	await page.context().close();
});

test("the report adds up, keeps small groups together, and each head reads their own service alone", async () => {
	const page = await enter(office);
	await page.goto("/");
	await page.getByRole("link", { name: "Rapports" }).click();
	await page.getByRole("link", { name: "Bilan de la campagne" }).click();
	equal(await page.locator(".figure-value").first().textContent(), "76");
	for (const title of ["Département", "Catégorie"]) {
		const counts = (await page.getByRole("region", { name: title }).locator("td[data-label='Demandes']").allTextContents()).map(Number);
		equal(counts.at(-1), 76, title);
		equal(counts.slice(0, -1).reduce((a, b) => a + b, 0), 76, title);
		check(counts.every(count => count >= 3), `a small group shows: ${counts}`);
	}
	await page.emulateMedia({ media: "print" });
	await screenshot(page, "rapport-imprime");
	await page.emulateMedia({ media: "screen" });
	const file = async address => (await page.request.get(address)).text();
	const lines = (await file(`${report}/csv?tableau=mesures`)).replace("\ufeff", "").trim().split("\r\n");
	equal(lines[0], '"Répartition";"Groupe";"Demandes";"Jours par semaine";"Jours en moyenne";"Avis favorables";"Refusées"');
	check(/^"";"Ensemble";"76";"\d+";"1,\d+";"67";"3"$/.test(lines[1]), lines[1]);
	check((await file(`${report}/csv?tableau=${encodeURIComponent("états")}`)).includes('"Où en sont les demandes";"Dossiers"'));
	equal((await page.request.get(`${report}/csv?tableau=rien`)).status(), 404);
	equal((await page.request.get("/rapports/teletravail-academie/rien")).status(), 404);
	equal((await page.request.get("/rapports/rien/bilan")).status(), 404);
	equal(page.mistakes, []);
	await page.context().close();

	// a head counts the requests of their structure and no other; with few of them nothing is told
	const heads = [...new Set(dossiers.map(one => one.chef))].map(chef => ({ chef, own: dossiers.filter(one => one.chef === chef).length }))
		.sort((a, b) => b.own - a.own);
	const few = heads.find(one => one.own > 0 && one.own < 3);
	const alone = await enter(few.chef);
	await alone.goto(report);
	await alone.getByText("Trop peu de dossiers").waitFor();
	equal(await alone.locator(".figure").count(), 0);
	equal((await (await alone.request.get(`${report}/csv?tableau=mesures`)).text()).trim().split("\r\n").length, 1, "nor in the file");
	await look(alone, "rapport-trop-peu");
	await alone.context().close();
	if (heads[0].own >= 3) {
		const many = await enter(heads[0].chef);
		await many.goto(report);
		equal(await many.locator(".figure-value").first().textContent(), String(heads[0].own));
		await many.context().close();
	}

	const agent = await enter(dossiers[0].agent);
	equal((await agent.request.get(report)).status(), 403, "an agent reads none");
	equal((await agent.request.get("/rapports")).status(), 403);
	await agent.goto("/");
	equal(await agent.getByRole("link", { name: "Rapports" }).count(), 0);
	await agent.context().close();
});

test("a late agent is given more time, by name and with grounds, and files", async () => {
	const page = await enter(office);
	await page.goto(`${campaign}/derogations`);
	await page.getByLabel("Nom ou matricule de l’agent").fill("V000553");
	await page.getByRole("button", { name: "Chercher l’agent" }).click();
	const late = dossiers.some(one => one.agent === "V000553") ? "V000554" : "V000553";
	await page.goto(`${campaign}/derogations?agent=${late}`);
	await page.getByRole("button", { name: "Rouvrir pour cet agent" }).waitFor();

	const agent = await enter(late);
	const request = "/campagnes/teletravail-academie-2023-2024";
	await agent.goto(request);
	equal(await agent.getByRole("link", { name: "Commencer ma demande" }).count(), 0, "too late");

	await page.getByLabel("Jusqu’au (ce jour compris)").fill("2023-06-20");
	await page.getByLabel("Motif").fill("Congé de maladie du 5 au 25 juin");
	await page.getByRole("button", { name: "Rouvrir pour cet agent" }).click();
	await page.getByText("La dérogation n’est pas enregistrée").waitFor();
	equal(await page.getByLabel("Motif").inputValue(), "Congé de maladie du 5 au 25 juin", "what was typed stays");
	await page.getByLabel("Jusqu’au (ce jour compris)").fill("2023-06-30");
	await page.getByRole("button", { name: "Rouvrir pour cet agent" }).click();
	await page.getByText("La dérogation est enregistrée.").waitFor();
	await page.getByText("Congé de maladie du 5 au 25 juin").waitFor();
	await look(page, "gestion-derogation-donnee");

	await agent.goto(request);
	await agent.getByRole("link", { name: "Commencer ma demande" }).click();
	const next = () => agent.getByRole("button", { name: "Enregistrer et continuer" }).click();
	await agent.getByLabel("Date de l’échange").fill("2023-06-02");
	await agent.getByLabel("Nom de votre supérieur hiérarchique direct").fill("Claire Delorme");
	await agent.getByLabel("Je déclare avoir obtenu l’accord préalable").check();
	await next();
	await agent.getByLabel("Nombre de jours par semaine").fill("1");
	await agent.getByLabel("jeudi").check();
	await agent.getByLabel("Modalités convenues avec votre supérieur").fill("Tableaux de suivi.");
	await agent.getByLabel("Non", { exact: true }).check();
	await next();
	await agent.getByLabel("Adresse du lieu de télétravail").fill("3 rue des Tilleuls\n99100 Valmont-la-Ville");
	await next();
	const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
	await agent.setInputFiles("input[type=file]", { name: "attestation.png", mimeType: "image/png", buffer: png });
	await agent.getByRole("button", { name: /^Envoyer le/ }).click();
	await agent.getByText("Le fichier est reçu.").waitFor();
	await agent.getByRole("link", { name: "Continuer" }).click();
	await agent.getByRole("button", { name: "Déposer ma demande" }).click();
	await agent.getByText("Votre demande est déposée").first().waitFor();
	equal(page.mistakes.concat(agent.mistakes), []);
	await agent.context().close();
	await page.context().close();
});

test("nobody else sees the office's pages, nor learns what is there", async () => {
	const addresses = [campaign, `${campaign}?etape=instruction`, `${campaign}/calendrier`, `${campaign}/indicateurs`,
		`${campaign}/derogations`, `${campaign}/exports/demandes`, `${campaign}/lots/rien`, "/gestion"];
	for (const person of [dossiers[0].agent, dossiers[0].chef]) {
		const page = await enter(person);
		for (const address of addresses)
			check([403, 404].includes((await page.request.get(address)).status()), `${person} sees ${address}`);
		for (const address of [`${campaign}/lots`, `${campaign}/lots/preparer`, `${campaign}/derogations`, `${campaign}/calendrier`])
			check([403, 404].includes((await post(page, address, { etape: "instruction", action: "générer", tous: "oui" })).status()),
				`${person} may post to ${address}`);
		equal((await page.request.get(`/dossiers/${dossiers[40].id}`)).status(), 404, "somebody else's dossier does not exist");
		await page.context().close();
	}
	const stranger = await visitor({ url: server.url });
	for (const address of addresses) {
		await stranger.goto(address);
		check(stranger.url().includes("/connexion"), `a stranger sees ${address}`);
	}
	await stranger.context().close();
});

test("a forgotten password: the same answer for everybody, not too often; the mailed link serves once and ends the other visits", async () => {
	const page = await visitor({ url: (await desk()).url });
	const ask = async address => {
		await page.goto("/mot-de-passe");
		await page.getByLabel("Adresse professionnelle").fill(address);
		await page.getByRole("button", { name: "Recevoir un lien" }).click();
		await page.locator("h1").waitFor();
		return page.locator("main").textContent();
	};
	const known = await ask("corinne.bastolley@ac-valmont.example");
	equal(await ask("personne@ac-valmont.example"), known);
	let answer = known, times = 1;
	for (; times < 12 && answer === known; times++) answer = await ask("corinne.bastolley@ac-valmont.example");
	check(/Trop de demandes/.test(answer) && times >= 4, `after ${times}: ${answer.slice(0, 200)}`);

	await page.goto("/demo/courriels?adresse=corinne.bastolley@ac-valmont.example");
	await page.getByRole("link", { name: /mot de passe|accès/ }).first().click();
	const link = await page.getByRole("link", { name: /activation/ }).getAttribute("href");
	await page.goto(link);
	await look(page, "compte-activation");
	await page.getByLabel("Nouveau mot de passe").fill("court");
	await page.getByRole("button", { name: "Enregistrer ce mot de passe" }).click();
	await page.locator(".error-message").waitFor();
	await page.getByLabel("Nouveau mot de passe").fill("une phrase assez longue");
	await page.getByRole("button", { name: "Enregistrer ce mot de passe" }).click();
	await page.getByText("Votre mot de passe est enregistré.").waitFor();

	// Logged in elsewhere with it; « partout » ends both.
	const other = await visitor({ url: server.url });
	await other.goto("/connexion");
	await other.getByLabel("Adresse professionnelle").fill("corinne.bastolley@ac-valmont.example");
	await other.getByLabel("Mot de passe").fill("une phrase assez longue");
	await other.getByRole("button", { name: "Se connecter" }).click();
	await other.getByRole("button", { name: "Se déconnecter" }).waitFor();
	await page.goto("/mon-compte");
	await look(page, "compte");
	await page.getByRole("button", { name: "Se déconnecter partout" }).click();
	await page.getByText("Vous êtes déconnecté de tous vos appareils.").waitFor();
	await other.goto("/mon-compte");
	check(other.url().includes("/connexion"), "the other visit has ended too");
	await page.goto(link);
	await page.getByLabel("Nouveau mot de passe").fill("une autre phrase bien longue");
	await page.getByRole("button", { name: "Enregistrer ce mot de passe" }).click();
	await page.locator(".error-message").waitFor();
	await other.context().close();
	await page.context().close();
});

test("a closed account admits nobody any more, at once", async () => {
	const page = await visitor({ url: (await desk()).url });
	const enterByPassword = async () => {
		await page.goto("/connexion");
		await page.getByLabel("Adresse professionnelle").fill("chantal.belettin@ac-valmont.example");
		await page.getByLabel("Mot de passe").fill("le guichet est ouvert");
		await page.getByRole("button", { name: "Se connecter" }).click();
	};
	await enterByPassword();
	await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
	equal((await page.goto("/gestion")).status(), 200);
	await run("build/guichet", ["person", server.data, "disable", "V000051"]);
	await page.goto("/gestion");
	check(page.url().includes("/connexion"), "an open visit ends with its account");
	await enterByPassword();
	await page.getByText("L’adresse ou le mot de passe ne convient pas.").waitFor();
	await run("build/guichet", ["person", server.data, "enable", "V000051"]);
	await enterByPassword();
	await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
	await page.context().close();
});

test("the guided visit leads one request from its filing to its end", async () => {
	const page = await visitor({ url: (await desk()).url });
	await page.goto(`/demo?dossier=${dossiers[10].id}`);
	await page.getByText("Acceptée, convention à établir").waitFor();
	await page.getByRole("button", { name: /^Entrer comme .*gestionnaire DPAE/ }).click();
	equal(new URL(page.url()).pathname, campaign);
	await page.goto(`/dossiers/${dossiers[10].id}/actions/${encodeURIComponent("générer")}`);
	await page.getByRole("button", { name: "Établir la convention" }).click();
	await page.goto(`/dossiers/${dossiers[10].id}/actions/envoyer`);
	await page.getByRole("button", { name: "Envoyer à la signature" }).click();
	await page.getByText("C’est fait.").waitFor();
	await page.goto(`/demo?dossier=${dossiers[10].id}`);
	await page.getByText("Convention à signer par le chef").waitFor();
	await page.getByRole("button", { name: /^Entrer comme .*chef/ }).click();
	equal(new URL(page.url()).pathname, `/dossiers/${dossiers[10].id}`);
	equal(page.mistakes, []);
	await page.context().close();
});

test("the office's server stops", async () => {
	equal(await (await desk()).stop(), 0);
	await rm(folder, { recursive: true, force: true });
});
