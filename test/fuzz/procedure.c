/* A procedure.yaml made of any bytes, with two small companion files; then the same bytes as a
 * campaign, as a letter and as an archive. Nothing crashes, and a refusal says why. */
#include <stdlib.h>

#include "base/digest.h"
#include "procedure/procedure.h"

#include "base/banned.h"

static const char small[] =
	"guichet: 1\nprocédure: p\ntitre: P\nservice: b\nconservation: P1Y\n"
	"campagne: {effet: {libellé: E, type: date}}\nfenêtres: {f: {libellé: F}}\n"
	"rôles: {agent: {libellé: a, est: demandeur}, b: {libellé: b, fonction: f, de: partout}}\n"
	"formulaire: {s: {titre: S, champs: {jours: {libellé: J, type: entier, pourquoi: p}}}}\n"
	"circuit: {brouillon: {libellé: B, qui: agent, actions: {d: {libellé: D, vers: x, produit: l}}},"
	" x: {libellé: X, fin: oui}}\n"
	"lettres: {l: {titre: L, modèle: a.md}}\n";

static void
read_list(const struct procedure_file *files, size_t count, struct text campaign)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read_files(files, count, NULL, &findings, &error);
	if (!procedure && error.status == GUICHET_OK)
		abort(); /* a refusal must say why */
	if (!procedure)
		return;
	CLEANUP(arena_free) struct arena *arena = arena_new(PROCEDURE_ARENA_LIMIT);
	const struct procedure_mutant *mutants;
	size_t mutant_count;
	if (!arena || procedure_mutants(arena, procedure, &mutants, &mutant_count, &error) != GUICHET_OK)
		return;
	if (campaign.at) {
		CLEANUP(procedure_findings_release) struct procedure_findings told = { 0 };
		(void)campaign_read(arena, procedure, TEXT("campagne.yaml"), campaign, &told, &error);
	}
	if (mutant_count) {
		CLEANUP(procedure_findings_release) struct procedure_findings told = { 0 };
		const struct procedure_options options = { .without = (int)(mutant_count / 2) + 1 };
		procedure_free(procedure_read_archive(procedure->archive, &options, &told, &error));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct text bytes = { (const char *)data, size };
	struct procedure_file files[] = {
		{ TEXT("procedure.yaml"), bytes },
		{ TEXT("lettres/a.md"), TEXT("# A\n\n{{jours}} {{si jours = 1}}x{{sinon}}y{{fin}} {{chef.nom}}\n") },
		{ TEXT("courriers/a.txt"), TEXT("{{dossier.numéro}} {{groupe.liste}}\n") },
	};
	if (!digest_start())
		return 0;
	read_list(files, 3, (struct text){ 0 });
	files[0].bytes = (struct text){ small, sizeof small - 1 };
	read_list(files, 2, bytes);
	files[1].bytes = bytes;
	read_list(files, 2, (struct text){ 0 });
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	procedure_free(procedure_read_archive(bytes, NULL, &findings, &error));
	return 0;
}
