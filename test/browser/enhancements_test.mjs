// The style sheet and the script of src/web/static/ alone, under the strict policy they live with: a page made of
// every class they document, forms that save themselves, uploads, questions, progress.
import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { axe, check, equal, overflows, screenshot, test, visitor } from "./harness.mjs";

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
	+ "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const around = (title, body) => `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>${title}</title>
	<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/guichet.css">
	<link rel="icon" href="/guichet.svg"><script src="/guichet.js" defer></script></head><body>${body}</body></html>`;

const draft = around("Brouillon", `<main><h1>Brouillon</h1><form method="post" action="/depot" data-autosave="/sauver" class="form">
	<input type="hidden" name="jeton" value="j"><input type="hidden" name="version" value="1">
	<div class="field"><label for="motif">Motif</label><textarea id="motif" name="motif" maxlength="100" data-count></textarea></div>
	<div class="choice"><input type="checkbox" id="lundi" name="jour" value="lundi"><label for="lundi">Lundi</label></div>
	<p class="save-status" data-save-status aria-live="polite"></p><button class="button">Déposer</button>
	<button class="button danger" formaction="/retrait" data-confirm="Retirer la demande ?" data-confirm-yes="Retirer">Retirer</button>
	</form></main>`);
const piece = around("Pièce", `<main><h1>Pièce</h1><form method="post" action="/piece" enctype="multipart/form-data" data-upload>
	<div class="field"><label class="file-drop">Attestation<input type="file" name="fichier"></label></div>
	<button class="button">Envoyer</button></form></main>`);

// A server whose answers a test chooses; remembers what it was sent.
async function startSite() {
	const site = { received: [], saving: 204, slow: 0, steps: 0 };
	const files = { "/guichet.css": "text/css", "/guichet.js": "text/javascript", "/guichet.svg": "image/svg+xml" };
	const pages = { "/brouillon": draft, "/piece": piece };
	const server = createServer(async (request, response) => {
		const path = request.url.split("?")[0];
		let body = "";
		for await (const chunk of request)
			body += chunk;
		const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy };
		const answer = (status, content, more) => { response.writeHead(status, { ...headers, ...more }); response.end(content); };
		if (request.method === "POST")
			site.received.push({ path, body });
		if (files[path])
			answer(200, await readFile(`src/web/static${path}`), { "Content-Type": files[path] });
		else if (path === "/sauver")
			setTimeout(() => answer(site.saving, site.saving < 400 ? "" : "La fenêtre est fermée.",
				{ "Content-Type": "text/plain", "X-Version": "7" }), site.slow);
		else if (path === "/piece" && request.method === "POST")
			answer(...(body.length > 50000 ? [413, around("Trop lourd", "<main><h1>Trop lourd</h1></main>")] : [303, "", { Location: "/recu" }]));
		else if (path === "/progres")
			answer(200, around("Lot", `<main><h1>Lot</h1><div id="lot" ${++site.steps < 3 ? 'data-poll="/progres" data-poll-seconds="0.1"' : ""}>
				<p>Étape ${site.steps}</p></div></main>`));
		else if (path === "/composants")
			answer(200, await readFile("test/browser/components.html"));
		else
			answer(200, pages[path] ?? around("Reçu", `<main><h1>Reçu ${path}</h1></main>`));
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	site.url = `http://127.0.0.1:${server.address().port}`;
	site.stop = () => { server.closeAllConnections(); server.close(); };
	return site;
}

async function withPage(path, story, options = {}) {
	const site = await startSite();
	const page = await visitor({ url: site.url, ...options });
	try {
		await page.goto(path);
		await story(page, site);
		equal(page.mistakes, []);
	} finally {
		await page.context().close();
		site.stop();
	}
}

for (const [name, options] of [["desk", {}], ["phone", { phone: true }]])
	test(`every class of the style sheet is accessible on a ${name}`, () => withPage("/composants", async page => {
		equal(await axe(page), []);
		await screenshot(page, `composants-${name}`);
		await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
		await page.reload();
		equal(await axe(page), []);
		await screenshot(page, `composants-${name}-dark`);
		await page.setViewportSize({ width: 320, height: 640 });
		check(!await overflows(page), "the page is wider than 320 px");
	}, options));

test("a draft saves itself and says when", () => withPage("/brouillon", async (page, site) => {
	await page.fill("#motif", "Un trajet de deux heures");
	await page.getByText(/^Enregistré à \d+ h \d\d$/).waitFor();
	const body = new URLSearchParams(site.received[0].body);
	equal([body.get("motif"), body.get("jeton"), body.get("jour")], ["Un trajet de deux heures", "j", null]);
	equal(await page.inputValue("[name=version]"), "7");
	equal(await page.evaluate(() => sessionStorage.length), 0);
}));

test("a draft that cannot be saved says it loudly, keeps the words and tries again", () => withPage("/brouillon", async (page, site) => {
	site.saving = 422;
	await page.fill("#motif", "Ne me perdez pas");
	await page.check("#lundi");
	await page.getByRole("alert").getByText("La fenêtre est fermée.").waitFor();
	page.on("dialog", dialog => dialog.accept());
	await page.reload();
	equal([await page.inputValue("#motif"), await page.isChecked("#lundi")], ["Ne me perdez pas", true]);
	await page.getByText("Nous avons retrouvé").waitFor();
	await page.getByRole("alert").waitFor();
	site.saving = 204;
	await page.getByRole("button", { name: "Réessayer maintenant" }).click();
	await page.getByText(/^Enregistré à/).waitFor();
	equal(await page.getByRole("alert").count(), 0);
	const body = new URLSearchParams(site.received.at(-1).body);
	equal([body.get("motif"), body.get("jour")], ["Ne me perdez pas", "lundi"]);
}));

test("a form is sent once, and a grave button asks first", () => withPage("/brouillon", async (page, site) => {
	await page.getByRole("button", { name: "Retirer" }).click();
	await page.getByRole("button", { name: "Annuler" }).click();
	equal(site.received.length, 0);
	await page.getByRole("button", { name: "Retirer" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Retirer" }).click();
	await page.getByText("Reçu /retrait").waitFor();
	equal(site.received.map(one => one.path), ["/retrait"]);
	await page.goto("/brouillon");
	await page.evaluate(() => { const button = document.querySelector("button"); button.click(); button.click(); });
	await page.getByText("Reçu /depot").waitFor();
	equal(site.received.filter(one => one.path === "/depot").length, 1);
}));

test("a file is sent with its progress; a refusal is shown in place", () => withPage("/piece", async (page, site) => {
	const file = size => ({ name: "a.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(size, 97) });
	await page.setInputFiles("input[type=file]", file(100000));
	await page.getByRole("button", { name: "Envoyer" }).click();
	await page.getByRole("heading", { name: "Trop lourd" }).waitFor();
	await page.goto("/piece");
	await page.setInputFiles("input[type=file]", file(100));
	await page.getByRole("button", { name: "Envoyer" }).click();
	await page.getByText("Reçu /recu").waitFor();
	equal(site.received.length, 2);
}));

test("progress is looked at until it is over", () => withPage("/progres", async (page, site) => {
	await page.getByText("Étape 3").waitFor();
	await new Promise(resolve => setTimeout(resolve, 400));
	equal(site.steps, 3);
}));
