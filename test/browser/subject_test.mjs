// The request of a structure: prepared and filed by one of those who direct it, seen and acted on by the other, refused to
// everybody else; with and without JavaScript.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, check, equal, overflows, plain, screenshot, startMailbox, startServer, test, visitor } from "./harness.mjs";
import { casting, enter } from "./people.mjs";

const press = (page, name) => page.getByRole("button", { name }).first().click();
const follow = (page, name) => page.getByRole("link", { name }).first().click();
const textOf = async page => plain(await page.locator("main").innerText());

// The procedure of the tests of the core, asked of schools of the demonstration in June 2023.
async function writeProcedure(own) {
	await cp("test/subject/enquete", own, { recursive: true });
	const change = async (name, ...pairs) => {
		let text = await readFile(join(own, name), "utf8");
		for (const [from, to] of pairs) {
			check(text.includes(from), `${name}: ${from}`);
			text = text.replace(from, to);
		}
		await writeFile(join(own, name), text);
	};
	await change("campagnes/2024.yaml", ["du: 2024-01-01, au: 2024-01-31", "du: 2023-06-01, au: 2023-06-30"]);
	await change("procedure.yaml", ["[directeur, faisant fonction]", "[chef d’établissement, secrétaire d’intendance]"],
		["fonction: [inspecteur, directeur], de: structure", "fonction: gestionnaire DPAE, de: partout"],
		["reçue, qui: direction, formulaire: réponse", "à_viser, qui: direction, formulaire: réponse"],
		["fonction: gestionnaire, de: partout", "fonction: gestionnaire DPAE, de: partout"],
		['agent.structure.type = "école"', "agent.structure.type != null"]);
}

async function looked(page, name, scripted = true) {
	if (scripted) equal(await axe(page), [], name);
	equal(await overflows(page), false, `${name} is too wide`);
	await screenshot(page, name);
}

async function respond(page, name, scripted, classes) {
	await page.goto("/");
	await page.getByRole("link", { name: "Une enquête auprès des écoles", exact: true }).click(); // not one's own dossiers
	await looked(page, `${name}-campaign`, scripted);
	check((await textOf(page)).includes("Oui, vous pouvez"), await textOf(page));
	await follow(page, "Commencer ma demande");
	const draft = new URL(page.url()).pathname;
	check(draft.includes("/structures/"), draft);
	await looked(page, `${name}-form`, scripted);
	await page.getByLabel("Nombre de classes").fill(classes);
	await press(page, "Enregistrer et revenir plus tard");
	await looked(page, `${name}-home`, scripted);
	await follow(page, "Une enquête auprès des écoles");
	await page.goto(`${draft}/recapitulatif`);
	await looked(page, `${name}-summary`, scripted);
	await press(page, "Répondre");
	await page.getByText("Votre demande est déposée").waitFor();
	await looked(page, `${name}-filed`, scripted);
	return [draft, new URL(page.url()).pathname];
}

async function play(server, cast, mailbox, scripted) {
	const name = `subject-${scripted ? "full" : "plain"}`;
	const [first, second] = scripted ? [cast.head, cast.secretary] : [cast.secretary, cast.head];
	const page = await visitor({ url: server.url, javascript: scripted, phone: !scripted });
	const other = await visitor({ url: server.url, javascript: scripted });
	const stranger = await visitor({ url: server.url });
	const office = await visitor({ url: server.url });
	await enter(page, first);
	const [draft, path] = await respond(page, name, scripted, "12");
	for (const person of [first, second])
		await mailbox.waitFor(person.mail, { subject: "Réponse de l’école" });

	// The other who directs it: among theirs, one only, and theirs to act on.
	await enter(other, second);
	check((await textOf(other)).includes(first.structure), "on the first page");
	await other.goto(new URL(draft.replace(/\/structures.*/, ""), server.url).href);
	check((await textOf(other)).includes("L’école a déjà répondu."), "again: " + await textOf(other));
	await other.goto(path);
	check((await textOf(other)).includes(first.structure), "the other: " + await textOf(other));
	await looked(other, `${name}-other`, scripted);

	// All that is theirs on one page, and a dossier born of it.
	await other.goto("/mes-demarches");
	check((await textOf(other)).includes(`Une enquête auprès des écoles, ${first.structure}`), "life: " + await textOf(other));
	await looked(other, `${name}-life`, scripted);
	await other.goto(path);
	await follow(other, "Rectification");
	await other.getByLabel("Nombre de classes").fill("5");
	await press(other, "Enregistrer et continuer");
	await press(other, "Rectifier");
	await other.getByText("Votre demande est déposée").waitFor();
	await looked(other, `${name}-child`, scripted);
	await page.goto("/mes-demarches");
	check((await textOf(page)).includes("Rectification"), "the child: " + await textOf(page));
	check((await textOf(page)).includes("Rectification demandée"), "what happened: " + await textOf(page));

	// Everybody else there: nothing of it exists.
	await enter(stranger, cast.teacher);
	for (const [place, status] of [[path, 404], [draft, 404], [`${draft}/recapitulatif`, 404], [`${draft}/abandonner`, 404]])
		equal((await stranger.goto(place)).status(), status, place);
	await stranger.goto(draft.replace(/\/structures.*/, ""));
	check((await textOf(stranger)).includes("Non, vous ne pouvez pas"), await textOf(stranger));

	// Lists have the name of the structure.
	await enter(office, cast.office);
	await office.goto("/a-traiter");
	check((await textOf(office)).includes(first.structure), await textOf(office));

	// The office reopens the filing for the structure.
	await office.goto("/gestion/enquete-2024/derogations");
	await looked(office, `${name}-reopening`, scripted);
	await office.getByLabel("Code de la structure").fill("rien");
	await press(office, "Chercher la structure");
	await office.getByText("Aucune structure n’a ce code").waitFor();
	await office.getByLabel("Code de la structure").fill(draft.replace(/.*\/structures\//, ""));
	await press(office, "Chercher la structure");
	await office.getByLabel("Jusqu’au").fill("2023-07-10");
	await office.getByLabel("Motif").fill("Une tempête.");
	await looked(office, `${name}-reopened`, scripted);
	await press(office, "Rouvrir pour cette structure");
	await office.locator("li", { hasText: "Une tempête." }).first().getByText(first.structure).waitFor();

	await other.goto(path);
	await follow(other, "Reprendre");
	await press(other, "Reprendre");
	await other.getByText("C’est fait").first().waitFor();
	for (const visit of [page, other, stranger, office])
		await visit.context().close();
}

test("the request of a structure belongs to all those who direct it, and to nobody else", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-subject-"));
	const procedures = join(folder, "procedures");
	const mailbox = await startMailbox();
	let server;
	try {
		await writeProcedure(join(procedures, "enquete"));
		server = await startServer({ clock: "2023-06-08T10:00", smtpPort: mailbox.port, procedures });
		const cast = await casting(server.data);
		await play(server, cast, mailbox, true);
		await play(server, cast, mailbox, false);
	} finally {
		await server?.stop();
		await mailbox.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
