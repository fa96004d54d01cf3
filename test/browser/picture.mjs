// Makes the pictures of README.md and of the manual, each from a place that is lived in: node test/browser/picture.mjs
// [part of a name]. Those of the manual are of the tutorial's own procedure, followed to its end.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startServer, visitor } from "./harness.mjs";

const run = promisify(execFile);
const wanted = name => name.includes(process.argv[2] ?? "");

async function look(server, { width, height }) {
	const page = await visitor({ url: server.url });
	await page.setViewportSize({ width, height });
	await page.goto("/demo");
	return page;
}

async function picture(page, name, top) {
	await page.evaluate(() => document.querySelector(".banner").remove());
	await top?.evaluate(element => {
		element.style.scrollMarginTop = "30px";
		element.scrollIntoView({ block: "start", behavior: "instant" });
	});
	await page.screenshot({ path: `doc/images/${name}.png`, scale: "css" });
}

async function week() {
	const server = await startServer({ place: "ville" });
	const page = await look(server, { width: 1200, height: 1010 });
	await page.locator(".sights > li").first().getByRole("button").click();
	await page.waitForURL(url => url.pathname === "/service");
	await picture(page, "semaine");
	await server.stop();
}

async function tutorial() {
	const base = await mkdtemp(join(tmpdir(), "guichet-picture-"));
	await run("node", ["test/manual/run.mjs", `--base=${base}`]);
	const server = await startServer({ place: join(base, "essai") });
	const page = await look(server, { width: 700, height: 640 });
	await page.locator(".sights > li").first().getByRole("button").click();
	await page.waitForURL(url => url.pathname === "/mes-demarches");
	const mine = await page.getByRole("link", { name: "00002" }).first().getAttribute("href");
	await page.goto("/campagnes/pret-de-materiel-2026/demande");
	await page.getByLabel("Appareil photo").check();
	await page.getByLabel("Nombre de jours").fill("11");
	await page.getByLabel("À partir du").fill("2026-03-03");
	await page.getByRole("button", { name: "Enregistrer et continuer" }).first().click();
	await page.waitForLoadState();
	await picture(page, "tutoriel-formulaire", page.getByText("Il reste des points à corriger"));
	await page.goto(mine);
	await page.locator("summary", { hasText: "Pourquoi" }).first().click();
	await picture(page, "tutoriel-pourquoi", page.getByRole("heading", { name: "La demande", exact: true }));
	await server.stop();
	await rm(base, { recursive: true, force: true });
}

if (wanted("semaine")) await week();
if (wanted("tutoriel")) await tutorial();
process.exit(0);
