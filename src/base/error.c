#include <duplex/error.h>

#include <errno.h>
#include <string.h>

struct row {
	const char *key, *sentence;
};

/* What errno lacks; NULL for a code that is none of these. */
static const struct row *find(int code)
{
#define ROW(name, key, sentence) { key, sentence },
	static const struct row rows[] = { DX_ERRORS(ROW) };
#undef ROW

	return -code >= DX_ERROR_FIRST && -code < DX_ERROR_AFTER ? &rows[-code - DX_ERROR_FIRST] : NULL;
}

const char *dx_error_text(int code)
{
	const struct row *own = find(code);
	const char *text = own != NULL ? own->sentence : code < 0 ? strerrordesc_np(-code) : NULL;

	if (code == -EAGAIN)
		return "the time limit is over";
	return text != NULL ? text : "an error without a name";
}

const char *dx_error_key(int code)
{
	const struct row *own = find(code);
	const char *key = own != NULL ? own->key : code < 0 ? strerrorname_np(-code) : NULL;

	return key != NULL ? key : "EUNKNOWN";
}

int dx_error_set(dx_error *reterr, int code, const char *operation, const char *address)
{
	size_t len = address != NULL ? strnlen(address, sizeof reterr->address - 1) : 0;

	if (reterr == NULL)
		return code;
	reterr->code = code;
	reterr->operation = operation;
	memmove(reterr->address, address != NULL ? address : "", len);
	reterr->address[len] = 0;
	return code;
}
