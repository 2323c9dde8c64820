#include "codec/template.h"

#define LONGEST_NAME ((size_t)16)       /* with its braces: further no closing brace is looked for */

dx_template dx_template_of(dx_slice text, const char *const *names)
{
	return (dx_template){ text, names };
}

/* Does "{name}" begin `text`? Returns which of the names, -1 for none. */
static int name_at(dx_slice text, const char *const *names, size_t *ret_len)
{
	const uint8_t *end;
	dx_slice word;

	if (text.len == 0 || text.data[0] != '{')
		return -1;
	end = memchr(text.data, '}', text.len < LONGEST_NAME ? text.len : LONGEST_NAME);
	if (end == NULL)
		return -1;
	word = dx_slice_of(text.data + 1, (size_t)(end - text.data) - 1);
	for (int i = 0; names[i] != NULL; i++) {
		if (dx_slice_equal(word, dx_slice_text(names[i]))) {
			*ret_len = word.len + 2;
			return i;
		}
	}
	return -1;
}

bool dx_template_next(dx_template *t, dx_piece *ret)
{
	size_t len = 0;
	int name = name_at(t->rest, t->names, &len);

	if (t->rest.len == 0)
		return false;
	if (name < 0) {
		size_t ignored;

		do {
			len++;
		} while (len < t->rest.len && name_at(dx_slice_after(t->rest, len), t->names, &ignored) < 0);
	}
	*ret = (dx_piece){ name, dx_slice_first(t->rest, len) };
	t->rest = dx_slice_after(t->rest, len);
	return true;
}
