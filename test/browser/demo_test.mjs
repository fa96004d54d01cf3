// The lived-in demonstration: what its first page offers to see is there, for everybody, on any screen, with or without
// script; starting again is the same place; asked for blank, the place has no history.
import { axe, check, equal, overflows, plain, screenshot, startServer, test, visitor, withAxe } from "./harness.mjs";

const shapes = { bureau: {}, telephone: { phone: true }, nojs: { javascript: false } };
const main = async page => plain(await page.locator("main").innerText()).replace(/\s+/g, " ");

// What a visitor must find behind some of the buttons.
const found = {
	"La semaine de la Direction de l’autonomie": ["accordé", "demandé", "présence obligatoire", "tous présents"],
	"Une autorisation en vigueur": ["Attestation d’assurance multirisque habitation : à renouveler", "En vigueur", "Remplir mon bilan du mois"],
	"Ce qui attend une cheffe de service": ["Avenant à valider"],
	"Les décisions d’un directeur": ["Décision attendue 2", "Accepter la demande"],
	"Le bureau des pièces": ["à examiner", "attendue", "à renouveler"],
	"Les dossiers de la campagne": ["Dossier incomplet", "À signer par l’autorité territoriale", "Recours à décider"],
	"Les conventions à signer": ["Signer la convention pour l’autorité territoriale"],
	"L’équipement prêté": ["À rendre", "Remettre l’équipement"],
	"Le rapport annuel": ["Télétravail de l’année, 2024", "Demandes acceptées", "Motifs des refus"],
	"Ce qui arrivera de soi-même": ["juin 2024"],
	"Les réglages des services": ["Jour de présence obligatoire", "mardi"],
};

test("each button of « À voir » enters as that person and goes to that page", async () => {
	const server = await startServer({ place: "ville" });
	const faults = [];
	try {
		for (const shape in shapes) {
			const page = await visitor({ url: server.url, ...shapes[shape] });
			if (shape !== "nojs")
				await withAxe(page);
			await page.goto("/demo");
			const titles = await page.locator(".sights h3").allInnerTexts();
			equal(titles.map(plain), Object.keys(found), "what there is to see");
			for (const title of titles) {
				const fault = sentence => faults.push(`${shape}, ${title}: ${sentence}`);
				await page.goto("/demo");
				if (title === titles[0] && shape !== "nojs") {
					faults.push(...await axe(page));
					if (await overflows(page))
						fault("/demo is wider than its screen");
				}
				const button = page.locator(".sights > li", { has: page.getByRole("heading", { name: title, exact: true }) }).getByRole("button");
				const name = plain(await button.innerText()).replace(/^Entrer comme (M\.|Mme) /, "").split(",")[0];
				if (shape === "bureau") { // by the keyboard
					await button.focus();
					await Promise.all([page.waitForURL(url => url.pathname !== "/demo"), page.keyboard.press("Enter")]);
				} else
					await Promise.all([page.waitForURL(url => url.pathname !== "/demo"), button.click()]);
				await page.waitForLoadState();
				if (!plain(await page.locator("header").innerText()).includes(name))
					fault(`« ${name} » did not enter`);
				const text = await main(page);
				for (const part of found[plain(title)])
					if (!text.includes(part))
						fault(`« ${part} » is not on ${decodeURI(page.url())}:\n${text.slice(0, 600)}`);
				if (shape === "nojs")
					continue;
				await screenshot(page, `a-voir-${Object.keys(found).indexOf(plain(title)) + 1}-${shape}`);
				if (await overflows(page))
					fault("wider than its screen");
				faults.push(...(await axe(page)).map(one => `${shape}, ${title}: ${one}`), ...page.mistakes);
			}
			await page.context().close();
		}
		check(faults.length === 0, faults.join("\n"));
	} finally {
		await server.stop();
	}
});

test("asked for blank, the place has neither history nor anything to see", async () => {
	const server = await startServer({ place: "ville", more: ["--blank"], clock: "2023-07-03T10:00" });
	try {
		const page = await visitor({ url: server.url });
		await page.goto("/demo");
		equal(await page.locator(".sights").count(), 0, "what there is to see");
		check((await main(page)).includes("Un agent dépose sa demande"), "the guided visit begins");
		await page.context().close();
	} finally {
		await server.stop();
	}
});
