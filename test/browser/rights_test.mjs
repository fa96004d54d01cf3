// Every route as everybody, by plain HTTP: who enters, who is sent away, and how; forms without their token, with somebody
// else's, from another site, sent twice; links of mails unknown, expired, of somebody else. Nothing that is refused and
// nothing that only shows may change the record.
import { check, equal, test } from "./harness.mjs";
import { campaign, formsOf, mainOf, pdf, prepareDraft, routes, startWorld } from "./world.mjs";

const demande = `/campagnes/${campaign}/demande`;
const gestion = `/gestion/${campaign}`;

// ---- who --------------------------------------------------------------------------------

// the applicant of a request, an agent with a draft, the request's head, another's head, the support, who runs the campaign
const everybody = ["nobody", "applicant", "other", "head", "otherHead", "support", "office"];
const admitted = {
	public: everybody, link: everybody, demo: everybody, person: everybody.slice(1), superior: ["head", "otherHead"],
	handler: ["head", "otherHead", "support", "office"], office: ["office"],
};
// Expectations beyond the right of the route. A dossier that is not theirs does not exist.
const theirs = { other: 404, otherHead: 404 };
const withDraft = { applicant: 303, head: 303, otherHead: 303, support: 303, office: 303 };
const onlyDraft = { applicant: 404, head: 404, otherHead: 404, support: 404, office: 404 };

// How each page is asked for, and what its own page says of each; status 200 where nothing is said.
const pages = {
	"GET /": { path: "/" },
	"GET /a-traiter": { path: "/a-traiter" },
	"GET /accessibilite": { path: "/accessibilite" },
	"GET /activation": { path: "/activation" },
	"GET /aide": { path: "/aide" },
	"GET /campagnes/:campagne": { path: `/campagnes/${campaign}` },
	"GET /campagnes/:campagne/demande": { path: demande, ...withDraft },
	"GET /campagnes/:campagne/demande/abandonner": { path: `${demande}/abandonner` },
	"GET /campagnes/:campagne/demande/pieces/:piece": { path: `${demande}/pieces/assurance`, ...onlyDraft },
	"GET /campagnes/:campagne/demande/recapitulatif": { path: `${demande}/recapitulatif`, ...withDraft },
	// nobody files for anybody in this procedure
	"GET /campagnes/:campagne/pour": { path: `/campagnes/${campaign}/pour`, all: 404 },
	"GET /campagnes/:campagne/pour/:personne": { path: `/campagnes/${campaign}/pour/X1`, all: 404 },
	"GET /campagnes/:campagne/structures/:structure": { path: `/campagnes/${campaign}/structures/X1`, all: 404 },
	"GET /campagnes/:campagne/pour/:personne/abandonner": { path: `/campagnes/${campaign}/pour/X1/abandonner`, all: 404 },
	"GET /campagnes/:campagne/structures/:structure/abandonner": { path: `/campagnes/${campaign}/structures/X1/abandonner`, all: 404 },
	"GET /campagnes/:campagne/pour/:personne/pieces/:piece": { path: `/campagnes/${campaign}/pour/X1/pieces/assurance`, all: 404 },
	"GET /campagnes/:campagne/structures/:structure/pieces/:piece": { path: `/campagnes/${campaign}/structures/X1/pieces/assurance`, all: 404 },
	"GET /campagnes/:campagne/pour/:personne/recapitulatif": { path: `/campagnes/${campaign}/pour/X1/recapitulatif`, all: 404 },
	"GET /campagnes/:campagne/structures/:structure/recapitulatif": { path: `/campagnes/${campaign}/structures/X1/recapitulatif`, all: 404 },
	"GET /connexion": { path: "/connexion", applicant: 303, other: 303, head: 303, otherHead: 303, support: 303, office: 303 },
	"GET /demo": { path: "/demo" },
	"GET /demo/courriels": { path: "/demo/courriels" },
	"GET /demo/courriels/:id": { path: cast => cast.mail },
	"GET /demo/horloge": { path: "/demo/horloge" },
	"GET /donnees-personnelles": { path: "/donnees-personnelles" },
	"GET /dossiers/:id": { path: cast => `/dossiers/${cast.id}`, ...theirs },
	// who reads the dossier and may not do it is told so, and not shown a form that could not be sent
	"GET /dossiers/:id/actions/:action": { path: cast => `/dossiers/${cast.id}/actions/retirer`, ...theirs,
		head: 422, support: 422, office: 422 },
	"GET /dossiers/:id/annuler": { path: cast => `/dossiers/${cast.id}/annuler`, ...theirs, applicant: 422, head: 422, support: 422, office: 422 },
	"GET /dossiers/:id/actions/:action/pieces/:piece": { path: cast => `/dossiers/${cast.id}/actions/retirer/pieces/assurance`,
		...onlyDraft, ...theirs },
	"GET /dossiers/:id/documents/:rang": { path: cast => `/dossiers/${cast.id}/documents/1`, ...theirs },
	"GET /dossiers/:id/documents/:rang/pdf": { path: cast => `/dossiers/${cast.id}/documents/1/pdf`, ...theirs },
	"GET /dossiers/:id/pieces/:piece": { path: cast => `/dossiers/${cast.id}/pieces/assurance`, ...theirs },
	"GET /dossiers/:id/pieces/:piece/versions/:empreinte": {
		path: cast => `/dossiers/${cast.id}/pieces/assurance/versions/${cast.digest}`, ...theirs },
	"GET /dossiers/:id/versions": { path: cast => `/dossiers/${cast.id}/versions`, ...theirs },
	// its procedure has no nature: nothing is there, for nobody
	"GET /dossiers/:id/natures/:nature": { path: cast => `/dossiers/${cast.id}/natures/avenant`, all: 404 },
	"GET /dossiers/:id/natures/:nature/abandonner": { path: cast => `/dossiers/${cast.id}/natures/avenant/abandonner`, all: 404 },
	"GET /dossiers/:id/natures/:nature/pieces/:piece": { path: cast => `/dossiers/${cast.id}/natures/avenant/pieces/assurance`, all: 404 },
	"GET /dossiers/:id/natures/:nature/recapitulatif": { path: cast => `/dossiers/${cast.id}/natures/avenant/recapitulatif`, all: 404 },
	"GET /gestion": { path: "/gestion" },
	"GET /gestion/:campagne": { path: gestion },
	"GET /gestion/:campagne/calendrier": { path: `${gestion}/calendrier` },
	"GET /gestion/:campagne/derogations": { path: `${gestion}/derogations` },
	"GET /gestion/:campagne/exports/:export": { path: `${gestion}/exports/demandes` },
	"GET /gestion/:campagne/indicateurs": { path: `${gestion}/indicateurs` },
	"GET /gestion/:campagne/lots/:lot/annuler": { path: `${gestion}/lots/aucun/annuler`, office: 404 },
	"GET /gestion/:campagne/pieces": { path: `${gestion}/pieces` },
	"GET /gestion/:campagne/lots/:lot": { path: `${gestion}/lots/aucun`, office: 404 },
	"GET /lien/:jeton": { path: cast => `/lien/${cast.link}` },
	"GET /lien/:jeton/dossiers/:id/actions/:action": { path: cast => `/lien/${cast.link}/dossiers/${cast.id}/actions/favorable` },
	// the letter there is, a receipt, is not one that the link's role signs
	"GET /lien/:jeton/dossiers/:id/documents/:rang/pdf": { path: cast => `/lien/${cast.link}/dossiers/${cast.id}/documents/1/pdf`, all: 404 },
	"GET /mes-demarches": { path: "/mes-demarches" },
	"GET /mon-compte/absences": { path: "/mon-compte/absences" },
	"GET /mon-compte": { path: "/mon-compte" },
	"GET /mot-de-passe": { path: "/mot-de-passe" },
	"GET /rapports": { path: "/rapports" },
	"GET /rapports/:procedure/:rapport": { path: "/rapports/teletravail-academie/bilan", support: 404 },
	"GET /rapports/:procedure/:rapport/csv": { path: "/rapports/teletravail-academie/bilan/csv", support: 404 },
	"GET /agenda": { path: "/agenda" },
	// its procedure has nothing to set
	"GET /reglages": { path: "/reglages" },
	"GET /reglages/:campagne/:structure": { path: cast => `/reglages/${campaign}/${cast.request.structure}`, all: 404 },
	"GET /service": { path: "/service" },
	"GET /a-venir": { path: "/a-venir" },
};

// Forms sent with their token and nothing else: refused with 422 where nothing is said, by whoever may send them.
const forms = {
	"POST /a-traiter": { path: "/a-traiter" },
	"POST /activation": { path: "/activation" },
	"POST /connexion": { path: "/connexion" },
	"POST /demo": { path: "/demo" },
	"POST /demo/horloge": { path: "/demo/horloge" },
	"POST /dossiers/:id/actions/:action": { path: cast => `/dossiers/${cast.id}/actions/retirer`, ...theirs },
	"POST /campagnes/:campagne/pour/:personne": { path: `/campagnes/${campaign}/pour/X1`, all: 404 },
	"POST /campagnes/:campagne/structures/:structure": { path: `/campagnes/${campaign}/structures/X1`, all: 404 },
	"POST /campagnes/:campagne/pour/:personne/abandonner": { path: `/campagnes/${campaign}/pour/X1/abandonner`, all: 404 },
	"POST /campagnes/:campagne/structures/:structure/abandonner": { path: `/campagnes/${campaign}/structures/X1/abandonner`, all: 404 },
	"POST /campagnes/:campagne/pour/:personne/brouillon": { path: `/campagnes/${campaign}/pour/X1/brouillon`, all: 404 },
	"POST /campagnes/:campagne/structures/:structure/brouillon": { path: `/campagnes/${campaign}/structures/X1/brouillon`, all: 404 },
	"POST /campagnes/:campagne/pour/:personne/deposer": { path: `/campagnes/${campaign}/pour/X1/deposer`, all: 404 },
	"POST /campagnes/:campagne/structures/:structure/deposer": { path: `/campagnes/${campaign}/structures/X1/deposer`, all: 404 },
	"POST /campagnes/:campagne/pour/:personne/pieces/:piece": { path: `/campagnes/${campaign}/pour/X1/pieces/assurance`, files: true, all: 404 },
	"POST /campagnes/:campagne/structures/:structure/pieces/:piece": { path: `/campagnes/${campaign}/structures/X1/pieces/assurance`, files: true, all: 404 },
	"POST /campagnes/:campagne/pour/:personne/pieces/:piece/retirer": { path: `/campagnes/${campaign}/pour/X1/pieces/assurance/retirer`, all: 404 },
	"POST /campagnes/:campagne/structures/:structure/pieces/:piece/retirer": { path: `/campagnes/${campaign}/structures/X1/pieces/assurance/retirer`, all: 404 },
	"POST /dossiers/:id/natures/:nature": { path: cast => `/dossiers/${cast.id}/natures/avenant`, all: 404 },
	"POST /dossiers/:id/natures/:nature/abandonner": { path: cast => `/dossiers/${cast.id}/natures/avenant/abandonner`, all: 404 },
	"POST /dossiers/:id/natures/:nature/brouillon": { path: cast => `/dossiers/${cast.id}/natures/avenant/brouillon`, all: 404 },
	"POST /dossiers/:id/natures/:nature/deposer": { path: cast => `/dossiers/${cast.id}/natures/avenant/deposer`, all: 404 },
	"POST /dossiers/:id/natures/:nature/pieces/:piece": { path: cast => `/dossiers/${cast.id}/natures/avenant/pieces/assurance`, files: true, all: 404 },
	"POST /dossiers/:id/natures/:nature/pieces/:piece/retirer": { path: cast => `/dossiers/${cast.id}/natures/avenant/pieces/assurance/retirer`, all: 404 },
	"POST /dossiers/:id/annuler": { path: cast => `/dossiers/${cast.id}/annuler`, ...theirs },
	"POST /gestion/:campagne/lots/:lot/annuler": { path: `${gestion}/lots/aucun/annuler`, office: 404 },
	"POST /mon-compte/absences": { path: "/mon-compte/absences" },
	"POST /mon-compte/absences/fin": { path: "/mon-compte/absences/fin" },
	"POST /gestion/:campagne/calendrier": { path: `${gestion}/calendrier`, office: 303 },
	"POST /gestion/:campagne/derogations": { path: `${gestion}/derogations` },
	"POST /gestion/:campagne/lots": { path: `${gestion}/lots` },
	"POST /gestion/:campagne/lots/preparer": { path: `${gestion}/lots/preparer` },
	"POST /lien/:jeton": { path: cast => `/lien/${cast.link}` },
	"POST /lien/:jeton/dossiers/:id/actions/:action": { path: cast => `/lien/${cast.link}/dossiers/${cast.id}/actions/${encodeURIComponent("défavorable")}` },
	"POST /reglages/:campagne/:structure": { path: cast => `/reglages/${campaign}/${cast.request.structure}`, all: 404 },
	"POST /reglages/:campagne/:structure/essai": { path: cast => `/reglages/${campaign}/${cast.request.structure}/essai`, all: 404 },
	"POST /mot-de-passe": { path: "/mot-de-passe" },
	"POST /campagnes/:campagne/demande/deposer": { path: `${demande}/deposer` },
	"POST /campagnes/:campagne/demande": { path: demande, other: 303 },
	"POST /campagnes/:campagne/demande/recapitulatif": { path: `${demande}/recapitulatif`, other: 303 },
	"POST /campagnes/:campagne/pour/:personne/recapitulatif": { path: `/campagnes/${campaign}/pour/X1/recapitulatif`, all: 404 },
	"POST /campagnes/:campagne/structures/:structure/recapitulatif": { path: `/campagnes/${campaign}/structures/X1/recapitulatif`, all: 404 },
	"POST /dossiers/:id/natures/:nature/recapitulatif": { path: cast => `/dossiers/${cast.id}/natures/avenant/recapitulatif`, all: 404 },
	"POST /campagnes/:campagne/demande/brouillon": { path: `${demande}/brouillon`, other: 204 },
	"POST /campagnes/:campagne/demande/pieces/:piece": { path: `${demande}/pieces/assurance`, files: true },
	"POST /campagnes/:campagne/demande/pieces/:piece/retirer": { path: `${demande}/pieces/assurance/retirer`, other: 303 },
	"POST /campagnes/:campagne/demande/abandonner": { path: `${demande}/abandonner`, applicant: 303, other: 303, head: 303, otherHead: 303, support: 303, office: 303 },
	"POST /mon-compte/sessions": { path: "/mon-compte/sessions", applicant: 303, other: 303, head: 303, otherHead: 303, support: 303, office: 303 },
	"POST /deconnexion": { path: "/deconnexion", applicant: 303, other: 303, head: 303, otherHead: 303, support: 303, office: 303 },
};

// ---- the stage --------------------------------------------------------------------------

let stage;

// 19 June: the opinions are open, an agent's draft was never filed.
async function theStage() {
	if (stage)
		return stage;
	const world = await startWorld({ dossiers: 60 });
	const linked = new Set((await world.sql("SELECT code FROM structure JOIN structure_version ON structure = id WHERE regime = 'lien'")).split("\n"));
	const [request, elsewhere, answered] = world.requests.filter(one => linked.has(one.structure));
	const filed = new Set(world.requests.map(one => one.agent));
	const [other, filer] = world.people("agent").map(one => one.matricule).filter(one => !filed.has(one));
	const people = { nobody: null, applicant: request.agent, other, head: request.chef, otherHead: elsewhere.chef,
		support: world.people("personne support")[0].matricule, office: world.people("gestionnaire DPAE")[0].matricule };
	await prepareDraft(await world.as(other));
	stage = { world, people, request, elsewhere, answered, filer, id: request.id };
	stage.receipts = await sendTwice(await world.as(filer));
	await world.moveTo("2023-06-19T08:30");
	stage.link = (await linkTo(world, request.chef))[0];
	stage.elsewhereLink = (await linkTo(world, elsewhere.chef))[0];
	stage.answeredLink = (await linkTo(world, answered.chef))[0];
	stage.digest = await world.sql(`SELECT digest FROM attachment WHERE dossier = '${request.id}' AND piece = 'assurance'`);
	stage.mail = /href="(\/demo\/courriels\/[^"]+)"/.exec((await world.client().get("/demo/courriels")).html)[1];
	return stage;
}

async function linkTo(world, chef) {
	const mail = await world.sql(`SELECT mail FROM person_version WHERE person = (SELECT id FROM person WHERE external_id = '${chef}') LIMIT 1`);
	return world.links("votre avis est attendu", mail);
}

// The same filing form twice, as an impatient person or a bad network sends it.
async function sendTwice(client) {
	const form = await client.form(await prepareDraft(client), `${demande}/deposer`);
	return [await client.post(form.action, form.fields), await client.post(form.action, form.fields)];
}

// The anti-forgery token of somebody's session, as any page holds it.
const tokenOf = async client => formsOf((await client.get(client.cookies.size ? "/aide" : "/connexion")).html)
	.flatMap(form => form.fields).find(([name]) => name === "jeton")?.[1] ?? formsOf((await client.get("/connexion")).html)[0].fields.find(([name]) => name === "jeton")[1];
const told = (value, cast) => typeof value === "function" ? value(cast) : value;

// What a person must get from a route; forms are refused rather than shown.
function expected(route, line, person, granted) {
	if (!admitted[route.right].includes(person))
		return route.method === "GET" && person === "nobody" ? 303 : 403;
	return line[person] ?? line.all ?? granted;
}

async function walk(method, table, granted, ask) {
	const cast = await theStage();
	const faults = [];
	const list = (await routes()).filter(one => one.method === method);
	equal(list.map(one => `${method} ${one.path}`).filter(name => !table[name]), [], "routes that nobody tries");
	for (const name of Object.keys(table)) {
		const route = list.find(one => `${method} ${one.path}` === name);
		check(route, `${name} is not a route`);
		const path = encodeURI(decodeURI(told(table[name].path, cast)));
		for (const person of everybody) {
			const got = await ask(cast, person, path, table[name]);
			const want = expected(route, table[name], person, granted);
			if (got.status !== want)
				faults.push(`${method} ${path} as ${person}: ${got.status}, not ${want}${got.status >= 500 || got.status === 422 ? `: ${mainOf(got.html).slice(0, 200)}` : ""}`);
			if (want === 303 && person === "nobody" && !got.location?.startsWith("/connexion?vers="))
				faults.push(`${method} ${path} as nobody leads to ${got.location}`);
			if (want === 404 && got.html.includes(cast.request.number))
				faults.push(`${method} ${path} as ${person}: the page that denies tells the number`);
		}
	}
	for (const fault of faults)
		console.log(`  ${fault}`);
	equal(faults.length, 0, "faults");
}

// ---- the tests --------------------------------------------------------------------------

test("rights: each page as everybody, and showing changes nothing", async () => {
	const { world } = await theStage();
	const before = await world.counts();
	await walk("GET", pages, 200, async (cast, person, path) => (await cast.world.as(cast.people[person])).get(path));
	equal(await world.counts(), before, "what pages that only show have changed");
});

test("rights: HEAD answers as GET, without a page", async () => {
	const { world, people, id } = await theStage();
	const head = await (await world.as(people.applicant)).send("HEAD", `/dossiers/${id}`);
	equal([head.status, head.html], [200, ""]);
	equal((await (await world.as(people.other)).send("HEAD", `/dossiers/${id}`)).status, 404);
});

test("rights: a form without its token, with another session's, or from another site", async () => {
	const cast = await theStage();
	const before = await cast.world.counts();
	const faults = [];
	const list = (await routes()).filter(one => one.method === "POST");
	const stranger = await tokenOf(await cast.world.as(cast.people.support));
	for (const route of list) {
		const line = forms[`POST ${route.path}`];
		const person = admitted[route.right].find(one => one !== "nobody");
		const path = encodeURI(decodeURI(told(line.path, cast)));
		const client = await cast.world.as(cast.people[person]);
		const own = await tokenOf(client);
		const send = (fields, headers) => client.post(path, fields, { headers, multipart: line.files });
		for (const [what, fields, headers] of [
			["without a token", { confirme: "oui" }, {}],
			["with a made-up token", { jeton: "A".repeat(43), confirme: "oui" }, {}],
			["with another session's token", { jeton: person === "support" ? "B".repeat(43) : stranger, confirme: "oui" }, {}],
			["from another site", { jeton: own, confirme: "oui" }, { Origin: "https://autre.example" }],
			["from a page without origin", { jeton: own, confirme: "oui" }, { Origin: "null" }],
		]) {
			const got = await send(fields, headers);
			if (got.status !== 403)
				faults.push(`POST ${path} ${what}: ${got.status}`);
		}
	}
	for (const fault of faults)
		console.log(`  ${fault}`);
	equal(faults.length, 0, "faults");
	equal(await cast.world.counts(), before, "what forged forms have changed");
});

test("rights: what a form without its token had is kept, to be sent again", async () => {
	const { world, people, id } = await theStage();
	const path = `/dossiers/${id}/actions/${encodeURIComponent("défavorable")}`;
	const got = await (await world.as(people.head)).post(path, { motif_refus: "L’accueil doit être assuré." });
	equal(got.status, 403);
	check(got.html.includes("L’accueil doit être assuré."), "what was typed is lost");
});

test("rights: the same filing twice gives one receipt", async () => {
	const { world, receipts, filer } = await theStage();
	equal(receipts.map(one => one.status), [303, 303]);
	equal(receipts[0].location, receipts[1].location);
	equal(await world.sql(`SELECT count(*) FROM dossier WHERE subject = (SELECT id FROM person WHERE external_id = '${filer}')`), "1");
});

test("rights: an opinion sent twice is given once; a second, different one is told that it comes too late", async () => {
	const { world, answered } = await theStage();
	const client = await world.as(answered.chef);
	const path = `/dossiers/${answered.id}/actions/favorable`;
	const form = await client.form(path);
	const second = await client.form(`/dossiers/${answered.id}/actions/${encodeURIComponent("défavorable")}`, undefined,
		{ motif_refus: "L’accueil doit être assuré." });
	const count = () => world.sql(`SELECT version FROM dossier WHERE id = '${answered.id}'`);
	const before = Number(await count());
	const [one, two] = [await client.post(form.action, form.fields), await client.post(form.action, form.fields)];
	equal([one.status, two.status, one.location], [303, 303, two.location]);
	equal(Number(await count()), before + 1);
	const late = await client.post(second.action, second.fields);
	equal(late.status, 422);
	equal(Number(await count()), before + 1);
});

test("rights: a link opens what waits for its person, and nothing else", async () => {
	const cast = await theStage();
	const { world, link, elsewhere, id, request } = cast;
	const nobody = world.client();
	const events = () => world.sql("SELECT count(*) FROM event");
	const before = await events();
	const action = (token, dossier, name) => `/lien/${token}/dossiers/${dossier}/actions/${encodeURIComponent(name)}`;
	const own = await nobody.get(`/lien/${link}`);
	check(own.html.includes(request.number) && !own.html.includes(elsewhere.number), "the link shows other requests");
	check(["no-referrer", "same-origin"].includes(own.headers.get("referrer-policy")), "the address is told to other sites");
	const token = formsOf(own.html).flatMap(form => form.fields).find(([name]) => name === "jeton")[1];
	for (const [path, status] of [
		[`/lien/${"A".repeat(43)}`, 404], ["/lien/x", 404],
		[action(link, elsewhere.id, "favorable"), 404], [action("A".repeat(43), id, "favorable"), 404],
		[`/lien/${link}/dossiers/${elsewhere.id}/documents/1/pdf`, 404],
	]) {
		equal((await nobody.get(path)).status, status, `GET ${path}`);
		if (!path.endsWith("pdf"))
			equal((await nobody.post(path, { jeton: token, unefois: "u", [`${elsewhere.id}.choix`]: "favorable" })).status, status, `POST ${path}`);
	}
	// an action that the mail did not offer
	equal((await nobody.post(action(link, id, "retirer"), { jeton: token, confirme: "oui" })).status, 404);
	// somebody else's request slipped into the form
	const slipped = await nobody.post(`/lien/${link}`, { jeton: token, [`${elsewhere.id}.choix`]: "favorable", [`${elsewhere.id}.version`]: "2", [`${elsewhere.id}.unefois`]: "u2" });
	check(slipped.status === 422 || slipped.status === 404, `a request of somebody else's: ${slipped.status}`);
	// the link opens no session
	equal((await nobody.get(`/dossiers/${id}`)).status, 303);
	equal(await events(), before, "events");
});

test("rights: a used link says so, twice the same answer is one", async () => {
	const { world, elsewhere, elsewhereLink } = await theStage();
	const nobody = world.client();
	const form = await nobody.form(`/lien/${elsewhereLink}`, undefined, { [`${elsewhere.id}.choix`]: "favorable" });
	const version = () => world.sql(`SELECT version FROM dossier WHERE id = '${elsewhere.id}'`);
	const before = Number(await version());
	equal((await nobody.post(form.action, form.fields)).status, 303);
	equal((await nobody.post(form.action, form.fields)).status, 303, "the same form again");
	equal(Number(await version()), before + 1);
	const after = await nobody.get(`/lien/${elsewhereLink}`);
	equal(after.status, 200);
	check(!formsOf(after.html).some(one => one.fields.some(([name]) => name === `${elsewhere.id}.version`)), "it may be answered again");
	// the page of an action says what the dossier's own would: what happened, and the way on
	const late = await nobody.get(`/lien/${elsewhereLink}/dossiers/${elsewhere.id}/actions/favorable`);
	equal(late.status, 422);
	for (const words of ["Ce n’est plus possible", "le dossier a avancé entre-temps", "Ce qui s’est passé en dernier", "Voir ce qui vous attend encore"])
		check(late.html.includes(words), words);
	check(!late.html.includes(`href="/dossiers/${elsewhere.id}`), "a way that asks for a session");
});

test("rights: each form as everybody; what is refused changes nothing", async () => {
	const { world } = await theStage();
	const recorded = async () => { const { draft, draft_piece, ...rest } = await world.counts(); return rest; };
	const before = await recorded();
	const leaving = ["/deconnexion", "/mon-compte/sessions"];
	await walk("POST", forms, 422, async (cast, person, path, line) => {
		const client = await (leaving.includes(line.path) ? world.enter(cast.people[person]) : world.as(cast.people[person]));
		const got = await client.post(path, { jeton: await tokenOf(client) }, { multipart: line.files });
		if (leaving.includes(line.path) && person !== "nobody")
			equal((await client.get("/mon-compte")).status, 303, "a page after leaving");
		return got;
	});
	equal(await recorded(), before, "what refused forms have changed");
});

test("rights: an expired link opens nothing", async () => {
	const { world, link, id } = await theStage();
	const nobody = world.client();
	const form = await nobody.form(`/lien/${link}`, undefined, { [`${id}.choix`]: "favorable" });
	try {
		await world.moveTo("2023-06-26T09:00");
		equal((await nobody.get(`/lien/${link}`)).status, 404);
		const before = await world.counts();
		equal((await nobody.post(form.action, form.fields)).status, 404);
		equal(await world.counts(), before);
	} finally {
		await world.stop();
		stage = null;
	}
});
