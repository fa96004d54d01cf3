// The steps of a request of the demonstration's campaign, as an agent walks them.
import { formOf, titleOf } from "./client.mjs";

export const campaign = "teletravail-academie-2023-2024";
const base = `/campagnes/${campaign}/demande`;
const days = ["lundi", "mardi", "mercredi", "jeudi", "vendredi"];

const answers = rank => [
	[["date_échange", "2023-06-02"], ["supérieur", "Mme Claude Tressange"], ["accord", "oui"]],
	[["nombre_jours", "1"], ["jours_souhaités", days[rank % 5]], ["modalités", `Dossiers et appels, poste ${rank}.`],
		["autorisation_précédente", rank % 4 ? "aucune" : "un_jour"], ["date_souhaitée", "2023-09-01"]],
	[["adresse", `${rank} rue des Tilleuls\n99100 Valmont-la-Ville`]],
];
export const sections = 3;

function must(answer, status, what) {
	if (answer.status !== status) {
		const error = new Error(`${what}: ${answer.status} instead of ${status}, « ${titleOf(answer)} »`);
		throw Object.assign(error, { status: answer.status, answer });
	}
	return answer;
}

// Saves one section: as it is typed (204), then with the button (303).
export async function saveSection(client, section, rank) {
	const page = must(await client.get(`${base}?etape=${section + 1}`), 200, `step ${section + 1}`);
	const fields = [...formOf(page, base), ...answers(rank)[section]];
	must(await client.post(`${base}/brouillon`, fields.slice(0, -1)), 204, "autosave");
	must(await client.post(base, [...fields, ["suite", "continuer"]]), 303, `saving step ${section + 1}`);
}

export async function sendPiece(client, bytes) {
	const address = `${base}/pieces/assurance`;
	const page = must(await client.get(`${base}?etape=${sections + 1}`), 200, "step of the pieces");
	const file = { field: "fichier", name: "attestation.pdf", type: "application/pdf", bytes };
	must(await client.post(address, formOf(page, address), file), 303, "sending the piece");
}

// The form that files, with its token for once.
export async function filingForm(client) {
	const page = must(await client.get(`${base}/recapitulatif`), 200, "the summary");
	return formOf(page, `${base}/deposer`);
}

// The id of the dossier, from the redirection of the filing.
export async function file(client, form) {
	const answer = must(await client.post(`${base}/deposer`, form), 303, "filing");
	return /\/dossiers\/([0-9a-z]+)/.exec(answer.location)[1];
}

// The receipt as it is read: the number.
export async function receipt(client, id) {
	const page = must(await client.get(`/dossiers/${id}`), 200, "the dossier");
	return /\d{4}-[A-Z]+-\d+-[A-Z2]/.exec(page.text)[0];
}

export async function piece(client, id) {
	return must(await client.get(`/dossiers/${id}/pieces/assurance`), 200, "the piece").body;
}

// One of the actions of a dossier, with what its form asks.
export async function act(client, id, action, fields = []) {
	const address = `/dossiers/${id}/actions/${action}`;
	const page = must(await client.get(address), 200, action);
	must(await client.post(address, [...formOf(page, address), ...fields]), 303, action);
}

export async function moveClock(client, moment) {
	const page = must(await client.get("/demo/horloge"), 200, "the clock");
	must(await client.post("/demo/horloge", [...formOf(page, "/demo/horloge").filter(([name]) => name !== "instant"),
		["moment", moment]]), 303, "moving the clock");
}
