/* A calendar made of any bytes. Nothing crashes, a refusal says why, and what is counted by it agrees with
 * itself: a delay of working days spans as many, what is prorogued may end, school weeks end where they are counted. */
#include <stdlib.h>

#include "base/calendar.h"
#include "base/digest.h"
#include "feel/feel.h"
#include "procedure/procedure.h"

#include "base/banned.h"

static const struct text procedure_yaml = TEXT(
	"guichet: 1\nprocédure: p\ntitre: P\nservice: b\nconservation: P1Y\n"
	"rôles: {agent: {libellé: a, est: demandeur}, b: {libellé: b, fonction: f, de: partout}}\n"
	"formulaire: {s: {titre: S, champs: {jour: {libellé: D, type: date, obligatoire: oui, pourquoi: p}}}}\n"
	"circuit: {brouillon: {libellé: B, qui: agent, actions: {d: {libellé: D, vers: x}}}, x: {libellé: X, fin: oui}}\n"
	"calendrier: {territoire: alsace-moselle, fichier: calendriers/c.csv}\n"
	"liste: {colonnes: [{titre: T, valeur: 'prorogée(jour)'}]}\n");

/* True, or null: beyond a hundred years, outside of the school years. */
static const struct text certainties[] = {
	TEXT("jours ouvrés(@\"2023-01-01\", @\"2023-12-31\") <= jours ouvrables(@\"2023-01-01\", @\"2023-12-31\")"),
	TEXT("jours ouvrés(@\"2023-05-02\", échéance(@\"2023-05-01\", 20, \"jours ouvrés\")) = 20"),
	TEXT("jours ouvrables(échéance(@\"2023-05-01\", -20, \"jours ouvrables\"), @\"2023-04-30\") = 20"),
	TEXT("est ouvré(échéance(@\"2023-05-01\", 1, \"jours ouvrés\"))"),
	TEXT("not(est férié(prorogée(@\"2023-05-01\")))"),
	TEXT("semaines scolaires(@\"2022-08-31\", fin de semaines scolaires(@\"2022-08-31\", 12)) between 12 and 12"),
	TEXT("rentrée suivante(@\"2022-08-31\", \"B\") > @\"2022-08-31\""),
	TEXT("en vacances(@\"2022-10-22\") = en vacances(@\"2022-10-22\", \"\")"),
};

static void
count_by(const struct calendar *calendar)
{
	for (size_t i = 0; i < sizeof certainties / sizeof *certainties; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
		struct feel_findings *findings = arena ? arena_new_of(arena, struct feel_findings) : NULL;
		if (!scope || !findings)
			return;
		feel_scope_set_calendar(scope, calendar);
		const struct feel *feel = feel_read(arena, scope, certainties[i], findings);
		if (!feel)
			abort();
		struct feel_run run = { .arena = arena };
		const struct feel_value value = feel_evaluate(feel, &run);
		if (value.kind != FEEL_NULL && !feel_is_true(value))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct procedure_file files[] = { { TEXT("procedure.yaml"), procedure_yaml },
		{ TEXT("calendriers/c.csv"), { (const char *)data, size } } };
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	if (!digest_start() || size > 20000)
		return 0;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read_files(files, 2, NULL, &findings, &error);
	if (!procedure && error.status == GUICHET_OK)
		abort(); /* a refusal must say why */
	if (procedure)
		count_by(procedure->calendar);
	return 0;
}
