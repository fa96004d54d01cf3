/* A folder that holds a procedure and its own tests, essais/: read, played, and played without each of its rules. */
#pragma once

#include "essais/essais.h"
#include "test.h"

struct package {
	const char *folder; /* told when a test of it fails */
	struct arena *arena;
	struct procedure_findings findings;
	struct procedure *procedure;
	struct essais essais;
};

/* The test fails when it cannot be read; warnings stay in `findings`. */
struct package package_read(const char *folder);
void package_release(struct package *package);
/* PACKAGE(package, "test/rapport"): released at the end of the block. */
#define PACKAGE(name, folder) \
	__attribute__((cleanup(package_release))) struct package name = package_read(folder)

/* Plays its tests: each check that does not hold is a failed case. How many held. */
size_t package_play(struct package *package);
/* The same for a folder, of which each finding is a failed case too. */
size_t package_plays(const char *folder);

/* Which rules must be missed. */
typedef bool package_rules(const struct procedure_mutant *rule);
package_rules package_any_rule, package_cited_rule;
/* Plays its tests without each rule in turn: each of these that no test misses is a failed case. How many there are. */
size_t package_misses(const char *folder, package_rules *which);
