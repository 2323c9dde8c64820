#include "codec/template.h"

#define LONGEST_NAME ((size_t)16)       /* with its braces: further no closing brace is looked for */

dx_template dx_template_of(dx_slice text, const char *const *names)
{
	return (dx_template){ text, names };
}

/* Does "{name}" begin `text`, which is not empty? Returns which of the names, -1 for none. */
static int name_at(dx_slice text, const char *const *names, size_t *ret_len)
{
	const uint8_t *end;
	dx_slice word;

	if (text.data[0] != '{')
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
	size_t plain = 0, len = 0;
	int name = -1;

	if (t->rest.len == 0)
		return false;
	while (plain < t->rest.len && (name = name_at(dx_slice_after(t->rest, plain), t->names, &len)) < 0)
		plain++;
	*ret = (dx_piece){ plain > 0 ? -1 : name, dx_slice_first(t->rest, plain > 0 ? plain : len) };
	t->rest = dx_slice_after(t->rest, ret->text.len);
	return true;
}
