/* When a mail may leave, and to what. See mail.h. */
#include "mail/mail.h"

#include "base/banned.h"

enum { QUIET_UNTIL = 7, QUIET_FROM = 19 }; /* hours in Paris */

instant
mail_next_allowed(instant at)
{
	struct clock_time time;
	struct date date = date_of_instant(at, &time);
	if (time.hour >= QUIET_UNTIL && time.hour < QUIET_FROM)
		return at;
	if (time.hour >= QUIET_FROM)
		date = date_add_days(date, 1);
	return instant_of_paris(date, (struct clock_time){ .hour = QUIET_UNTIL });
}

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* dot-atom of RFC 5322 §3.2.3. */
static bool
is_local_part(struct text local)
{
	if (local.length == 0 || local.length > 64 || local.at[0] == '.' || local.at[local.length - 1] == '.')
		return false;
	for (size_t i = 0; i < local.length; i++) {
		const char c = local.at[i];
		if (c == '.' ? local.at[i - 1] == '.' : !is_letter_or_digit(c) && (!c || !strchr("!#$%&'*+-/=?^_`{|}~", c)))
			return false;
	}
	return true;
}

/* At least two labels of letters, digits and inner hyphens (RFC 1123 §2.1). */
static bool
is_domain(struct text domain)
{
	size_t labels = 0;
	while (domain.at) {
		const struct text label = text_split(&domain, '.');
		if (label.length == 0 || label.length > 63 || label.at[0] == '-' || label.at[label.length - 1] == '-')
			return false;
		for (size_t i = 0; i < label.length; i++)
			if (!is_letter_or_digit(label.at[i]) && label.at[i] != '-')
				return false;
		labels++;
	}
	return labels >= 2;
}

bool
mail_address_is_valid(struct text address)
{
	if (address.length == 0 || address.length > MAIL_ADDRESS_LIMIT)
		return false;
	struct text domain = address;
	const struct text local = text_split(&domain, '@');
	return domain.at && is_local_part(local) && is_domain(domain);
}
