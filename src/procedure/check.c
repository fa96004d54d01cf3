/* What is proved of a whole procedure, once nothing is wrong in its parts. */
#include "procedure/check.h"

#include "base/banned.h"

struct span
check_place(const struct check *check, const struct procedure_origin *origin)
{
	const struct reader *reader = check->reader;
	for (size_t i = 0; i < reader->source_count; i++) {
		const struct source *source = &reader->sources[i];
		if (!text_equal(source->name, origin->file))
			continue;
		const size_t at = source_offset(source, origin->line, origin->column);
		size_t end = at;
		while (end < source->bytes.length && !strchr(" :,{}[]\n\r\t", source->bytes.at[end]))
			end++;
		return (struct span){ source, at, end > at ? end : at + 1 };
	}
	return (struct span){ reader->root->at.source, 0, 1 };
}

struct procedure_origin
way_origin(const struct way *way)
{
	return way->action ? way->action->origin : way->deadline->origin;
}

struct text
way_name(const struct way *way)
{
	return way->action ? way->action->name : way->deadline->name;
}

static bool
list_ways(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	check->ways = READER_ARRAY(check->reader, struct way, procedure->action_count + procedure->deadline_count);
	if (!check->ways)
		return false;
	for (size_t i = 0; i < procedure->action_count; i++)
		check->ways[check->way_count++] = (struct way){ procedure->actions[i].step, procedure->actions[i].to,
			&procedure->actions[i], NULL };
	for (size_t i = 0; i < procedure->deadline_count; i++)
		check->ways[check->way_count++] = (struct way){ procedure->deadlines[i].step, procedure->deadlines[i].to, NULL,
			&procedure->deadlines[i] };
	return true;
}

void
check_procedure(struct reader *reader)
{
	struct check check = { .reader = reader, .procedure = reader->procedure };
	if (reader->procedure->step_count == 0 || !list_ways(&check) || !flow_compute(&check))
		return;
	check_circuit(&check);
	check_passages(&check);
	check_reminders(&check);
	check_natures(&check);
	check_form(&check);
	check_pieces(&check);
	check_outside(&check);
	check_doubts(&check);
	check_words(&check);
	check_headings(&check);
	check_holes(&check);
	check_tables(&check);
}
