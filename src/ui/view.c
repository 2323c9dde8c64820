#include "ui/view.h"

#include <string.h>

const dx_view dx_view_raw = { .name = "raw" };
const dx_view dx_view_none = { .name = "none" };

static const dx_view *const views[] = { &dx_view_text,   &dx_view_hex, &dx_view_both,
					&dx_view_quoted, &dx_view_raw, &dx_view_none };

const dx_view *dx_view_at(unsigned i)
{
	return i < sizeof views / sizeof *views ? views[i] : NULL;
}

const dx_view *dx_view_find(const char *name)
{
	const dx_view *v;

	for (unsigned i = 0; (v = dx_view_at(i)) != NULL; i++) {
		if (strcmp(v->name, name) == 0)
			break;
	}
	return v;
}
