// Coming back on what was just done: one dossier, then a whole batch of which one can no longer be; mails that waited never
// leave; without JavaScript, on a phone; two browsers at once.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, check, equal, overflows, screenshot, startServer, test, visitor } from "./harness.mjs";
import { Client, formsOf, mainOf } from "./world.mjs";
import { casting } from "./people.mjs";

const campaign = "annulation-2024";

async function world() {
	const folder = await mkdtemp(join(tmpdir(), "guichet-undo-"));
	const own = join(folder, "procedures", "annulation");
	await cp("test/annulation", own, { recursive: true });
	const change = async (name, ...pairs) => {
		let text = await readFile(join(own, name), "utf8");
		for (const [from, to] of pairs) {
			check(text.includes(from), `${name}: ${from}`);
			text = text.replaceAll(from, to);
		}
		await writeFile(join(own, name), text);
	};
	await change("procedure.yaml", ["fonction: [gestionnaire]", "fonction: [gestionnaire DPAE]"]);
	await change("campagnes/2024.yaml", ["2024-01-01", "2023-06-01"], ["2024-01-31", "2023-06-30"]);
	const server = await startServer({ clock: "2023-06-08T10:00", procedures: join(folder, "procedures") });
	const cast = await casting(server.data);
	const enter = async person => {
		const client = new Client(server.url);
		equal((await client.submit("/demo", "/demo", { personne: person.id })).status, 303);
		return client;
	};
	const stop = async () => { await server.stop(); await rm(folder, { recursive: true, force: true }); };
	return { server, cast, enter, stop };
}

// Files through the form; the address of the dossier.
async function file(client, days) {
	const draft = `/campagnes/${campaign}/demande`;
	equal((await client.submit(`${draft}?etape=1`, draft, { jours: days, suite: "continuer" })).status, 303);
	const sent = await client.submit(`${draft}/recapitulatif`, `${draft}/deposer`, {});
	equal(sent.status, 303, mainOf(sent.html));
	return sent.location.split("?")[0];
}

const act = (client, dossier, action, given = {}) =>
	client.submit(`${dossier}/actions/${action}`, `${dossier}/actions/${action}`, given);

async function look(page, name) {
	equal(await axe(page), [], name);
	check(!await overflows(page), `${name} is wider than its screen`);
	await screenshot(page, name);
}

test("what was just done is undone, from its page or a whole batch, and nothing of it is left", async () => {
	const { server, cast, enter, stop } = await world();
	try {
		const [one, two] = cast.staff, office = await enter(cast.office), first = await enter(one), second = await enter(two);
		const dossier = await file(first, "3"), other = await file(second, "4");

		// one dossier: its agent cannot, its author can, on a phone and without JavaScript
		equal((await act(office, dossier, "accepter")).status, 303);
		check(mainOf((await office.get(dossier)).html).includes("vous pouvez encore revenir dessus jusqu’à 10"), "offered");
		check(!mainOf((await first.get(dossier)).html).includes("revenir dessus"), "not to the agent");
		equal((await first.get(`${dossier}/annuler`)).status, 422);
		const page = await visitor({ url: server.url, phone: true });
		await page.goto(`/demo?nom=${cast.office.id}`);
		await page.getByRole("button", { name: /Entrer comme/ }).first().click();
		await page.goto(dossier);
		await look(page, "annuler-propose-telephone");
		await page.getByRole("link", { name: "Revenir dessus" }).click();
		await look(page, "annuler-confirme-telephone");
		equal(page.mistakes, []);
		await page.context().close();
		const token = formsOf((await office.get(`${dossier}/annuler`)).html).find(form => form.action.endsWith("/annuler"));
		const undone = await office.post(token.action, token.fields);
		equal([undone.status, undone.location], [303, `${dossier}?fait=annule`]);
		const told = mainOf((await office.get(`${dossier}?fait=annule`)).html);
		check(/C’est défait/.test(told) && /Annulé : Acceptée/.test(told.replace(/\u00a0/g, " ")) && /Demandée/.test(told), told);
		equal((await office.post(token.action, token.fields)).status, 303, "the same form again is its receipt");
		equal((await office.submit(`${dossier}`, "/deconnexion", {})).status, 303);

		// a batch, of which one is confirmed in between
		const desk = await enter(cast.office);
		const prepared = await desk.submit(`/gestion/${campaign}?etape=${encodeURIComponent("demandée")}`,
			`/gestion/${campaign}/lots/preparer`, { tous: "oui", action: "accepter", etape: "demandée" });
		const form = formsOf(prepared.html).find(one => one.action === `/gestion/${campaign}/lots`);
		check(form, mainOf(prepared.html));
		const started = await desk.post(form.action, form.fields);
		equal(started.status, 303, mainOf(started.html));
		const finished = async path => {
			for (const deadline = Date.now() + 20000; Date.now() < deadline; await new Promise(resolve => setTimeout(resolve, 100))) {
				const main = mainOf((await desk.get(path)).html);
				if (main.includes("c’est fini")) return main;
			}
			throw new Error("the batch does not end");
		};
		check((await finished(started.location)).includes("Vous pouvez encore revenir sur ce lot"), "offered for the batch");
		equal((await act(first, dossier, "confirmer")).status, 303);
		const office2 = await visitor({ url: server.url });
		await office2.goto(`/demo?nom=${cast.office.id}`);
		await office2.getByRole("button", { name: /Entrer comme/ }).first().click();
		await office2.goto(started.location);
		await look(office2, "annuler-lot-propose");
		await office2.getByRole("link", { name: "Revenir sur ce lot" }).click();
		await look(office2, "annuler-lot-confirme");
		await office2.getByRole("button", { name: "Oui, revenir dessus (2 dossiers)" }).click();
		await office2.getByText("c’est fini").waitFor();
		await office2.getByText("Quelque chose a suivi").waitFor();
		await look(office2, "annuler-lot-fini");
		equal(office2.mistakes, []);
		await office2.context().close();
		check(mainOf((await desk.get(dossier)).html).includes("Close"), "what was confirmed stays");
		check(mainOf((await desk.get(other)).html).includes("Demandée"), "the other is back");

		// nobody but who runs the campaign
		equal((await first.get(`${started.location}/annuler`)).status, 403);

		// an hour later the only mail is that of what was not undone
		const demo = new Client(server.url);
		equal((await demo.submit("/demo/horloge", "/demo/horloge", { instant: [], moment: "2023-06-08T12:00" })).status, 303);
		const mails = async person => (mainOf((await demo.get(`/demo/courriels?adresse=${encodeURIComponent(person.mail)}`)).html)
			.match(/Accordé/g) ?? []).length;
		equal([await mails(one), await mails(two)], [1, 0]);
	} finally {
		await stop();
	}
});

test("two heads who answer at once, in two browsers: one wins, the other reads why not", async () => {
	const { cast, enter, stop } = await world();
	try {
		const agent = await enter(cast.staff[0]), chief = await enter(cast.chief), office = await enter(cast.office);
		const dossier = await file(agent, "3");
		const yes = await chief.form(`${dossier}/actions/accepter`), no = await office.form(`${dossier}/actions/refuser`, undefined,
			{ motif: "Nécessités de service" });
		const answers = await Promise.all([chief.post(yes.action, yes.fields), office.post(no.action, no.fields)]);
		equal(answers.map(answer => answer.status).sort(), [303, 422]);
		const lost = mainOf(answers.find(answer => answer.status === 422).html);
		check(/a changé|déjà|plus possible|quelqu’un/.test(lost), lost);
	} finally {
		await stop();
	}
});
