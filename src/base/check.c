#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

/* The one place below `cli` that prints: nothing sensible can be returned from here. */
_Noreturn void dx_check_failed(const char *expression, const char *file, int line)
{
	fprintf(stderr, "duplex: a mistake in duplex, or in how it was called, %s:%d: not so: %s\n", file, line, expression);
	abort();
}
