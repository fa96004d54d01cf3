/* Yearly reports: what a procedure counts over all its dossiers, in one pass.
 *
 *     dossier_report_begin(arena, procedure, index, days, &report, error);
 *     … for each dossier: dossier_report_add(&report, &facts, scratch, error); …
 *     dossier_report_end(&report, error);
 *
 * A dossier filed under another version of the procedure is judged by the report of the same name that stands in its
 * own version; what that version does not count is not counted. */
#pragma once

#include "dossier/dossier.h"

enum { DOSSIER_REPORT_MOST_GROUPS = 2000 }; /* of one table, beyond which it is refused */

/* The days of a report. `year` is that in which they begin; it does not matter for a whole campaign, which
 * goes from its first day to `today`. */
struct feel_range dossier_report_days(const struct procedure_report *report, const struct campaign *campaign, int year,
	struct date today);
/* The year whose report a day belongs to: that in which its school year begins, if it counts by them. */
int dossier_report_year(const struct procedure_report *report, struct date day);
/* "2024", "2023-2024"; empty for a campaign. */
struct text dossier_report_year_text(struct arena *arena, const struct procedure_report *report, int year);

struct dossier_report_cell {
	int64_t count;         /* dossiers */
	struct feel_value sum; /* of their numbers; 0 when dossiers are counted */
	bool hidden;           /* of a group: it would tell of few dossiers, or give away one that does */
};

struct dossier_report_group {
	struct text name;
	int64_t dossiers; /* that count in one measure at least; in a list: the only number */
	struct dossier_report_cell *cells; /* by measure of the definition; NULL in a list */
};

/* One way of sharing them out, or a list. */
struct dossier_report_table {
	struct text title;
	struct dossier_report_group *groups; /* in order once ended */
	size_t count;
	size_t merged; /* small groups that the last line holds together; 0: none */
	bool hidden;   /* some of their cells are */
	bool too_few;  /* all are small: none may be shown */
};

struct dossier_report_work;

struct dossier_report {
	const struct procedure_report *definition;
	struct feel_range days;
	int64_t read; /* dossiers */
	struct dossier_report_group total;
	struct dossier_report_table *tables; /* by definition->by */
	struct dossier_report_table *lists;  /* by definition->lists */
	bool too_few; /* the whole is a small group: nothing may be shown */
	struct dossier_report_work *work;
};

/* An empty one. `days` is copied; its bounds are dates. BROKEN without memory. */
enum guichet_status dossier_report_begin(struct arena *arena, const struct procedure *procedure, int index,
	struct feel_range days, struct dossier_report *ret_report, struct guichet_error *error);
/* Counts one dossier, unless it was filed after the last of the days. `scratch` may be cleared after. REFUSED when a
 * table has too many lines. */
enum guichet_status dossier_report_add(struct dossier_report *report, const struct dossier_facts *facts,
	struct arena *scratch, struct guichet_error *error);
/* Puts its lines in order. With a secret, groups of fewer dossiers are held together, and the cells of a group that count
 * fewer are hidden, with others if the total gives them away. The total is shown as it is. */
enum guichet_status dossier_report_end(struct dossier_report *report, struct guichet_error *error);

/* What a cell shows: how many, their sum, their mean (two decimals at most; empty when there are none). */
struct text dossier_report_cell_text(struct arena *arena, const struct procedure_report_measure *measure,
	const struct dossier_report_cell *cell);
