/* What was judged and what it read, in the words of the procedure: for people and for programs. */
#pragma once

#include "dossier/explanation.h"

/* « Nombre de jours par semaine »: what the procedure calls what was read; false when it has no words for it. */
bool explain_name(const struct dossier_explanation *explanation, const struct feel_told *told, struct text *ret_name);
/* What people call what an expression is for: a deadline without a label is called by where it leads. */
struct text explain_label(const struct dossier_explanation *explanation, const struct procedure_place *place);

/* What an expression read: each told once. The names of a function made elsewhere are not those of the procedure. */
struct explain_readings {
	const struct procedure *procedure;
	const struct feel_trace *trace;
	size_t position;
	struct text seen[100];
	size_t count;
};

/* False after the last. Begin with the procedure and the trace, the rest zeroed. */
bool explain_reading_next(struct explain_readings *readings, struct feel_told *ret_told);
const struct procedure_slot *explain_slot_of(const struct dossier_explanation *explanation, const struct feel_told *told);
struct text explain_read_value(const struct dossier_explanation *explanation, const struct feel_told *told);
/* Where what is read comes from: "annuaire, au dépôt". */
struct text explain_source(const struct dossier_explanation *explanation, const struct procedure_slot *slot);
/* The requirements that what is read cites; NULL: it cites none of its own. */
const struct procedure_origin *explain_origin_of(const struct dossier_explanation *explanation,
	const struct procedure_slot *slot);
/* What computed the value that was read: the last evaluation before the one that read it. */
const struct dossier_judged *explain_computed_before(const struct dossier_explanation *explanation,
	const struct dossier_judged *judged, const struct procedure_slot *slot);
