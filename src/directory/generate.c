/* The demonstration académie: everything in it is invented, and the same seed gives the
 * same bytes on any machine. It is written as the three files that an employer gives, so that the
 * demonstration goes through the import like anybody. Names are composed of syllables. */
#include "directory/directory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fold.h"
#include "directory/map.h"

#include "base/banned.h"

/* --- Words ------------------------------------------------------------------------------ */

static const char *const surname_starts[] = {
	"Bel", "Mont", "Val", "Chav", "Rov", "Guer", "Lanc", "Vern", "Font", "Bourd", "Marl", "Dand", "Aub", "Corb",
	"Trev", "Prad", "Sal", "Mourg", "Vaud", "Lor", "Card", "Herv", "Grand", "Brisc", "Cler", "Fauv", "Rav", "Tess",
	"Pell", "Norv", "Gav", "Bast", "Merl", "Sorb", "Delv", "Charl", "Vill", "Barr", "Galv", "Mass", "Fresn", "Ouvr",
	"Quint", "Ronc", "Sév", "Tholl", "Ess", "Isl",
};
static const char *const surname_ends[] = {
	"avel", "evaux", "ignac", "oncourt", "ardier", "elin", "ezeau", "ineau", "adour", "ivet", "oulet", "andin", "erey",
	"aumont", "ettier", "ondel", "averne", "isson", "alier", "omeau", "ouard", "émard", "ival", "escot", "orieux",
	"edieu", "ingault", "antier", "olley", "uzeau", "ambault", "ilhac", "erolle", "audry", "oizeau", "ettin", "agnard",
	"ourdin", "evoy", "ibault",
};
static const char *const town_ends[] = {
	"ecourt", "ières", "ancy", "igny", "euil", "oncey", "erville", "illy", "ombes", "anges", "ezac", "ouvres", "aincourt",
	"eroy", "ibourg", "osne",
};
static const char *const women[] = {
	"Adèle", "Agathe", "Agnès", "Alice", "Aline", "Amandine", "Amélie", "Anaïs", "Anne", "Anne-Laure", "Aurélie",
	"Béatrice", "Brigitte", "Camille", "Carole", "Caroline", "Catherine", "Cécile", "Céline", "Chantal", "Chloé",
	"Christelle", "Claire", "Clémence", "Corinne", "Delphine", "Diane", "Élise", "Élodie", "Émilie", "Estelle", "Éva",
	"Fanny", "Fatima", "Florence", "Françoise", "Gaëlle", "Hélène", "Inès", "Isabelle", "Jeanne", "Julie", "Juliette",
	"Karine", "Laetitia", "Laurence", "Léa", "Leïla", "Louise", "Lucie", "Magali", "Manon", "Marie", "Marie-Claude",
	"Marie-Hélène", "Marion", "Mathilde", "Mélanie", "Monique", "Nadia", "Nathalie", "Noémie", "Océane", "Odile",
	"Pascale", "Pauline", "Rachida", "Sabrina", "Sandrine", "Sarah", "Solène", "Sophie", "Stéphanie", "Sylvie", "Valérie",
	"Véronique", "Virginie", "Yasmine", "Zoé",
};
static const char *const men[] = {
	"Adrien", "Alain", "Alexandre", "Antoine", "Arnaud", "Arthur", "Aurélien", "Bastien", "Benoît", "Bernard", "Bruno",
	"Cédric", "Christophe", "Clément", "Cyril", "Damien", "Daniel", "Denis", "Didier", "Émile", "Éric", "Étienne",
	"Fabien", "Fabrice", "Florian", "Franck", "François", "Frédéric", "Gaël", "Gérard", "Gilles", "Grégory", "Guillaume",
	"Hervé", "Hugo", "Jacques", "Jean-Luc", "Jean-Marc", "Jean-Noël", "Jérémy", "Jérôme", "Joël", "Jules", "Julien",
	"Karim", "Kévin", "Laurent", "Loïc", "Louis", "Lucas", "Ludovic", "Marc", "Mathieu", "Maxime", "Mehdi", "Michel",
	"Nicolas", "Noël", "Olivier", "Pascal", "Patrick", "Paul", "Philippe", "Pierre", "Quentin", "Rachid", "Raphaël",
	"Rémi", "Romain", "Samuel", "Sébastien", "Serge", "Simon", "Stéphane", "Sylvain", "Théo", "Thierry", "Thomas",
	"Tristan", "Vincent", "Xavier", "Yann", "Yves",
};
static const char *const school_labels[] = {
	"Les Tilleuls", "Le Clos-Vert", "Les Grands-Prés", "La Source", "Les Hauts-Chemins", "Le Vieux-Pont", "Les Quatre-Vents",
	"La Roseraie", "Les Érables", "Le Moulin-Blanc", "La Prairie", "Les Deux-Rives", "Le Belvédère", "Les Alouettes",
	"La Forêt", "Les Peupliers", "L’Étang", "Les Marronniers", "La Passerelle", "Le Château-d’Eau", "Les Acacias",
	"La Clairière", "Les Cèdres", "Le Grand-Large", "Les Bruyères",
};
static const char *const streets[] = {
	"rue des Écoles", "rue du Moulin", "avenue de la Gare", "place du Marché", "rue Haute", "chemin des Vignes",
	"boulevard du Nord", "rue des Tanneurs", "allée des Platanes", "rue de la Fontaine",
};

/* --- Corps: what the employer's data calls them ------------------------------------------- */

enum corps {
	RECTEUR, CADRE, ATTACHE, SECRETAIRE, ADJOINT, INGENIEUR, TECHNICIEN, LABORATOIRE, SOCIAL, INFIRMIER, MEDECIN,
	DIRECTION, INSPECTION, CERTIFIE, AGREGE, LYCEE_PROFESSIONNEL, SPORT, ECOLES, EDUCATION, PSYCHOLOGUE, ASSISTANT,
	ACCOMPAGNANT,
};

static const struct {
	const char *name;
	const char *grades[3];
	const char *category, *filiere;
	unsigned women; /* percent */
} corps_table[] = {
	[RECTEUR] = { "Recteurs d’académie", { "Recteur" }, "A", "direction", 50 },
	[CADRE] = { "Administrateurs de l’État", { "Administrateur", "Administrateur hors classe" }, "A", "administrative", 50 },
	[ATTACHE] = { "Attachés d’administration de l’État", { "Attaché", "Attaché principal", "Attaché hors classe" },
		"A", "administrative", 68 },
	[SECRETAIRE] = { "Secrétaires administratifs", { "Classe normale", "Classe supérieure", "Classe exceptionnelle" },
		"B", "administrative", 82 },
	[ADJOINT] = { "Adjoints administratifs", { "Adjoint", "Adjoint principal de 2e classe",
		"Adjoint principal de 1re classe" }, "C", "administrative", 88 },
	[INGENIEUR] = { "Ingénieurs d’études", { "Classe normale", "Hors classe" }, "A", "technique", 32 },
	[TECHNICIEN] = { "Techniciens de recherche et de formation", { "Classe normale", "Classe supérieure",
		"Classe exceptionnelle" }, "B", "technique", 45 },
	[LABORATOIRE] = { "Adjoints techniques de recherche et de formation", { "Adjoint technique",
		"Adjoint technique principal de 2e classe", "Adjoint technique principal de 1re classe" }, "C", "technique", 62 },
	[SOCIAL] = { "Assistants de service social", { "Assistant", "Assistant principal" }, "A", "sociale", 94 },
	[INFIRMIER] = { "Infirmiers", { "Classe normale", "Classe supérieure", "Hors classe" }, "A", "santé", 93 },
	[MEDECIN] = { "Médecins de l’éducation nationale", { "2e classe", "1re classe", "Hors classe" }, "A", "santé", 85 },
	[DIRECTION] = { "Personnels de direction", { "Classe normale", "Hors classe" }, "A", "direction", 52 },
	[INSPECTION] = { "Inspecteurs de l’éducation nationale", { "Classe normale", "Hors classe" }, "A", "inspection", 54 },
	[CERTIFIE] = { "Professeurs certifiés", { "Classe normale", "Hors classe", "Classe exceptionnelle" }, "A",
		"enseignement", 63 },
	[AGREGE] = { "Professeurs agrégés", { "Classe normale", "Hors classe", "Classe exceptionnelle" }, "A",
		"enseignement", 53 },
	[LYCEE_PROFESSIONNEL] = { "Professeurs de lycée professionnel", { "Classe normale", "Hors classe",
		"Classe exceptionnelle" }, "A", "enseignement", 51 },
	[SPORT] = { "Professeurs d’éducation physique et sportive", { "Classe normale", "Hors classe" }, "A",
		"enseignement", 44 },
	[ECOLES] = { "Professeurs des écoles", { "Classe normale", "Hors classe", "Classe exceptionnelle" }, "A",
		"enseignement", 84 },
	[EDUCATION] = { "Conseillers principaux d’éducation", { "Classe normale", "Hors classe" }, "A", "éducation", 72 },
	[PSYCHOLOGUE] = { "Psychologues de l’éducation nationale", { "Classe normale", "Hors classe" }, "A", "éducation", 86 },
	[ASSISTANT] = { "Assistants d’éducation", { "Contractuel" }, "", "éducation", 66 },
	[ACCOMPAGNANT] = { "Accompagnants d’élèves en situation de handicap", { "Contractuel" }, "", "éducation", 91 },
};

/* --- The academy's plan ------------------------------------------------------------------- */

static const struct {
	const char *number, *name, *of_name, *town, *address; /* of the seat of its services */
	unsigned districts, schools, colleges, lycees, guidance; /* how many of each */
} departments[] = {
	{ "991", "Haute-Sylve", "de la Haute-Sylve", "Valmont-la-Ville", "12 boulevard du Nord, 99100 Valmont-la-Ville",
		18, 560, 52, 26, 6 },
	{ "992", "Val-de-Brème", "du Val-de-Brème", "Brémancourt", "3 place du Marché, 99200 Brémancourt",
		16, 510, 45, 20, 5 },
	{ "993", "Côte-d’Ambre", "de la Côte-d’Ambre", "Port-Ambre", "27 avenue de la Gare, 99300 Port-Ambre",
		14, 430, 36, 16, 4 },
};

static const struct {
	const char *code, *parent, *kind, *name;
	unsigned staff;         /* of each of its offices, or its own when it has none */
	const char *offices[6]; /* services below it */
} services[] = {
	{ "CABINET",  "RECTORAT", "service",  "Cabinet du recteur", 6, { NULL } },
	{ "COM",      "RECTORAT", "service",  "Service de la communication", 8, { NULL } },
	{ "DRH",      "RECTORAT", "division", "Direction des ressources humaines", 9, { NULL } },
	{ "DPAE",     "DRH",      "division", "Division des personnels administratifs et d’encadrement", 9, {
		"Bureau des attachés et des secrétaires", "Bureau des adjoints et des contractuels",
		"Bureau des personnels techniques", "Bureau de l’encadrement" } },
	{ "DPE",      "DRH",      "division", "Division des personnels enseignants", 14, {
		"Bureau des lettres et des langues", "Bureau des sciences",
		"Bureau des lycées professionnels", "Bureau de l’éducation physique",
		"Bureau des conseillers et des psychologues", "Bureau du remplacement" } },
	{ "DPS",      "DRH",      "division", "Division des prestations sociales", 10, {
		"Bureau des pensions", "Bureau de l’action sociale" } },
	{ "ACC",      "DRH",      "service",  "Pôle de l’accompagnement des personnels", 12, { NULL } },
	{ "PREV",     "DRH",      "service",  "Pôle de la prévention des risques", 7, { NULL } },
	{ "DAF",      "RECTORAT", "division", "Division des affaires financières", 10, {
		"Bureau du budget", "Bureau de la paye", "Bureau des frais de déplacement" } },
	{ "DEC",      "RECTORAT", "division", "Division des examens et concours", 13, {
		"Bureau du baccalauréat", "Bureau des examens professionnels", "Bureau des concours",
		"Bureau des sujets" } },
	{ "DOS",      "RECTORAT", "division", "Division de l’organisation scolaire", 9, {
		"Bureau des moyens", "Bureau de la carte scolaire", "Bureau du conseil aux établissements" } },
	{ "DSI",      "RECTORAT", "division", "Direction des systèmes d’information", 15, {
		"Bureau de l’assistance", "Bureau des réseaux", "Bureau des applications",
		"Bureau des données" } },
	{ "DFP",      "RECTORAT", "division", "Division de la formation des personnels", 9, {
		"Bureau des plans de formation", "Bureau de l’organisation des stages" } },
	{ "DLP",      "RECTORAT", "division", "Division de la logistique et du patrimoine", 11, {
		"Bureau du patrimoine", "Bureau des achats" } },
	{ "SAO",      "RECTORAT", "service",  "Service académique de l’orientation", 9, { NULL } },
	{ "SJ",       "RECTORAT", "service",  "Service des affaires juridiques", 7, { NULL } },
	{ "STAT",     "RECTORAT", "service",  "Service statistique", 8, { NULL } },
	{ "SOCIAL",   "RECTORAT", "service",  "Service social et de santé", 8, { NULL } },
};

static const struct {
	const char *code, *name;
	unsigned staff;
} local_services[] = {
	{ "SG",    "Secrétariat général", 8 },
	{ "DIPER", "Service des personnels du premier degré", 16 },
	{ "DOS",   "Service de l’organisation scolaire", 10 },
	{ "ELEVES", "Service de la vie des élèves", 11 },
	{ "MOYENS", "Service des moyens et de la logistique", 9 },
	{ "SANTE", "Service de promotion de la santé et service social", 14 },
};

/* How many of each beyond the heads, gestionnaires and directors; teachers of the second
 * degree fill what is left of the total. */
enum {
	ATSS_TOTAL = 5165, /* 15 % */
	SCHOOL_TEACHERS = 8300, ASSISTANTS = 2300, ACCOMPANISTS = 3700, GUIDANCE_STAFF = 150,
};

/* --- Writing -------------------------------------------------------------------------------- */

struct place {
	char code[40], town[48];
	int department; /* -1: the académie's */
};

enum { PLACES_LIMIT = 4096 };

struct generation {
	FILE *files[DIRECTORY_KIND_COUNT];
	struct arena *arena;
	struct map *mails;
	uint64_t state; /* of the random numbers */
	bool failed;    /* memory was short */
	unsigned persons, staff; /* staff: of the four filières ATSS */
	unsigned serial[3];      /* of UAI per department */
	struct place places[PLACES_LIMIT];
	unsigned place_count;
	unsigned schools[PLACES_LIMIT], school_count;   /* écoles: indexes in places */
	unsigned eples[PLACES_LIMIT], eple_count;       /* collèges and lycées */
	unsigned guidance[64], guidance_count;          /* CIO */
};

/* SplitMix64: integers only, the same everywhere. Two draws never stand in one call's
 * arguments, whose order C leaves to the compiler. */
static uint64_t
draw(struct generation *g, uint64_t below)
{
	uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % below;
}

#define COUNT_OF(array)   (sizeof(array) / sizeof *(array))
#define DRAW_OF(g, array) ((array)[draw((g), COUNT_OF(array))])

/* Seven digits and a check letter, as schools are numbered; no real département is 99x. */
static void
uai_write(struct generation *g, int department, char *code, size_t size)
{
	static const char letters[] = "ABCDEFGHJKLMNPRSTUVWXYZ";
	const unsigned number = (unsigned)(991 + department) * 10000 + ++g->serial[department];
	snprintf(code, size, "%u%c", number, letters[number % 23]);
}

/* One line of structures.csv. `code` is copied; returns the structure's index. */
static unsigned
place_add(struct generation *g, const char *code, const char *kind, const char *name, const char *parent,
	int department, const char *town, const char *regime)
{
	struct place *place = &g->places[g->place_count];
	*place = (struct place){ .department = department };
	snprintf(place->code, sizeof place->code, "%s", code);
	snprintf(place->town, sizeof place->town, "%s", town);
	char mail[32];
	size_t length = 0;
	for (; code[length] && length < sizeof mail - 1; length++)
		mail[length] = (char)(code[length] >= 'A' && code[length] <= 'Z' ? code[length] + 32 : code[length]);
	mail[length] = '\0';
	const unsigned number = (unsigned)draw(g, 140) + 1;
	const char *street = DRAW_OF(g, streets);
	const unsigned office = (unsigned)draw(g, 100);
	char address[160];
	if (department < 0)
		snprintf(address, sizeof address, "4 rue de l’Académie, 99100 Valmont-la-Ville");
	else if (strcmp(town, departments[department].town) == 0)
		snprintf(address, sizeof address, "%s", departments[department].address);
	else
		snprintf(address, sizeof address, "%u %s, 99%d%02u %s", number, street, department + 1, office, town);
	fprintf(g->files[DIRECTORY_STRUCTURES], "%s;%s;%s;%s;%s;%s;%s@ac-valmont.example;%s\n", code, kind, name, parent,
		department < 0 ? "" : departments[department].name, address, mail, regime);
	return g->place_count++;
}

static void
appointment_add(struct generation *g, unsigned person, unsigned place, const char *function, unsigned share)
{
	fprintf(g->files[DIRECTORY_APPOINTMENTS], "V%06u;%s;%s;%u;%s;\n", person, g->places[place].code, function, share,
		"2020-09-01");
}

/* "jean-marc.corbevaux@ac-valmont.example", numbered when somebody already has it. */
static struct text
mail_of(struct generation *g, const char *first, const char *last)
{
	struct text parts[2] = { text_fold(g->arena, text_of_string(first)), text_fold(g->arena, text_of_string(last)) };
	if (!parts[0].at || !parts[1].at)
		return (struct text){ 0 };
	for (int part = 0; part < 2; part++)
		for (size_t i = 0; i < parts[part].length; i++)
			if (parts[part].at[i] == ' ')
				((char *)(uintptr_t)parts[part].at)[i] = '-';
	struct text mail = arena_format(g->arena, TEXT_FORMAT "." TEXT_FORMAT "@ac-valmont.example", TEXT_ARGS(parts[0]),
		TEXT_ARGS(parts[1]));
	for (unsigned number = 2; mail.at && map_find(g->mails, mail); number++)
		mail = arena_format(g->arena, TEXT_FORMAT "." TEXT_FORMAT "%u@ac-valmont.example", TEXT_ARGS(parts[0]),
			TEXT_ARGS(parts[1]), number);
	if (mail.at && !map_put(g->mails, mail, g))
		mail.at = NULL;
	return mail;
}

/* For person_add(): mostly full time, sometimes part time. */
enum { SHARE_VARIES = 101 };

static unsigned
share_draw(struct generation *g)
{
	static const unsigned shares[] = { 100, 100, 100, 100, 100, 100, 100, 100, 80, 90, 80, 50 };
	return DRAW_OF(g, shares);
}

static void
surname_draw(struct generation *g, char *surname, size_t size)
{
	const char *start = DRAW_OF(g, surname_starts);
	const char *end = DRAW_OF(g, surname_ends);
	snprintf(surname, size, "%s%s", start, end);
}

/* One line of personnes.csv and their post; returns the number in the matricule. */
static unsigned
person_add(struct generation *g, enum corps corps, unsigned place, const char *function, unsigned share)
{
	const bool woman = draw(g, 100) < corps_table[corps].women;
	const char *first = woman ? DRAW_OF(g, women) : DRAW_OF(g, men);
	char last[80], second[40] = "";
	surname_draw(g, last, sizeof second);
	if (draw(g, 100) < 7) {
		surname_draw(g, second, sizeof second);
		const size_t length = strlen(last);
		snprintf(last + length, sizeof last - length, "-%s", second);
	}
	unsigned grades = 0;
	while (grades < 3 && corps_table[corps].grades[grades])
		grades++;
	const char *grade = corps_table[corps].grades[draw(g, grades)];
	const struct text mail = mail_of(g, first, last);
	g->failed |= !mail.at;
	const unsigned person = ++g->persons;
	g->staff += corps >= CADRE && corps <= MEDECIN;
	fprintf(g->files[DIRECTORY_PERSONS], "V%06u;%s;%s;%s;" TEXT_FORMAT ";%s;%s;%s;%s\n", person, woman ? "Mme" : "M.",
		first, last, TEXT_ARGS(mail), corps_table[corps].name, grade, corps_table[corps].category,
		corps_table[corps].filiere);
	appointment_add(g, person, place, function, share == SHARE_VARIES ? share_draw(g) : share);
	return person;
}

static void
office_fill(struct generation *g, unsigned place, unsigned staff)
{
	static const enum corps mix[] = { ADJOINT, SECRETAIRE, SECRETAIRE, ADJOINT, ATTACHE, SECRETAIRE, ADJOINT };
	for (unsigned i = 0; i < staff; i++)
		person_add(g, DRAW_OF(g, mix), place, "agent", SHARE_VARIES);
}

/* "de Bancy", "d’Aubigny". */
static const char *
of_town(const char *town)
{
	return strchr("AEIOU", town[0]) ? "d’" : "de ";
}

static void
town_draw(struct generation *g, char *town, size_t size)
{
	const char *saint = draw(g, 9) == 0 ? "Saint-" : "";
	const char *start = DRAW_OF(g, surname_starts);
	const char *end = DRAW_OF(g, town_ends);
	snprintf(town, size, "%s%s%s", saint, start, end);
}

/* --- The rectorat ----------------------------------------------------------------------------- */

/* The duties that a campaign needs beside the posts; where their subtree lies. */
static void
rectorat_write(struct generation *g)
{
	const unsigned academy = place_add(g, "VALMONT", "académie", "Académie de Valmont", "", -1, departments[0].town,
		"application");
	const unsigned recteur = person_add(g, RECTEUR, academy, "chef de service", 100);
	appointment_add(g, recteur, academy, "recteur", 0);
	const unsigned rectorat = place_add(g, "RECTORAT", "rectorat", "Rectorat de l’académie de Valmont", "VALMONT", -1,
		departments[0].town, "application");
	const unsigned secretary = person_add(g, CADRE, rectorat, "chef de service", 100);
	appointment_add(g, secretary, academy, "secrétaire général d’académie", 0);
	for (unsigned i = 0; i < 2; i++)
		appointment_add(g, person_add(g, SECRETAIRE, rectorat, "agent", 100), rectorat, "personne support", 0);
	for (unsigned i = 0; i < 6; i++)
		person_add(g, ATTACHE, rectorat, "conseiller technique", 100);

	for (size_t i = 0; i < COUNT_OF(services); i++) {
		const unsigned service = place_add(g, services[i].code, services[i].kind, services[i].name, services[i].parent, -1,
			departments[0].town, "application");
		const bool human_resources = strcmp(services[i].code, "DRH") == 0, desk = strcmp(services[i].code, "DPAE") == 0;
		const unsigned head = person_add(g, human_resources ? CADRE : ATTACHE, service, "chef de service", 100);
		if (human_resources) {
			appointment_add(g, head, academy, "pilote", 0);
			appointment_add(g, head, academy, "directeur des ressources humaines", 0);
		}
		if (desk) {
			appointment_add(g, head, academy, "gestionnaire DPAE", 0);
			appointment_add(g, head, academy, "chef de la DPAE", 0);
		}
		if (!services[i].offices[0])
			office_fill(g, service, services[i].staff);
		else
			office_fill(g, service, 2);
		for (unsigned office = 1; office <= COUNT_OF(services[i].offices) && services[i].offices[office - 1]; office++) {
			char code[40];
			snprintf(code, sizeof code, "%s-%u", services[i].code, office);
			const unsigned bureau = place_add(g, code, "service", services[i].offices[office - 1], services[i].code, -1,
				departments[0].town, "application");
			person_add(g, strcmp(services[i].code, "DSI") == 0 ? INGENIEUR : ATTACHE, bureau, "chef de service", 100);
			if (desk) {
				for (unsigned j = 0; j < 3; j++)
					appointment_add(g, person_add(g, j ? SECRETAIRE : ATTACHE, bureau, "agent", 100), academy,
						"gestionnaire DPAE", 0);
				office_fill(g, bureau, services[i].staff - 4);
			} else if (strcmp(services[i].code, "DSI") == 0) {
				for (unsigned j = 0; j < services[i].staff; j++) {
					const unsigned person = person_add(g, j % 3 ? TECHNICIEN : INGENIEUR, bureau, "agent", SHARE_VARIES);
					if (office == 1 && j < 4)
						appointment_add(g, person, academy, "assistance", 0);
				}
			} else {
				office_fill(g, bureau, services[i].staff - 1);
			}
		}
	}
}

/* --- The départements --------------------------------------------------------------------------- */

static void
school_write(struct generation *g, int department, const char *kind, const char *title, const char *parent)
{
	char code[40], name[160], town[48];
	uai_write(g, department, code, sizeof code);
	town_draw(g, town, sizeof town);
	snprintf(name, sizeof name, "%s %s %s%s", title, DRAW_OF(g, school_labels), of_town(town), town);
	const unsigned place = place_add(g, code, kind, name, parent, department, town, "lien");
	g->eples[g->eple_count++] = place;
	person_add(g, DIRECTION, place, "chef d’établissement", 100);
	person_add(g, DIRECTION, place, "adjoint au chef d’établissement", 100);
	person_add(g, draw(g, 4) ? ATTACHE : SECRETAIRE, place, "adjoint gestionnaire", 100);
	person_add(g, draw(g, 3) ? ADJOINT : SECRETAIRE, place, "secrétaire d’intendance", SHARE_VARIES);
	person_add(g, draw(g, 2) ? SECRETAIRE : ADJOINT, place, "secrétaire de direction", SHARE_VARIES);
	person_add(g, INFIRMIER, place, "agent", SHARE_VARIES);
	person_add(g, EDUCATION, place, "conseiller principal d’éducation", 100);
}

static void
department_write(struct generation *g, int department)
{
	char parent[24], code[40], name[240], town[48];
	snprintf(parent, sizeof parent, "DSDEN-%s", departments[department].number);
	snprintf(name, sizeof name, "DSDEN %s", departments[department].of_name);
	const char *seat = departments[department].town;
	const unsigned dsden = place_add(g, parent, "dsden", name, "VALMONT", department, seat, "application");
	appointment_add(g, person_add(g, INSPECTION, dsden, "chef de service", 100), dsden, "directeur académique", 0);
	for (size_t i = 0; i < COUNT_OF(local_services); i++) {
		snprintf(code, sizeof code, "%s-%s", parent, local_services[i].code);
		snprintf(name, sizeof name, "%s, %s", local_services[i].name, departments[department].name);
		const unsigned service = place_add(g, code, "service", name, parent, department, seat, "application");
		person_add(g, ATTACHE, service, "chef de service", 100);
		if (i == 0)
			for (unsigned j = 0; j < 3; j++)
				appointment_add(g, person_add(g, SECRETAIRE, service, "agent", 100), dsden, "personne support", 0);
		if (strcmp(local_services[i].code, "SANTE") == 0)
			for (unsigned j = 0; j < local_services[i].staff; j++)
				person_add(g, j % 3 == 0 ? MEDECIN : SOCIAL, service, "agent", SHARE_VARIES);
		else
			office_fill(g, service, local_services[i].staff);
	}
	for (unsigned i = 0; i < departments[department].guidance; i++) {
		uai_write(g, department, code, sizeof code);
		town_draw(g, town, sizeof town);
		snprintf(name, sizeof name, "CIO %s%s", of_town(town), town);
		const unsigned place = place_add(g, code, "cio", name, parent, department, town, "application");
		g->guidance[g->guidance_count++] = place;
		appointment_add(g, person_add(g, PSYCHOLOGUE, place, "chef de service", 100), place, "directeur de CIO", 0);
		office_fill(g, place, 2);
	}
	for (unsigned i = 0; i < departments[department].colleges; i++)
		school_write(g, department, "collège", "Collège", parent);
	for (unsigned i = 0; i < departments[department].lycees; i++)
		school_write(g, department, "lycée", i % 3 == 2 ? "Lycée professionnel" : "Lycée", parent);
	char districts[32][40];
	for (unsigned i = 0; i < departments[department].districts; i++) {
		uai_write(g, department, districts[i], sizeof districts[i]);
		town_draw(g, town, sizeof town);
		snprintf(name, sizeof name, "Circonscription %s%s", of_town(town), town);
		const unsigned place = place_add(g, districts[i], "circonscription", name, parent, department, town,
			"application");
		appointment_add(g, person_add(g, INSPECTION, place, "chef de service", 100), place,
			"inspecteur de circonscription", 0);
		person_add(g, draw(g, 2) ? ADJOINT : SECRETAIRE, place, "agent", SHARE_VARIES);
	}
	for (unsigned i = 0; i < departments[department].schools; i++) {
		uai_write(g, department, code, sizeof code);
		town_draw(g, town, sizeof town);
		static const char *const titles[] = { "École élémentaire", "École maternelle", "École primaire" };
		const char *title = DRAW_OF(g, titles);
		const char *label = DRAW_OF(g, school_labels);
		snprintf(name, sizeof name, "%s %s %s%s", title, label, of_town(town), town);
		const unsigned place = place_add(g, code, "école", name, districts[i % departments[department].districts],
			department, town, "application");
		g->schools[g->school_count++] = place;
		person_add(g, ECOLES, place, "directeur d’école", 100);
	}
}

/* --- Everybody else ------------------------------------------------------------------------------ */

static void
people_write(struct generation *g)
{
	static const enum corps staff_mix[] = { ADJOINT, ADJOINT, SECRETAIRE, LABORATOIRE, LABORATOIRE, TECHNICIEN, SECRETAIRE,
		INFIRMIER, ADJOINT, SOCIAL };
	while (g->staff < ATSS_TOTAL) {
		const unsigned place = g->eples[draw(g, g->eple_count)];
		const enum corps corps = DRAW_OF(g, staff_mix);
		if (corps == SOCIAL || (corps == INFIRMIER && draw(g, 2))) {
			/* Those who share their week between two places. */
			const unsigned person = person_add(g, corps, place, "agent", 60);
			const unsigned other = g->eples[draw(g, g->eple_count)];
			if (other != place)
				appointment_add(g, person, other, "agent", 40);
		} else {
			person_add(g, corps, place, "agent", SHARE_VARIES);
		}
	}
	for (unsigned i = 0; i < GUIDANCE_STAFF; i++)
		person_add(g, PSYCHOLOGUE, g->guidance[draw(g, g->guidance_count)], "psychologue", SHARE_VARIES);
	for (unsigned i = 0; i < SCHOOL_TEACHERS; i++)
		person_add(g, ECOLES, g->schools[draw(g, g->school_count)], "enseignant", SHARE_VARIES);
	for (unsigned i = 0; i < ACCOMPANISTS; i++) {
		const bool school = draw(g, 5) < 3;
		const unsigned place = school ? g->schools[draw(g, g->school_count)] : g->eples[draw(g, g->eple_count)];
		person_add(g, ACCOMPAGNANT, place, "accompagnant", 62);
	}
	for (unsigned i = 0; i < ASSISTANTS; i++) {
		const unsigned place = g->eples[draw(g, g->eple_count)];
		person_add(g, ASSISTANT, place, "assistant d’éducation", draw(g, 3) ? 100 : 50);
	}
	static const enum corps teachers[] = { CERTIFIE, CERTIFIE, CERTIFIE, CERTIFIE, CERTIFIE, AGREGE, LYCEE_PROFESSIONNEL,
		LYCEE_PROFESSIONNEL, SPORT };
	while (g->persons < DIRECTORY_DEMONSTRATION_AGENTS) {
		const unsigned place = g->eples[draw(g, g->eple_count)];
		person_add(g, DRAW_OF(g, teachers), place, "enseignant", SHARE_VARIES);
	}
}

/* --- Files --------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *header;
} outputs[] = {
	[DIRECTORY_STRUCTURES] = { "structures.csv", "code;type;nom;parent;département;adresse;courriel;régime\n" },
	[DIRECTORY_PERSONS] = { "personnes.csv",
		"matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n" },
	[DIRECTORY_APPOINTMENTS] = { "affectations.csv", "matricule;structure;fonction;quotité;début;fin\n" },
};

static enum guichet_status
generate(struct generation *g, const char *directory, struct guichet_error *error)
{
	for (int kind = 0; kind <= DIRECTORY_APPOINTMENTS; kind++) {
		char path[4096];
		if (snprintf(path, sizeof path, "%s/%s", directory, outputs[kind].name) >= (int)sizeof path)
			return guichet_fail(error, GUICHET_REFUSED, "Le nom du dossier %s est trop long.", directory);
		g->files[kind] = fopen(path, "wbe");
		if (!g->files[kind])
			return guichet_fail(error, GUICHET_REFUSED, "Le fichier %s ne peut pas être écrit ; vérifiez les droits "
				"du dossier.", path);
		fprintf(g->files[kind], "\xef\xbb\xbf%s", outputs[kind].header);
	}
	g->mails = map_new(g->arena);
	if (!g->mails)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	rectorat_write(g);
	for (int department = 0; department < (int)COUNT_OF(departments); department++)
		department_write(g, department);
	people_write(g);
	return g->failed ? guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.") : GUICHET_OK;
}

enum guichet_status
directory_generate(const char *directory, uint64_t seed, struct guichet_error *error)
{
	if (mkdir(directory, 0777) != 0 && errno != EEXIST)
		return guichet_fail(error, GUICHET_REFUSED, "Le dossier %s ne peut pas être créé.", directory);
	CLEANUP(arena_free) struct arena *arena = arena_new((size_t)256 << 20);
	struct generation *g = arena ? arena_new_of(arena, struct generation) : NULL;
	if (!g)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	g->arena = arena;
	g->state = seed;
	enum guichet_status status = generate(g, directory, error);
	for (int kind = 0; kind <= DIRECTORY_APPOINTMENTS; kind++) {
		if (!g->files[kind])
			continue;
		const bool written = !ferror(g->files[kind]);
		if ((fclose(g->files[kind]) != 0 || !written) && status == GUICHET_OK)
			status = guichet_fail(error, GUICHET_REFUSED, "Le dossier %s ne peut pas être écrit jusqu’au bout ; "
				"vérifiez la place sur le disque.", directory);
	}
	return status;
}
