// The disk is full while people work: they are told so, keep what they typed, and succeed once there is room.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { check, draft, equal, folder, limitFiles, pdf, says, sql, start, stopAll, test, verify, visitor, words } from "./faults.mjs";

// What each one sees while there is no room, then once there is some.
async function story(server, fillDisk, makeRoom) {
	const filer = await (await visitor(server)).prepare();
	const writer = await visitor(server);
	const sender = await visitor(server);
	equal((await sender.save()).status, 303);
	const form = await filer.filingForm();
	await fillDisk();

	const typed = { etape: "2", nombre_jours: "1", "autorisation_précédente": "aucune", "jours_souhaités": "lundi", "modalités": "Bilans, l’après-midi ; joignable <toujours>." };
	const saving = await writer.save(typed);
	says(saving, 503, "pas encore enregistrée", "disque du serveur");
	check(saving.body.includes("Bilans, l’après-midi ; joignable &lt;toujours&gt;."), "what was typed comes back in the page");
	check(saving.headers["retry-after"], "a 503 says when to try again");
	const background = await writer.post(`${draft}/brouillon`, typed);
	equal(background.status, 503, "the autosave fails loudly");
	says(await sender.upload(pdf("plein")), 503, "rien n’a été enregistré");
	const filing = await filer.fileWith(form);
	says(filing, 503, "Votre demande n’est pas déposée", "Votre brouillon est intact", "disque du serveur");
	equal(sql(server.data, "SELECT count(*) FROM dossier"), "0", "nothing half filed");
	for (const person of [writer, sender, filer])
		equal((await person.get(draft)).status, 200, "reading goes on");
	const entering = await writer.get("/demo");
	equal(entering.status, 200);

	await makeRoom();
	equal((await writer.save(typed)).status, 303, "the same form, later");
	equal((await sender.upload(pdf("place"))).status, 303, "the same file, later");
	const filed = await filer.fileWith(form);
	equal(filed.status, 303, words(filed.body).slice(0, 500));
	check(filed.number, "a receipt with its number");
	check((await writer.get(`${draft}?etape=2`)).body.includes("joignable &lt;toujours&gt;"), "the draft is there");
	await server.stop();
	await verify(server.data, [filed.dossier]);
	equal(execFileSync("find", [join(server.data), "-name", "arrive-*"], { encoding: "utf8" }), "", "no half-written piece");
}

test("no room at all for files: nothing is lost, and it goes on without a new start", async () => {
	const server = await start();
	await story(server, () => limitFiles(server.pid, 0), () => limitFiles(server.pid, null));
	check(server.said().includes("event=database"), "the operator finds it in the log");
});

// A real small disk, where one may be mounted (as root, outside of most containers).
test("a real small disk that is full", async () => {
	const place = join(await folder(), "disk");
	mkdirSync(place);
	try {
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=96m,mode=700", "guichet-faults", place], { stdio: "ignore" });
	} catch {
		console.log("   (no disk can be mounted here: the test above stands alone)");
		return;
	}
	try {
		const server = await start({ data: join(place, "data") });
		await story(server, () => {
			try { execFileSync("dd", ["if=/dev/zero", `of=${place}/filler`, "bs=4k"], { stdio: "ignore" }); } catch { /* full: as wanted */ }
		}, () => execFileSync("rm", [`${place}/filler`]));
	} finally {
		await stopAll();
		execFileSync("umount", ["-l", place]);
	}
});
