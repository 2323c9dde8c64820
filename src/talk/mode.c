#include "talk/mode.h"

#include <stddef.h>
#include <string.h>

static const dx_mode *const modes[] = { &dx_mode_full, &dx_mode_half, &dx_mode_simplex_in, &dx_mode_simplex_out };

const dx_mode *dx_mode_at(unsigned i)
{
	return i < sizeof modes / sizeof *modes ? modes[i] : NULL;
}

const dx_mode *dx_mode_find(const char *name)
{
	const dx_mode *m;

	for (unsigned i = 0; (m = dx_mode_at(i)) != NULL; i++) {
		if (strcmp(m->name, name) == 0)
			break;
	}
	return m;
}
