/* The units of delays, as the reader checks them. */
#pragma once

#include "feel/type.h"

/* "jours", "jours ouvrés"… */
extern const struct feel_type delay_units;
