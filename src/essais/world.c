/* See world.h: what the office does with a database and processes, done in memory at once. */
#include "essais/world.h"

#include "base/buffer.h"

#include "base/banned.h"

/* ---- trees ---- */

const struct yaml_node *
yaml_get_named(const struct yaml_node *map, struct text key)
{
	for (size_t i = 0; map && map->kind == YAML_MAPPING && i < map->count; i++) {
		if (text_equal(map->items[i].key->scalar, key))
			return map->items[i].value;
	}
	return NULL;
}

const struct yaml_node *
yaml_get(const struct yaml_node *map, const char *key)
{
	return yaml_get_named(map, text_of_string(key));
}

struct text
yaml_scalar(const struct yaml_node *node)
{
	return node && node->kind == YAML_SCALAR && node->scalar.at ? node->scalar : TEXT("");
}

/* ---- directory ---- */

const struct yaml_node *
world_person(const struct world *world, struct text key)
{
	return yaml_get_named(yaml_get(world->directory, "personnes"), key);
}

const struct yaml_node *
world_structure(const struct world *world, struct text key)
{
	return yaml_get_named(yaml_get(world->directory, "structures"), key);
}

struct dossier_person
world_person_of(const struct world *world, struct text key)
{
	const struct yaml_node *node = world_person(world, key);
	const struct yaml_node *function = yaml_get(node, "fonction");
	return (struct dossier_person){
		.id = key,
		.civility = yaml_scalar(yaml_get(node, "civilité")),
		.first_name = yaml_scalar(yaml_get(node, "prénom")),
		.last_name = yaml_scalar(yaml_get(node, "nom")),
		.mail = yaml_scalar(yaml_get(node, "mail")),
		.quality = yaml_scalar(function && function->kind == YAML_SEQUENCE && function->count > 0
			? function->items[0].value : function),
		.structure = yaml_scalar(yaml_get(world_structure(world, yaml_scalar(yaml_get(node, "structure"))), "nom")),
	};
}

/* A context of that type, from a mapping with the same keys; an entry `structure` is looked up. */
bool
world_context(const struct world *world, const struct feel_type *type, const struct yaml_node *node,
	struct feel_value *ret_value)
{
	struct feel_entry *entries = arena_array_of(world->arena, struct feel_entry, type->field_count + 1);
	if (!entries)
		return false;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct feel_field *field = &type->fields[i];
		const struct yaml_node *value = yaml_get_named(node, field->name);
		entries[i].name = field->name;
		if (field->type && field->type->kind == FEEL_CONTEXT) {
			if (!world_context(world, field->type, world_structure(world, yaml_scalar(value)), &entries[i].value))
				return false;
		} else if (field->type && field->type->kind == FEEL_DATE) {
			struct date date;
			if (date_read(yaml_scalar(value), &date))
				entries[i].value = feel_date(date);
		} else if (field->type && field->type->kind == FEEL_BOOLEAN) {
			entries[i].value = feel_boolean(!text_equal(yaml_scalar(value), TEXT("non")));
		} else if (yaml_scalar(value).length > 0) {
			entries[i].value = feel_string(yaml_scalar(value));
		}
	}
	*ret_value = feel_context(entries, type->field_count);
	return true;
}

static bool
holds_function(const struct world *world, const struct yaml_node *person, const struct procedure_role *role)
{
	const struct yaml_node *function = yaml_get(person, "fonction");
	const size_t count = !function ? 0 : function->kind == YAML_SEQUENCE ? function->count : 1;
	for (size_t i = 0; i < count; i++) {
		const struct text held = yaml_scalar(function->kind == YAML_SEQUENCE ? function->items[i].value : function);
		if (role->reach == PROCEDURE_APPLICANT && procedure_asks(world->procedure, held))
			return true;
		for (size_t j = 0; j < role->function_count; j++) {
			if (text_equal(held, role->functions[j]))
				return true;
		}
	}
	return false;
}

/* Adds the holders of a role in a structure (empty: wherever); how many but the agent. */
static size_t
add_holders(struct world *world, int role, struct text structure, struct text agent, struct dossier_holder *holders,
	size_t *count, size_t limit)
{
	const struct yaml_node *persons = yaml_get(world->directory, "personnes");
	size_t added = 0;
	for (size_t i = 0; persons && i < persons->count && *count < limit; i++) {
		const struct text key = persons->items[i].key->scalar;
		const struct yaml_node *person = persons->items[i].value;
		if (text_equal(key, agent) || !holds_function(world, person, &world->procedure->roles[role])
		    || (structure.length > 0 && !text_equal(yaml_scalar(yaml_get(person, "structure")), structure)))
			continue;
		struct dossier_person holder;
		if (!world_stand_in(world, key, agent, &holder))
			continue;
		holders[(*count)++] = (struct dossier_holder){ role, holder };
		added++;
	}
	return added;
}

/* Whose a dossier is, or would be if that person filed. */
static struct text
structure_of(const struct world *world, struct text person, const struct dossier *dossier)
{
	const bool of_structures = world->procedure->of_structures;
	for (size_t i = 0; of_structures && dossier && i < world->dossier_count; i++)
		if (&world->dossiers[i].state == dossier || text_equal(world->dossiers[i].state.id, dossier->id))
			return world->dossiers[i].structure;
	return of_structures && world->asks_for.length > 0 ? world->asks_for
		: yaml_scalar(yaml_get(world_person(world, person), "structure"));
}

struct text
world_whose(const struct world *world, struct text person, const struct dossier *dossier)
{
	return world->procedure->of_structures ? structure_of(world, person, dossier) : person;
}

/* Drops from the list, after `first`, those who ask for the structure: they were put in it before. */
static void
drop_applicants(const struct procedure *procedure, struct dossier_holder *holders, size_t first, size_t *count)
{
	size_t kept = first;
	for (size_t i = first; i < *count; i++) {
		bool asks = false;
		for (size_t k = 0; k < first; k++)
			asks |= procedure->roles[holders[k].role].reach == PROCEDURE_APPLICANT
				&& text_equal(holders[k].person.id, holders[i].person.id);
		if (!asks)
			holders[kept++] = holders[i];
	}
	*count = kept;
}

/* The same for the request of a structure: whoever asks for it answers nothing, and the function that asks is held, to
 * answer, above. */
static void
find_holders_for(struct world *world, int index, struct text structure, struct dossier_holder *holders, size_t *count,
	size_t limit)
{
	const struct procedure *procedure = world->procedure;
	const struct procedure_role *role = &procedure->roles[index];
	const size_t first = *count;
	if (role->reach == PROCEDURE_APPLICANT) {
		add_holders(world, index, structure, TEXT(""), holders, count, limit);
		return;
	}
	if (role->reach != PROCEDURE_EVERYWHERE && procedure_role_asks(procedure, role))
		structure = yaml_scalar(yaml_get(world_structure(world, structure), "dans"));
	for (size_t depth = 0; depth < 10 && *count == first && (structure.length > 0 || role->reach == PROCEDURE_EVERYWHERE);
		depth++) {
		add_holders(world, index, role->reach == PROCEDURE_EVERYWHERE ? TEXT("") : structure, TEXT(""), holders, count, limit);
		drop_applicants(procedure, holders, first, count);
		structure = yaml_scalar(yaml_get(world_structure(world, structure), "dans"));
	}
}

/* What the directory says of who files, as of somebody of the structure that they ask for. */
static bool
set_structure(const struct world *world, struct text structure, struct feel_value *agent)
{
	const struct feel_type *type = world->procedure->slots[world->procedure->agent_slot].type;
	struct feel_entry *entries = arena_array_of(world->arena, struct feel_entry, type->field_count + 1);
	if (!entries)
		return false;
	for (size_t i = 0; i < type->field_count; i++) {
		entries[i] = agent->context.at[i];
		if (text_equal(entries[i].name, TEXT("structure"))
			&& !world_context(world, type->fields[i].type, world_structure(world, structure), &entries[i].value))
			return false;
	}
	*agent = feel_context(entries, type->field_count);
	return true;
}

static void
find_holders(struct world *world, int role, struct text agent, struct dossier_holder *holders, size_t *count, size_t limit)
{
	const enum procedure_reach reach = world->procedure->roles[role].reach;
	struct text structure = yaml_scalar(yaml_get(world_person(world, agent), "structure"));
	if (reach == PROCEDURE_EVERYWHERE)
		add_holders(world, role, TEXT(""), agent, holders, count, limit);
	if (reach != PROCEDURE_STRUCTURE && reach != PROCEDURE_DISTRICT)
		return;
	/* The nearest structure, upwards, where somebody other than the agent holds it. */
	for (size_t depth = 0; depth < 10 && structure.length > 0; depth++) {
		if (add_holders(world, role, structure, agent, holders, count, limit) > 0)
			return;
		structure = yaml_scalar(yaml_get(world_structure(world, structure), "dans"));
	}
}

static struct world_dossier *
dossier_by_id(struct world *world, struct text id)
{
	for (size_t i = 0; id.length > 0 && i < world->dossier_count; i++)
		if (text_equal(world->dossiers[i].state.id, id))
			return &world->dossiers[i];
	return NULL;
}

size_t
world_children(const struct world *world, const struct world_dossier *parent, struct dossier_kin *children)
{
	size_t count = 0;
	for (size_t i = 0; i < world->dossier_count; i++) {
		const struct dossier *state = &world->dossiers[i].state;
		if (world->dossiers[i].parent == parent)
			children[count++] = (struct dossier_kin){ state->id, state->number, state->nature, state->step };
	}
	return count;
}

enum guichet_status
world_facts(struct world *world, struct text person, const struct dossier *dossier, instant at,
	struct dossier_facts *ret_facts, struct guichet_error *error)
{
	enum { MOST_HOLDERS = 200 };
	const struct procedure *procedure = world->procedure;
	struct dossier_facts facts = {
		.procedure = procedure,
		.campaign = world->campaign,
		.dossier = dossier,
		.subject = person,
		.other = TEXT(""),
		.at = at,
	};
	struct dossier_holder *holders = arena_array_of(world->arena, struct dossier_holder, MOST_HOLDERS);
	struct dossier_exception *exceptions = arena_array_of(world->arena, struct dossier_exception,
		world->exception_count + 1);
	if (!holders || !exceptions
	    || !world_context(world, procedure->slots[procedure->agent_slot].type, world_person(world, person), &facts.agent))
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	const struct text structure = structure_of(world, person, dossier);
	if (procedure->of_structures && !set_structure(world, structure, &facts.agent))
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t role = 0; procedure->of_structures && role < procedure->role_count; role++)
		if (procedure->roles[role].reach == PROCEDURE_APPLICANT)
			find_holders_for(world, (int)role, structure, holders, &facts.holder_count, MOST_HOLDERS);
	for (size_t role = 0; role < procedure->role_count; role++) {
		if (!procedure->of_structures)
			find_holders(world, (int)role, person, holders, &facts.holder_count, MOST_HOLDERS);
		else if (procedure->roles[role].reach != PROCEDURE_APPLICANT)
			find_holders_for(world, (int)role, structure, holders, &facts.holder_count, MOST_HOLDERS);
	}
	facts.holders = holders;
	for (size_t i = 0; i < world->exception_count; i++) {
		if (text_equal(world->exception_of[i], world_whose(world, person, dossier)))
			exceptions[facts.exception_count++] = world->exceptions[i];
	}
	facts.exceptions = exceptions;
	for (size_t i = 0; i < world->dossier_count; i++) {
		const struct world_dossier *other = &world->dossiers[i];
		const bool same = procedure->of_structures ? text_equal(other->structure, structure) : text_equal(other->person, person);
		if (same && &other->state != dossier && other->columns.counts)
			facts.other = other->state.number;
	}
	struct world_dossier *parent = dossier ? dossier_by_id(world, dossier->parent) : NULL;
	if (parent)
		facts.parent = &parent->state;
	*ret_facts = facts;
	return world_outside(world, person, structure, ret_facts, error);
}

bool
world_holds(const struct world *world, struct text person, int role)
{
	return holds_function(world, world_person(world, person), &world->procedure->roles[role]);
}

dossier_roles
world_roles(const struct dossier_facts *facts, struct text person)
{
	dossier_roles roles = 0;
	for (size_t i = 0; i < facts->holder_count; i++) {
		if (text_equal(facts->holders[i].person.id, person))
			roles |= DOSSIER_ROLE(facts->holders[i].role);
	}
	return roles;
}

struct world_dossier *
world_dossier_find(struct world *world, struct text key)
{
	/* The last of a name: a dossier filed again after a withdrawal takes it over. */
	for (size_t i = world->dossier_count; i > 0; i--) {
		if (text_equal(world->dossiers[i - 1].key, key))
			return &world->dossiers[i - 1];
	}
	return NULL;
}

/* ---- what follows from an outcome ---- */

static void
trouble(struct world *world, const char *what, const char *message)
{
	if (world->trouble.length == 0)
		world->trouble = arena_format(world->arena, "%s : %s", what, message);
}

static enum guichet_status
write_mail(struct world *world, const struct world_dossier *dossier, const struct dossier_mail_request *request,
	bool link)
{
	struct guichet_error error = { 0 };
	struct dossier_mail_request complete = *request;
	complete.links = (struct dossier_links){
		.home = TEXT("https://guichet.example/"),
		.dossier = TEXT("https://guichet.example/dossier"),
		.answer = link ? TEXT("https://guichet.example/reponse/jeton") : TEXT(""),
	};
	if (world->mail_count == WORLD_MOST_MAILS)
		return GUICHET_OK;
	struct world_mail *mail = &world->mails[world->mail_count];
	*mail = (struct world_mail){
		.mail = &world->procedure->mails[request->mail],
		.to = request->to.id,
		.link = link,
	};
	if (dossier_mail_write(&complete, world->arena, &mail->subject, &mail->body, &error) != GUICHET_OK)
		trouble(world, "un courrier ne peut pas être écrit", error.message);
	else if (request->to.mail.length == 0)
		trouble(world, "un courrier n’a pas d’adresse", "la personne n’a pas de mail");
	if (dossier && world->hold_until && world->held_count < WORLD_MOST_MAILS)
		world->held[world->held_count++] = (struct world_held){ *mail, dossier, world->hold_until };
	else
		world->mail_count++;
	return GUICHET_OK;
}

/* Held mails whose delay is over leave; those of a dossier that was undone never do. */
static void
release_mails(struct world *world, instant until, const struct world_dossier *undone)
{
	size_t kept = 0;
	for (size_t i = 0; i < world->held_count; i++) {
		const struct world_held held = world->held[i];
		if (held.dossier == undone)
			continue;
		if (held.until > until || world->mail_count == WORLD_MOST_MAILS)
			world->held[kept++] = held;
		else
			world->mails[world->mail_count++] = held.mail;
	}
	world->held_count = kept;
}

static void
add_event(struct world *world, struct world_dossier *dossier, const struct dossier_outcome *outcome)
{
	struct dossier_event *events = arena_array_of(world->arena, struct dossier_event, dossier->event_count + 1);
	if (!events) {
		trouble(world, "événement", "la mémoire manque");
		return;
	}
	if (dossier->event_count > 0)
		memcpy(events, dossier->events, dossier->event_count * sizeof *events);
	events[dossier->event_count++] = outcome->event;
	dossier->events = events;
	dossier->state = outcome->state;
	dossier->dues = outcome->dues;
	dossier->due_count = outcome->due_count;
	dossier->columns = outcome->columns;
	world_count(world, world_whose(world, dossier->person, &dossier->state), outcome);
	struct guichet_error error = { 0 };
	if ((outcome->entry_count || outcome->uncounted_count)
		&& world_recompute_others(world, dossier, &error) != GUICHET_OK)
		trouble(world, "compteurs", error.message);
}

static struct text
salt_of(struct world *world, struct text key, unsigned number)
{
	const struct digest digest = digest_of(arena_format(world->arena, "%.*s %u", TEXT_ARGS(key), number));
	return digest_hex(world->arena, &digest);
}

static struct dossier_input
input_of(struct world *world, const struct world_dossier *dossier, const struct dossier_facts *facts)
{
	return (struct dossier_input){
		.facts = *facts,
		.decided_at = facts->at,
		.salt = salt_of(world, dossier->key, dossier->state.version + 1),
		.id = dossier->key,
	};
}

static struct text
letter_text(struct world *world, const struct dossier_letter *letter)
{
	/* Each hole marker becomes its value: base/hole.h writes U+E000, its index, U+E001. */
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_MAIL);
	const struct text open = TEXT("\xEE\x80\x80"), close = TEXT("\xEE\x80\x81");
	struct text rest = letter->markdown;
	for (;;) {
		const size_t at = text_find(rest, open);
		if (at == SIZE_MAX)
			break;
		buffer_add(&out, text_part(rest, 0, at));
		rest = text_part(rest, at + open.length, SIZE_MAX);
		const size_t end = text_find(rest, close);
		int64_t index;
		if (end == SIZE_MAX || !text_to_integer(text_part(rest, 0, end), 0, (int64_t)letter->hole_count - 1, &index))
			break;
		buffer_add(&out, letter->holes[index]);
		rest = text_part(rest, end + close.length, SIZE_MAX);
	}
	buffer_add(&out, rest);
	return arena_text(world->arena, buffer_text(&out));
}

/* The facts by which a letter is written: the parent as it was when it was decided. */
static enum guichet_status
facts_of_letter(struct world *world, struct world_dossier *dossier, const struct dossier_act *act,
	struct dossier_facts *ret_facts, struct guichet_error *error)
{
	enum guichet_status status = world_facts(world, dossier->person, &dossier->state, world->now, ret_facts, error);
	if (status == GUICHET_OK && dossier->parent)
		status = dossier_parent_of_act(world->arena, world->procedure, dossier->events, dossier->event_count, act,
			&ret_facts->parent, error);
	return status;
}

struct text
world_letter_text(struct world *world, struct world_dossier *dossier, int letter)
{
	struct dossier_facts facts;
	struct dossier_letter made;
	struct guichet_error error = { 0 };
	const struct dossier_act *act = dossier_act_find(&dossier->state, letter);
	if (!act || facts_of_letter(world, dossier, act, &facts, &error) != GUICHET_OK
	    || dossier_letter_write(&facts, act, world->arena, &made, &error) != GUICHET_OK)
		return (struct text){ NULL, 0 };
	return letter_text(world, &made);
}

static enum guichet_status
compose_letters(struct world *world, struct world_dossier *dossier, struct guichet_error *error)
{
	for (size_t i = 0; i < dossier->state.act_count; i++) {
		const struct dossier_act act = dossier->state.acts[i];
		struct dossier_facts facts;
		struct dossier_letter letter;
		struct dossier_outcome outcome;
		struct guichet_error own = { 0 };
		if (act.status != DOSSIER_TO_COMPOSE)
			continue;
		enum guichet_status status = facts_of_letter(world, dossier, &act, &facts, error);
		if (status != GUICHET_OK)
			return status;
		if (dossier_letter_write(&facts, &act, world->arena, &letter, &own) != GUICHET_OK) {
			trouble(world, "une lettre ne peut pas être écrite", own.message);
			continue;
		}
		const struct text filled = letter_text(world, &letter);
		const struct digest digest = digest_of(filled);
		const struct text hex = digest_hex(world->arena, &digest);
		const struct dossier_input input = input_of(world, dossier, &facts);
		status = dossier_compose(&input, act.number, hex, hex, (int64_t)filled.length, world->arena, &outcome, error);
		if (status != GUICHET_OK)
			return status;
		add_event(world, dossier, &outcome);
	}
	return GUICHET_OK;
}

static enum guichet_status apply(struct world *world, struct world_dossier *dossier,
	struct dossier_outcome *outcome, struct guichet_error *error);

/* What the parent of a dossier makes of an outcome; REFUSED when it may not happen for that. */
static enum guichet_status
receive(struct world *world, const struct world_dossier *dossier, const struct dossier_outcome *outcome,
	struct dossier_outcome *ret_received, struct guichet_error *error)
{
	struct dossier_child child;
	struct dossier_facts facts;
	*ret_received = (struct dossier_outcome){ .kind = DOSSIER_STALE };
	if (!dossier->parent || !dossier_child_of(outcome, &child))
		return GUICHET_OK;
	const enum guichet_status status = world_facts(world, dossier->parent->person, &dossier->parent->state,
		outcome->event.at, &facts, error);
	if (status != GUICHET_OK)
		return status;
	facts.child = &child;
	const struct dossier_input input = input_of(world, dossier->parent, &facts);
	return dossier_receive(&input, world->arena, ret_received, error);
}

/* What happened to a child comes to its parent at once. */
static enum guichet_status
tell_parent(struct world *world, struct world_dossier *dossier, const struct dossier_outcome *outcome, struct guichet_error *error)
{
	struct dossier_outcome received;
	const enum guichet_status status = receive(world, dossier, outcome, &received, error);
	return status != GUICHET_OK || received.kind != DOSSIER_HAPPENED ? status
		: apply(world, dossier->parent, &received, error);
}

/* Writes what an outcome brings. REFUSED, and nothing is written, when its parent may not receive it. */
static enum guichet_status
apply_one(struct world *world, struct world_dossier *dossier, const struct dossier_outcome *outcome,
	struct guichet_error *error)
{
	struct dossier_outcome received;
	enum guichet_status status = receive(world, dossier, outcome, &received, error);
	if (status != GUICHET_OK)
		return status;
	add_event(world, dossier, outcome);
	struct dossier_facts facts;
	status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
	for (size_t i = 0; status == GUICHET_OK && i < outcome->mail_count; i++) {
		const struct dossier_mail_due *due = &outcome->mails[i];
		const struct dossier_mail_request request = {
			.mail = due->mail, .group = &facts, .group_count = 1, .to = due->to, .role = due->role,
			.at = world->now,
		};
		status = write_mail(world, dossier, &request, due->link);
	}
	if (outcome->unheld.length > 0 && world->procedure->office >= 0)
		world->alerts = (struct procedure_list){ &world->procedure->office, 1 };
	if (outcome->alerts.count > 0)
		world->alerts = outcome->alerts;
	if (status == GUICHET_OK && world->compose)
		status = compose_letters(world, dossier, error);
	return status == GUICHET_OK ? tell_parent(world, dossier, outcome, error) : status;
}

/* The parent, another of the same nature that goes on; the number. */
static struct text
set_birth(struct world *world, const struct world_birth *birth, struct dossier_facts *facts)
{
	struct dossier_kin children[WORLD_MOST_DOSSIERS];
	const size_t count = world_children(world, birth->parent, children);
	size_t rank = 1;
	facts->parent = &birth->parent->state;
	facts->nature = birth->nature;
	facts->other = TEXT("");
	for (size_t i = 0; i < count; i++) {
		rank += dossier_nature_letter(children[i].nature) == dossier_nature_letter(birth->nature);
		if (text_equal(children[i].nature, birth->nature) && !world->procedure->steps[children[i].step].final)
			facts->other = children[i].number;
	}
	return dossier_child_number(world->arena, birth->parent->state.number, birth->nature, rank);
}

static bool
add_acts(struct arena *arena, const struct dossier_act **acts, size_t *count, const struct dossier_act *more,
	size_t more_count)
{
	struct dossier_act *all = arena_array_of(arena, struct dossier_act, *count + more_count + 1);
	if (!all)
		return false;
	if (*count > 0)
		memcpy(all, *acts, *count * sizeof *all);
	if (more_count > 0)
		memcpy(all + *count, more, more_count * sizeof *all);
	*acts = all;
	*count += more_count;
	return true;
}

/* The entries of counters that a dossier has. NULL without memory. */
static struct world_entry *
entries_of(struct world *world, const struct world_dossier *dossier, size_t *ret_count)
{
	struct world_entry *entries = arena_array_of(world->arena, struct world_entry, world->entry_count + 1);
	*ret_count = 0;
	for (size_t i = 0; entries && i < world->entry_count; i++)
		if (text_equal(world->entries[i].number, dossier->state.number))
			entries[(*ret_count)++] = world->entries[i];
	return entries;
}

/* What to keep of a dossier before an action that may be undone. */
static bool
keep_before(struct world *world, struct world_dossier *dossier, const struct dossier_outcome *outcome, struct text author)
{
	struct world_undo *kept = &dossier->undo;
	kept->undo = (struct dossier_undo){ .action = outcome->happened, .version = outcome->event.number,
		.until = outcome->held_until, .author = author,
		.to = world->procedure->steps[outcome->state.step].name,
		.state = dossier_to_json(world->arena, world->procedure, &dossier->state) };
	kept->entries = entries_of(world, dossier, &kept->entry_count);
	return kept->undo.state.at && kept->entries;
}

static enum guichet_status apply_all(struct world *world, struct world_dossier *dossier, struct dossier_outcome *outcome,
	struct guichet_error *error);

/* Writes what an outcome brings; what may be undone is kept, and its mails are held. */
static enum guichet_status
apply(struct world *world, struct world_dossier *dossier, struct dossier_outcome *outcome, struct guichet_error *error)
{
	if (!outcome->held_until)
		return apply_all(world, dossier, outcome, error);
	const struct dossier_done *last = dossier_last(&outcome->state);
	if (!keep_before(world, dossier, outcome, last ? last->person : TEXT("")))
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	world->hold_until = outcome->held_until;
	const enum guichet_status status = apply_all(world, dossier, outcome, error);
	world->hold_until = 0;
	dossier->undo.undo.changed = dossier->state.changed;
	return status;
}

/* Then goes through the passages that it opens: *outcome tells of them all. */
static enum guichet_status
apply_all(struct world *world, struct world_dossier *dossier, struct dossier_outcome *outcome, struct guichet_error *error)
{
	const struct dossier_due *due;
	enum guichet_status status = apply_one(world, dossier, outcome, error);
	for (size_t i = 0; status == GUICHET_OK && (due = dossier_due_at_once(dossier->dues, dossier->due_count)); i++) {
		struct dossier_facts facts;
		struct dossier_outcome next;
		if (i == DOSSIER_MOST_PASSAGES) {
			trouble(world, "un passage", DOSSIER_PASSAGES_LOOP.at);
			dossier->due_count = 0;
			break;
		}
		status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
		if (status != GUICHET_OK)
			return status;
		const struct dossier_input input = input_of(world, dossier, &facts);
		status = dossier_elapse(&input, due->effect, due->step, due->at, world->arena, &next, error);
		if (status == GUICHET_OK && next.kind != DOSSIER_HAPPENED) {
			trouble(world, "un passage n’a pas pu avoir lieu", error->message);
			dossier->due_count = 0;
			break;
		}
		if (status == GUICHET_OK)
			status = apply_one(world, dossier, &next, error);
		if (status == GUICHET_REFUSED) {
			trouble(world, "un passage n’a pas pu avoir lieu", error->message);
			dossier->due_count = 0;
			return GUICHET_OK;
		}
		if (status == GUICHET_OK && (!add_acts(world->arena, &outcome->composed, &outcome->composed_count, next.composed,
				next.composed_count)
			|| !add_acts(world->arena, &outcome->cancelled, &outcome->cancelled_count, next.cancelled,
				next.cancelled_count)))
			return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
		outcome->state = dossier->state;
	}
	return status;
}

enum guichet_status
world_act_or_bear(struct world *world, struct world_dossier *dossier, const struct world_birth *birth, struct text key,
	struct text person, const struct dossier_command *command, struct dossier_outcome *ret_outcome,
	struct guichet_error *error)
{
	struct world_dossier fresh = { .key = key, .person = !birth ? person : birth->parent ? birth->parent->person
		: birth->subject, .parent = birth ? birth->parent : NULL };
	const bool filing = !dossier;
	if (birth && birth->parent && world->procedure->of_structures)
		world->asks_for = birth->parent->structure;
	fresh.structure = structure_of(world, person, NULL);
	struct dossier_facts facts;
	struct text child_number = TEXT("");
	enum guichet_status status = world_facts(world, filing ? fresh.person : dossier->person,
		filing ? NULL : &dossier->state, world->now, &facts, error);
	if (status != GUICHET_OK)
		return status;
	if (birth && birth->parent)
		child_number = set_birth(world, birth, &facts);
	status = world_named(world, command->raws, &facts, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_input input = input_of(world, filing ? &fresh : dossier, &facts);
	input.command = *command;
	input.actor = (struct dossier_actor){ .person = world_person_of(world, person),
		.roles = world_roles(&facts, person) };
	world_acting(world, &facts, command->action, &input.actor);
	input.number = dossier_number(world->arena, world->procedure, world->campaign, (int64_t)world->dossier_count + 1);
	if (birth && birth->parent)
		input.number = child_number;
	if (filing)
		input.id = arena_format(world->arena, "%.*s-%zu", TEXT_ARGS(key), world->dossier_count);
	status = dossier_decide(&input, world->arena, ret_outcome, error);
	if (status == GUICHET_REFUSED && ret_outcome->kind == DOSSIER_REFUSED_OUTCOME)
		return GUICHET_OK;
	if (status != GUICHET_OK)
		return status;
	if (filing) {
		if (world->dossier_count == WORLD_MOST_DOSSIERS)
			return guichet_fail(error, GUICHET_BROKEN, "Trop de dossiers dans un scénario.");
		dossier = &world->dossiers[world->dossier_count++];
		*dossier = fresh;
	}
	status = apply(world, dossier, ret_outcome, error);
	if (status != GUICHET_REFUSED)
		return status;
	/* Its parent may not receive it: nothing was written. */
	world->dossier_count -= filing;
	*ret_outcome = (struct dossier_outcome){ .kind = DOSSIER_REFUSED_OUTCOME,
		.message = arena_text(world->arena, text_of_string(error->message)) };
	return ret_outcome->message.at ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
}

enum guichet_status
world_act(struct world *world, struct world_dossier *dossier, struct text key, struct text person,
	const struct dossier_command *command, struct dossier_outcome *ret_outcome, struct guichet_error *error)
{
	return world_act_or_bear(world, dossier, NULL, key, person, command, ret_outcome, error);
}

enum guichet_status
world_undo(struct world *world, struct world_dossier *dossier, struct text person, struct text action,
	struct dossier_outcome *ret_outcome, struct guichet_error *error)
{
	struct world_undo *kept = &dossier->undo;
	struct dossier_facts facts;
	if (!kept->undo.version || !text_equal(kept->undo.action, action)) {
		*ret_outcome = (struct dossier_outcome){ .kind = DOSSIER_REFUSED_OUTCOME,
			.message = TEXT("Il n’y a rien, ici, sur quoi revenir.") };
		return GUICHET_OK;
	}
	/* What it counted is taken back before anything is read. */
	size_t count;
	const struct world_entry *now = entries_of(world, dossier, &count);
	if (!now)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	world_replace_entries(world, dossier->state.number, kept->entries, kept->entry_count);
	enum guichet_status status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_input input = input_of(world, dossier, &facts);
	input.actor = (struct dossier_actor){ .person = world_person_of(world, person), .roles = world_roles(&facts, person) };
	status = dossier_undo(&input, &kept->undo, world->arena, ret_outcome, error);
	if (status == GUICHET_REFUSED && ret_outcome->kind == DOSSIER_REFUSED_OUTCOME) {
		world_replace_entries(world, dossier->state.number, now, count);
		return GUICHET_OK;
	}
	if (status != GUICHET_OK)
		return status;
	*kept = (struct world_undo){ 0 };
	release_mails(world, 0, dossier);
	return apply(world, dossier, ret_outcome, error);
}

/* ---- time ---- */

static enum guichet_status
fire(struct world *world, struct world_dossier *dossier, struct dossier_due due, struct guichet_error *error)
{
	struct dossier_facts facts;
	struct dossier_outcome outcome;
	enum guichet_status status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_input input = input_of(world, dossier, &facts);
	status = dossier_elapse(&input, due.effect, due.step, due.at, world->arena, &outcome, error);
	if (status != GUICHET_OK)
		return status;
	switch (outcome.kind) {
	case DOSSIER_STALE:
		dossier->dues = outcome.dues;
		dossier->due_count = outcome.due_count;
		return GUICHET_OK;
	case DOSSIER_HAPPENED:
		status = apply(world, dossier, &outcome, error);
		if (status != GUICHET_REFUSED)
			return status;
		[[fallthrough]];
	default:
		/* The office would keep the row; here it is told, and taken away. */
		trouble(world, "une échéance n’a pas pu avoir lieu", error->message);
		dossier->due_count = 0;
		return GUICHET_OK;
	}
}

/* One grouped (or dated) mail: a recipient gets all their dossiers at once when it is grouped. */
static enum guichet_status
run_moment(struct world *world, const struct campaign_moment *moment, struct guichet_error *error)
{
	const struct procedure_mail *mail = &world->procedure->mails[moment->mail];
	struct dossier_facts *facts = arena_array_of(world->arena, struct dossier_facts, world->dossier_count + 1);
	if (!facts)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t i = 0; i < world->dossier_count; i++) {
		const enum guichet_status status = world_facts(world, world->dossiers[i].person, &world->dossiers[i].state,
			world->now, &facts[i], error);
		if (status != GUICHET_OK)
			return status;
	}
	struct text done[WORLD_MOST_DOSSIERS * 4];
	size_t done_count = 0;
	for (size_t r = 0; r < mail->to.count; r++) {
		for (size_t i = 0; i < world->dossier_count; i++) {
			const int role = mail->to.at[r];
			struct dossier_holder subject = { role, world_person_of(world, world->dossiers[i].person) };
			const bool applicant = world->procedure->roles[role].reach == PROCEDURE_APPLICANT
				&& !world->procedure->of_structures;
			const struct dossier_holder *holders = applicant ? &subject : facts[i].holders;
			const size_t holder_count = applicant ? 1 : facts[i].holder_count;
			for (size_t h = 0; h < holder_count; h++) {
				const struct dossier_holder *holder = &holders[h];
				struct dossier_facts group[WORLD_MOST_DOSSIERS];
				size_t group_count = 0;
				bool seen = holder->role != role;
				for (size_t k = 0; mail->grouped && k < done_count; k++)
					seen |= text_equal(done[k], holder->person.id);
				for (size_t k = i; !seen && k < (mail->grouped ? world->dossier_count : i + 1); k++) {
					bool holds = applicant && text_equal(world->dossiers[k].person, holder->person.id),
						wanted = false;
					for (size_t m = 0; m < facts[k].holder_count; m++)
						holds |= facts[k].holders[m].role == role
							&& text_equal(facts[k].holders[m].person.id, holder->person.id);
					if (!holds)
						continue;
					const enum guichet_status status = dossier_mail_wanted(&facts[k], moment->mail, role,
						&holder->person, world->arena, &wanted, error);
					if (status != GUICHET_OK)
						return status;
					if (wanted)
						group[group_count++] = facts[k];
				}
				if (group_count == 0)
					continue;
				if (done_count < sizeof done / sizeof *done)
					done[done_count++] = holder->person.id;
				const struct dossier_mail_request request = {
					.mail = moment->mail, .group = group, .group_count = group_count,
					.to = holder->person, .role = role, .at = world->now,
				};
				const enum guichet_status status = write_mail(world, NULL, &request, mail->links.count > 0);
				if (status != GUICHET_OK)
					return status;
			}
		}
	}
	return GUICHET_OK;
}

enum guichet_status
world_advance(struct world *world, instant until, struct guichet_error *error)
{
	for (size_t turn = 0; turn < WORLD_MOST_TURNS; turn++) {
		struct world_dossier *next = NULL;
		struct dossier_due due = { .at = INSTANT_NEVER };
		for (size_t i = 0; i < world->dossier_count; i++) {
			for (size_t j = 0; j < world->dossiers[i].due_count; j++) {
				if (world->dossiers[i].dues[j].at < due.at) {
					due = world->dossiers[i].dues[j];
					next = &world->dossiers[i];
				}
			}
		}
		const instant moment = world->moments_done < world->moment_count
			? world->moments[world->moments_done].at : INSTANT_NEVER;
		enum guichet_status status;
		/* Effects first: a grouped mail speaks of the dossiers as they are then. */
		if (next && due.at <= until && due.at <= moment) {
			if (due.at > world->now)
				world->now = due.at;
			status = fire(world, next, due, error);
		} else if (moment <= until) {
			if (moment > world->now)
				world->now = moment;
			status = run_moment(world, &world->moments[world->moments_done++], error);
		} else {
			if (until > world->now)
				world->now = until;
			release_mails(world, world->now, NULL);
			return GUICHET_OK;
		}
		if (status != GUICHET_OK)
			return status;
	}
	return guichet_fail(error, GUICHET_BROKEN, "Les échéances se suivent sans fin.");
}
