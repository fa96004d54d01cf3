/* Which route a path is. A literal segment wins over a parameter: "/dossiers/nouveau" before
 * "/dossiers/:id". */
#include "web/inside.h"

#include "base/banned.h"

struct match {
	struct text parameters[WEB_LIMIT_PATH_PARAMETERS];
	unsigned literals; /* bit n: segment n is literal; the greater number wins, leftmost first */
};

/* Segments are compared after decoding as a whole path, so a "/" sent as %2F is a segment end like any
 * other. */
static bool
matches(const char *pattern, const struct text *segments, size_t count, struct match *ret_match)
{
	struct match match = { 0 };
	size_t parameter = 0;
	for (size_t i = 0; i < count; i++) {
		const struct text have = segments[i];
		size_t length = 0; /* of the pattern's segment */
		if (*pattern == ':') {
			if (have.length == 0 || parameter == WEB_LIMIT_PATH_PARAMETERS)
				return false;
			match.parameters[parameter++] = have;
			length = strcspn(pattern, "/");
		} else {
			while (length < have.length && pattern[length] && pattern[length] == have.at[length])
				length++;
			if (length < have.length)
				return false;
			match.literals |= 1u << (MATCHED_SEGMENTS - i);
		}
		if (pattern[length] != (i + 1 < count ? '/' : '\0'))
			return false;
		pattern += length + 1; /* past the end after the last one: not looked at any more */
	}
	*ret_match = match;
	return true;
}

const struct route *
router_find(const struct web *web, enum method method, struct text path, struct text *ret_parameters,
	const char **ret_allow)
{
	const struct route *best = NULL;
	struct match best_match = { 0 };
	bool methods[METHOD_POST + 1] = { 0 };
	struct text segments[MATCHED_SEGMENTS];
	size_t count = 0;
	while (path.at && count < MATCHED_SEGMENTS)
		segments[count++] = text_split(&path, '/');
	if (path.at) /* longer than any */
		count = 0;
	for (size_t i = 0; i < web->options.route_count; i++) {
		const struct route *route = &web->options.routes[i];
		struct match match;
		if (count == 0 || !matches(route->path, segments, count, &match))
			continue;
		methods[route->method] = true;
		if (route->method == method && (!best || match.literals > best_match.literals)) {
			best = route;
			best_match = match;
		}
	}
	if (best)
		memcpy(ret_parameters, best_match.parameters, sizeof best_match.parameters);
	else
		*ret_allow = methods[METHOD_GET] && methods[METHOD_POST] ? "GET, HEAD, POST"
			: methods[METHOD_GET] ? "GET, HEAD" : methods[METHOD_POST] ? "POST" : NULL;
	return best;
}
