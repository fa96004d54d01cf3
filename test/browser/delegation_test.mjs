// A delegation of signature, from the employer's file to the paper: its holder signs in the head's place, and nothing else;
// under the name stands in whose place, and the event has the decision. They are told on its first day.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { check, equal, pdfText, plain, screenshot, startServer, test, visitor, axe } from "./harness.mjs";
import { Client, mainOf } from "./world.mjs";

const run = promisify(execFile);
const office = "V000052"; // of the office that runs the campaign

test("who holds a delegation signs in the head's place: printed on the act, and no other right", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-delegation-")), data = join(folder, "data");
	let server;
	try {
		await (await startServer({ data, clock: "2023-06-08T09:00" })).stop();
		const { stdout } = await run("build/release-gcc/seed", [data, "--dossiers", "12", "--favourable", "12", "--clock", "2023-06-24T08:00"]);
		const [, id, agent, structure, chef] = stdout.trim().split("\n")[0].split(" ");
		const sql = async text => (await run("sqlite3", ["-readonly", join(data, "guichet.db"), text])).stdout.trim();
		const deputy = await sql(`SELECT p.external_id FROM appointment a JOIN person p ON p.id = a.person JOIN structure s ON s.id = a.structure
			WHERE s.code = '${structure}' AND p.external_id NOT IN ('${agent}', '${chef}') ORDER BY p.external_id LIMIT 1`);
		check(deputy, "nobody works there but the agent and the head");
		const file = join(folder, "delegations.csv");
		await writeFile(file, "absent;remplaçant;début;fin;référence;nature;lettres\n"
			+ `${chef};${deputy};26/06/2023;30/06/2024;Arrêté 2023-77;délégation;convention\n`);
		await run("build/guichet", ["import", data, "--interims", file, "--date", "2023-06-24"]);
		server = await startServer({ data, clock: "2023-06-26T09:00", more: ["--resume"] });
		const enter = async person => {
			const client = new Client(server.url);
			equal((await client.submit("/demo", "/demo", { personne: person })).status, 303);
			return client;
		};
		const act = (client, action, given = {}) => client.submit(`/dossiers/${id}/actions/${encodeURIComponent(action)}`,
			`/dossiers/${id}/actions/${encodeURIComponent(action)}`, given);
		const until = async (what, probe) => {
			for (const deadline = Date.now() + 30000; Date.now() < deadline; await new Promise(resolve => setTimeout(resolve, 150))) {
				const found = await probe();
				if (found) return found;
			}
			throw new Error(`in vain: ${what}`);
		};

		const desk = await enter(office), delegate = await enter(deputy);
		equal((await delegate.get(`/dossiers/${id}/actions/favorable`)).status === 200, false, "a delegation decides nothing");
		equal((await act(desk, "générer")).status, 303);
		equal((await act(desk, "envoyer")).status, 303);
		await until("the letter", async () => (await delegate.get(`/dossiers/${id}/actions/signer_chef`)).html.includes("empreinte")
			|| !/se prépare/.test(mainOf((await delegate.get(`/dossiers/${id}/actions/signer_chef`)).html)));

		// they were told, and see what waits for their signature
		await until("the mail", async () => Number(await sql(`SELECT count(*) FROM mail m JOIN person p ON p.id = m.person
			WHERE p.external_id = '${deputy}' AND m.occasion = 'intérim' AND m.body LIKE '%vous signez par délégation%'`)) === 1);
		const page = await visitor({ url: server.url });
		await page.goto(`/demo?nom=${deputy}`);
		await page.getByRole("button", { name: /Entrer comme/ }).first().click();
		await page.goto("/a-traiter");
		equal(await axe(page), []);
		await screenshot(page, "delegation-a-traiter");
		await page.goto(`/dossiers/${id}/actions/signer_chef`);
		equal(await axe(page), []);
		await screenshot(page, "delegation-signer");
		await page.getByRole("button", { name: "Signer la convention" }).first().click();
		const yes = page.getByRole("dialog").getByRole("button", { name: "Signer la convention" });
		if (await yes.isVisible().catch(() => false)) await yes.click();
		await page.getByText("C’est fait.").waitFor();
		equal(page.mistakes, []);
		await page.context().close();

		// the paper says it
		const signed = await enter(agent);
		const path = join(folder, "signed.pdf");
		const text = await until("the signed copy", async () => {
			const links = [...(await signed.get(`/dossiers/${id}`)).html.matchAll(/\/documents\/(\d+)\/pdf/g)].map(([, rank]) => rank);
			for (const rank of links.reverse()) {
				const response = await fetch(`${server.url}/dossiers/${id}/documents/${rank}/pdf`, { headers: {
					Cookie: [...signed.cookies].map(([name, value]) => `${name}=${value}`).join("; ") } });
				if (response.status !== 200) continue;
				await writeFile(path, Buffer.from(await response.arrayBuffer()));
				const words = plain(await pdfText(path)).replace(/\s+/g, " ");
				if (words.includes("par délégation")) return words;
			}
			return null;
		});
		const head = await sql(`SELECT v.last_name FROM person_version v JOIN person p ON p.id = v.person WHERE p.external_id = '${chef}'`);
		const own = await sql(`SELECT a.function FROM appointment a JOIN person p ON p.id = a.person WHERE p.external_id = '${deputy}' ORDER BY a.share DESC LIMIT 1`);
		const name = await sql(`SELECT v.first_name || ' ' || v.last_name FROM person_version v JOIN person p ON p.id = v.person WHERE p.external_id = '${deputy}'`);
		check(new RegExp(`${name}, ${own}, pour (M\\.|Mme) \\S+ ${head}, .*, et par délégation \\(Arrêté 2023-77, à compter du 26 juin 2023\\)`).test(text),
			text.slice(-1500));
		check((await sql(`SELECT CAST(payload AS TEXT) FROM event WHERE dossier = '${id}' ORDER BY version DESC LIMIT 5`))
			.includes('"authority":"Arrêté 2023-77"'), "the decision is recorded");
	} finally {
		await server?.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
