/* Forms as pages send them: boxes with an empty text before them, dates as browsers write them, what is asked. */
#include "dossier_help.h"

#include "base/banned.h"

static struct dossier_form
read_form(struct dossier_stage *stage, struct dossier_raws raws, struct dossier_facts *ret_facts)
{
	struct dossier_form form;
	struct guichet_error error = { 0 };
	dossier_stage_at(stage, "2023-06-08T10:00");
	CHECK(world_facts(stage->world, TEXT("léa"), NULL, stage->world->now, ret_facts, &error) == GUICHET_OK);
	CHECK(dossier_form_read(stage->arena, ret_facts, DOSSIER_FORM_FILING, PROCEDURE_NONE, raws, false, &form, &error)
		== GUICHET_OK);
	return form;
}

TEST(a_box_is_heard_when_it_is_ticked_and_when_it_is_not)
{
	CLEANUP(dossier_stage_end) struct dossier_stage stage = dossier_stage_new();
	struct dossier_facts facts;
	const struct dossier_raw ticked[] = {
		{ TEXT("accord"), TEXT("") }, { TEXT("accord"), TEXT("oui") },
		{ TEXT("nombre_jours"), TEXT("1") },
		{ TEXT("jours_souhaités"), TEXT("") }, { TEXT("jours_souhaités"), TEXT("mardi") },
	};
	struct dossier_form form = read_form(&stage, (struct dossier_raws){ ticked, 5 }, &facts);
	CHECK(feel_is_true(dossier_answer_find(&form, TEXT("accord"))->value));
	CHECK_INTEGER(dossier_answer_find(&form, TEXT("accord"))->mistake.length, 0);
	CHECK_INTEGER(dossier_answer_find(&form, TEXT("jours_souhaités"))->mistake.length, 0);
	CHECK_INTEGER(dossier_answer_find(&form, TEXT("jours_souhaités"))->value.list.count, 1);

	const struct dossier_raw unticked[] = { { TEXT("accord"), TEXT("") }, { TEXT("jours_souhaités"), TEXT("") } };
	form = read_form(&stage, (struct dossier_raws){ unticked, 2 }, &facts);
	CHECK(!feel_is_true(dossier_answer_find(&form, TEXT("accord"))->value));
	CHECK_TEXT(dossier_answer_find(&form, TEXT("accord"))->mistake,
		TEXT("Sans cet accord, la demande ne peut pas être déposée. Échangez d’abord avec votre supérieur."));
	CHECK(dossier_answer_find(&form, TEXT("jours_souhaités"))->mistake.length > 0);
}

TEST(a_date_is_read_as_browsers_and_as_people_write_it)
{
	CLEANUP(dossier_stage_end) struct dossier_stage stage = dossier_stage_new();
	struct dossier_facts facts;
	static const struct { struct text typed; bool good; } cases[] = {
		{ { "2023-06-02", 10 }, true }, { { "02/06/2023", 10 }, true }, { { " 2023-06-02 ", 12 }, true },
		{ { "31/02/2023", 10 }, false }, { { "hier", 4 }, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct dossier_raw raw = { TEXT("date_échange"), cases[i].typed };
		const struct dossier_form form = read_form(&stage, (struct dossier_raws){ &raw, 1 }, &facts);
		const struct dossier_answer *answer = dossier_answer_find(&form, TEXT("date_échange"));
		CHECK_INTEGER(answer->mistake.length == 0, cases[i].good);
		CHECK_TEXT(answer->raws[0], cases[i].typed); /* kept as typed */
	}
}

TEST(a_piece_is_asked_before_filing_and_judged_by_its_kind)
{
	CLEANUP(dossier_stage_end) struct dossier_stage stage = dossier_stage_new();
	struct dossier_facts facts;
	struct guichet_error error = { 0 };
	(void)read_form(&stage, (struct dossier_raws){ 0 }, &facts);
	const int index = procedure_piece_find(stage.procedure, TEXT("assurance"));
	bool asked = false;
	CHECK(dossier_piece_asked(stage.arena, &facts, index, (struct dossier_raws){ 0 }, &asked, &error) == GUICHET_OK);
	CHECK(asked);
	struct text mistake;
	CHECK(dossier_piece_mistake(stage.arena, &facts, index, NULL, (struct dossier_raws){ 0 }, &mistake, &error)
		== GUICHET_OK);
	CHECK_TEXT(mistake, TEXT("Joignez la pièce « Attestation d’assurance habitation » (PDF, JPEG ou PNG)."));
	const struct dossier_piece piece = { .name = TEXT("assurance"), .file = TEXT("a.gif"), .kind = TEXT("GIF") };
	CHECK(dossier_piece_mistake(stage.arena, &facts, index, &piece, (struct dossier_raws){ 0 }, &mistake, &error)
		== GUICHET_OK);
	CHECK_TEXT(mistake, TEXT("La pièce « Attestation d’assurance habitation » doit être un fichier PDF, JPEG ou PNG : "
		"joignez-en un autre."));
	CHECK_TEXT(dossier_formats_text(stage.arena, PROCEDURE_PDF | PROCEDURE_PNG), TEXT("PDF ou PNG"));
	CHECK_TEXT(dossier_formats_text(stage.arena, PROCEDURE_JPEG), TEXT("JPEG"));
}
