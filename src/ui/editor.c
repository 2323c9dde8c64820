/* Where the editor's module is: beside the program, or under libdir. The environment has no say, and where the caller has fewer
 * rights than the program, nor has the place of the program. */
#include "ui/editor.h"
#include "sys/sys.h"
#include "ui/say.h"

#include <limits.h>
#include <sys/auxv.h>

#define MODULE "duplex-terminal.so"

static void *open_module(const char *folder, size_t len)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%.*s/" MODULE, (int)len, folder) >= (int)sizeof path)
		return NULL;
	return dx_sys_dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static void *open_beside_program(void)
{
	char program[PATH_MAX];
	ssize_t n = getauxval(AT_SECURE) != 0 ? -1 : dx_sys_readlink("/proc/self/exe", program, sizeof program);
	const char *slash = n > 0 ? memrchr(program, '/', (size_t)n) : NULL;

	return slash != NULL ? open_module(program, (size_t)(slash - program)) : NULL;
}

const dx_editor *dx_editor_find(const char **ret_why)
{
	void *module = open_beside_program();
	const dx_editor *e;

	if (module == NULL)
		module = open_module(DX_MODULEDIR, strlen(DX_MODULEDIR));
	e = module != NULL ? dx_sys_dlsym(module, "dx_editor_module") : NULL;
	*ret_why = module == NULL ? N_("duplex-terminal.so is not installed") : N_("duplex-terminal.so is of another version");
	return e != NULL && e->version == DX_EDITOR_VERSION ? e : NULL;
}
