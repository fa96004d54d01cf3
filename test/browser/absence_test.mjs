// Somebody says when they will be away and who replaces them: what waited waits for the other on the first day, who is told,
// and comes back; refusals keep what was typed; on a phone; without JavaScript.
import { axe, check, equal, overflows, screenshot, test, visitor } from "./harness.mjs";
import { Client, mainOf, startWorld } from "./world.mjs";

const page = "/mon-compte/absences";

test("a head declares an absence and who replaces: told on the first day, it waits for them, then comes back", async () => {
	const world = await startWorld({ dossiers: 20 });
	try {
		await world.moveTo("2023-06-19T08:30");
		const { chef, structure } = world.requests[0];
		const head = await world.as(chef);
		const waits = async client => (await client.get("/a-traiter")).html.includes(world.requests[0].number);
		check(await waits(head), "it waits for the head");

		// mistakes keep what was typed, and record nothing
		const options = [...(await head.get(page)).html.matchAll(/<option value="([^"]+)"[^>]*>([^<]*)</g)];
		check(options.length > 0, `nobody may replace in ${structure}`);
		const [, replacement, words] = options[0];
		for (const [given, why] of [[{ du: "2023-06-10", au: "2023-06-12" }, "jours passés"], [{ du: "2023-06-25", au: "2023-06-20" }, "avant le premier"],
			[{ du: "", au: "" }, "Donnez le premier"], [{ du: "2023-06-20", au: "2023-06-21", remplacant: "personne" }, "ne peut pas vous remplacer"]]) {
			const refused = await head.submit(page, page, given);
			equal(refused.status, 422, why);
			check(mainOf(refused.html).includes(why), mainOf(refused.html));
			if (given.du) check(refused.html.includes(`value="${given.du}"`), "what was typed stays");
		}

		// in a browser on a phone, with and without JavaScript
		for (const javascript of [true, false]) {
			const visit = await visitor({ url: world.url, phone: true, javascript });
			await visit.goto(`/demo?nom=${chef}`);
			await visit.getByRole("button", { name: /Entrer comme/ }).first().click();
			await visit.goto("/mon-compte");
			await visit.getByRole("link", { name: "Déclarer une absence et dire qui vous remplace" }).click();
			if (javascript) {
				equal(await axe(visit), []);
				await visit.getByLabel("Premier jour").fill("2023-06-20");
				await visit.getByLabel("Dernier jour, compris").fill("2023-06-21");
				await visit.getByLabel("Qui vous remplace").selectOption(replacement);
				await screenshot(visit, "absences-formulaire-telephone");
				await visit.getByRole("button", { name: "Déclarer cette absence" }).click();
				await visit.getByText("C’est enregistré.").waitFor();
				equal(await axe(visit), []);
				await screenshot(visit, "absences-telephone");
			}
			check(!await overflows(visit), "wider than its screen");
			equal(visit.mistakes, []);
			await visit.context().close();
		}
		equal((await head.submit(page, page, { du: "2023-06-21", au: "2023-06-22" })).status, 422, "twice the same day");

		// not before the first day
		check(await waits(head), "until the first day it is theirs");
		await world.moveTo("2023-06-20T08:30");
		const matricule = await world.sql(`SELECT external_id FROM person WHERE id = '${replacement}'`);
		const other = await world.as(matricule);
		check(await waits(other), `it waits for ${words}`);
		check(!await waits(head), "and no longer for the head");
		const mails = Number(await world.sql(`SELECT count(*) FROM mail WHERE person = '${replacement}' AND occasion = 'intérim'`));
		equal(mails, 1, "told once");
		const body = await world.sql(`SELECT body FROM mail WHERE person = '${replacement}' AND occasion = 'intérim'`);
		check(/vous remplacez/.test(body) && /21 juin 2023/.test(body), body);

		// back early; nobody ends somebody else's
		const id = await world.sql("SELECT id FROM interim WHERE declared = 1");
		equal((await other.submit(page, page, { du: "", au: "" })).status, 422);
		const theirs = await other.form(page, page);
		equal((await other.post(`${page}/fin`, [...theirs.fields.filter(([name]) => name === "jeton"), ["absence", id]])).status, 422);
		equal((await head.submit(page, `${page}/fin`, {})).status, 303);
		await world.settle();
		check(await waits(head), "back, it is theirs again");
		check(!await waits(other), "and no longer the other’s");
		equal((await new Client(world.url).get(page)).status, 303, "nobody: to the login page");
	} finally {
		await world.stop();
	}
});
