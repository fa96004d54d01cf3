/* The lines of a decision table made of any bytes: as a CSV file, written in procedure.yaml, and as a
 * model of decisions. Nothing crashes, a refusal says why, and a mutant of each can be made. */
#include <stdlib.h>

#include "base/digest.h"
#include "procedure/procedure.h"

#include "base/banned.h"

static const char before[] =
	"guichet: 1\nprocédure: p\ntitre: P\nservice: b\nconservation: P1Y\n"
	"rôles: {agent: {libellé: a, est: demandeur}, b: {libellé: b, fonction: f, de: partout}}\n"
	"formulaire: {s: {titre: S, champs: {jours: {libellé: J, type: entier, obligatoire: oui, pourquoi: p},\n"
	"  mot: {libellé: M, type: choix, options: {un: Un, deux: Deux}, obligatoire: oui, pourquoi: p},\n"
	"  jour: {libellé: D, type: date, obligatoire: oui, pourquoi: p}}}}\n"
	"liste: {colonnes: [{titre: T, valeur: t}]}\n"
	"circuit: {brouillon: {libellé: B, qui: agent, actions: {d: {libellé: D, vers: x}}}, x: {libellé: X, fin: oui}}\n"
	"tables:\n  t:\n    libellé: T\n    cite: A-01\n";
static const char columns[] =
	"    choix: première\n    entrées: {jours: {valeurs: \"[0..9]\"}, mot: , jour: }\n"
	"    sorties: {a: {type: nombre, formule: jours * 2}, b: oui/non}\n";

static void
read_one(struct text procedure_yaml, struct text name, struct text bytes)
{
	const struct procedure_file files[] = { { TEXT("procedure.yaml"), procedure_yaml }, { name, bytes } };
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 }, told = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read_files(files, name.length ? 2 : 1, NULL, &findings,
		&error);
	if (!procedure && error.status == GUICHET_OK)
		abort(); /* a refusal must say why */
	const struct procedure_options options = { .without = 3 };
	if (procedure)
		procedure_free(procedure_read_archive(procedure->archive, &options, &told, &error));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct text bytes = { (const char *)data, size };
	CLEANUP(buffer_release) struct buffer yaml = buffer_new(PROCEDURE_FILE_LIMIT);
	if (!digest_start() || size > 20000)
		return 0;
	buffer_format(&yaml, "%s%s    fichier: tables/t.csv\n", before, columns);
	read_one(buffer_text(&yaml), TEXT("tables/t.csv"), bytes);
	buffer_clear(&yaml);
	buffer_format(&yaml, "%s%s    lignes: |\n      ", before, columns);
	for (size_t i = 0; i < size; i++) {
		buffer_add(&yaml, text_part(bytes, i, 1));
		if (bytes.at[i] == '\n')
			buffer_add(&yaml, TEXT("      "));
	}
	read_one(buffer_text(&yaml), (struct text){ 0 }, bytes);
	buffer_clear(&yaml);
	buffer_format(&yaml, "%s    fichier: tables/t.dmn\n    décision: T\n", before);
	read_one(buffer_text(&yaml), TEXT("tables/t.dmn"), bytes);
	return 0;
}
