#include <duplex/error.h>

#include <string.h>

#define SENTENCE(name, key, sentence) sentence,
static const char *const sentences[] = { DX_ERRORS(SENTENCE) };
#undef SENTENCE
#define KEY(name, key, sentence) key,
static const char *const keys[] = { DX_ERRORS(KEY) };
#undef KEY

const char *dx_error_text(int code)
{
	const char *text;

	if (-code >= DX_ERROR_FIRST && -code < DX_ERROR_AFTER)
		return sentences[-code - DX_ERROR_FIRST];
	text = code < 0 ? strerrordesc_np(-code) : NULL;
	return text != NULL ? text : "an error without a name";
}

const char *dx_error_key(int code)
{
	const char *key;

	if (-code >= DX_ERROR_FIRST && -code < DX_ERROR_AFTER)
		return keys[-code - DX_ERROR_FIRST];
	key = code < 0 ? strerrorname_np(-code) : NULL;
	return key != NULL ? key : "EUNKNOWN";
}

int dx_error_set(dx_error *reterr, int code, const char *operation, const char *address)
{
	size_t len = strnlen(address, sizeof reterr->address - 1);

	if (reterr == NULL)
		return code;
	reterr->code = code;
	reterr->operation = operation;
	memmove(reterr->address, address, len);
	reterr->address[len] = 0;
	return code;
}
