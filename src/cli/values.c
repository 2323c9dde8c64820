#include "cli/values.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/near.h"
#include "base/number.h"
#include "cli/complain.h"
#include "cli/say.h"
#include "codec/escape.h"
#include "codec/hex.h"
#include "sys/sys.h"
#include "talk/mode.h"
#include "ui/view.h"

#include <stdio.h>

#define COUNT_MAX  UINT32_MAX
#define NAMES_ROOM 256

/* Memory */

struct dx_owned {
	struct dx_owned *next;
	max_align_t memory[];
};

int dx_no_memory(void)
{
	fputs(_("duplex: there is not enough memory\n"), stderr);
	return -ENOMEM;
}

void *dx_own(struct dx_owned **owned, size_t bytes)
{
	struct dx_owned *block = dx_sys_calloc(1, sizeof *block + bytes);

	if (block == NULL)
		return NULL;
	block->next = *owned;
	*owned = block;
	return block->memory;
}

void dx_owned_free(struct dx_owned *owned)
{
	while (owned != NULL) {
		struct dx_owned *next = owned->next;

		dx_sys_free(owned);
		owned = next;
	}
}

/* Keeps what a buffer holds; the buffer is empty afterwards. */
static int keep(const dx_value *v, dx_buf *b, dx_slice *ret)
{
	uint8_t *memory = dx_own(v->owned, b->used + 1);

	if (memory == NULL) {
		dx_buf_fini(b);
		return dx_no_memory();
	}
	if (b->used > 0)
		memcpy(memory, dx_buf_slice(b).data, b->used);
	*ret = dx_slice_of(memory, b->used);
	dx_buf_fini(b);
	return 0;
}

/* Complaints */

static dx_blame whole(const dx_value *v)
{
	return dx_blame_all(v->prefix, v->text);
}

static dx_blame part(const dx_value *v, size_t at, size_t len)
{
	return (dx_blame){ v->prefix, dx_slice_text(v->text), at, len };
}

/* The one that was meant, perhaps, and else all that there are, or where they are listed. */
static int complain_of_name(const dx_value *v, const char *problem, const char *const *names, size_t count, const char *others)
{
	char list[NAMES_ROOM] = "";
	int near = dx_near_find(dx_slice_text(v->text), names, count);

	if (near >= 0)
		return dx_complain(whole(v), problem, _("perhaps %s was meant"), names[near]);
	if (others != NULL)
		return dx_complain(whole(v), problem, "%s", others);
	for (size_t i = 0, used = 0; i < count && used < sizeof list; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, " %s", names[i]);
	return dx_complain(whole(v), problem, _("there are%s"), list);
}

/* Texts */

static int resolve(const dx_value *v, bool hex, dx_slice *ret)
{
	dx_slice text = dx_slice_text(v->text);
	size_t at = 0, len = 1;
	dx_buf b;
	int r;

	dx_buf_init(&b, DX_LIMIT_OPTION_BYTES);
	r = hex ? dx_hex_parse(text, &b, &at) : dx_escape_resolve(text, &b, &at);
	if (r == 0)
		return keep(v, &b, ret);
	dx_buf_fini(&b);
	if (r == -ENOMEM)
		return dx_no_memory();
	if (r == -ENOBUFS)
		return dx_complain(part(v, 0, 0), _("too long a text"), _("a text has at most %zu bytes"), DX_LIMIT_OPTION_BYTES);
	len = at + 1 < text.len && !hex ? 2 : at < text.len;
	while (at + len < text.len && (text.data[at + len] & 0xc0) == 0x80)
		len++;
	if (hex)
		return dx_complain(part(v, at, len), _("bad hex"), _("bytes are pairs of hex digits, as in 01 a0 ff"));
	return dx_complain(part(v, at, len), _("unknown escape"), _("the escapes are \\n \\r \\t \\0 \\\\ \\xHH \\u{HEX}"));
}

static int append(const dx_value *v, dx_slice text, dx_texts *into)
{
	if ((into->count & (into->count - 1)) == 0) {   /* full: it is as large as a power of two */
		dx_slice *items = dx_own(v->owned, (into->count == 0 ? 1 : into->count * 2) * sizeof *items);

		if (items == NULL)
			return dx_no_memory();
		if (into->count > 0)
			memcpy(items, into->items, into->count * sizeof *items);
		into->items = items;
	}
	into->items[into->count++] = text;
	return 0;
}

int dx_value_add_text(const dx_value *v, bool hex, dx_texts *into)
{
	dx_slice text;
	int r = resolve(v, hex, &text);

	return r < 0 ? r : append(v, text, into);
}

static int read_text(const dx_value *v, void *at)
{
	return resolve(v, false, at);
}

static int read_word(const dx_value *v, void *at)
{
	if (*v->text == 0)
		return dx_complain(whole(v), _("no word"), _("a message is compared with it, as in --until exit"));
	return dx_value_add_text(v, false, at);
}

static int read_string(const dx_value *v, void *at)
{
	if (*v->text == 0)
		return dx_complain(whole(v), _("nothing given"), "%s%s", v->prefix, v->option->argument);
	*(const char **)at = v->text;
	return 0;
}

/* Flags and numbers */

static int set(const dx_value *v, void *at)
{
	if (v->option->kind == DX_KIND_FLAG)
		*(bool *)at = true;
	else if (v->option->kind == DX_KIND_SET)
		*(int *)at = v->option->first;
	else if (*(int *)at < INT32_MAX)
		++*(int *)at;
	return 0;
}

static int read_time_from(const dx_value *v, size_t from, int64_t *ret)
{
	if (dx_duration_parse(dx_slice_text(v->text + from), ret) == 0 && (from == 0 || *ret > 0))
		return 0;
	return dx_complain(part(v, from, strlen(v->text + from)), _("bad time"),
			   _("a time is like 500ms, 0.5s, 2s or 1m, at most a year; 0 is for ever"));
}

static int read_duration(const dx_value *v, void *at)
{
	return read_time_from(v, 0, at);
}

static int read_count(const dx_value *v, void *at)
{
	if (dx_number_parse(dx_slice_text(v->text), 1, COUNT_MAX, at) == 0)
		return 0;
	return dx_complain(whole(v), _("bad number"), _("it is a whole number from 1 to %u"), COUNT_MAX);
}

/* Names */

static int read_choice(const dx_value *v, void *at)
{
	const char *names[8];
	char list[64];
	size_t count = 0;

	if (*v->text == 0 && v->option->argument[0] == '[') {
		*(int *)at = v->option->first;
		return 0;
	}
	snprintf(list, sizeof list, "%s", v->option->choices);
	for (char *name = list; name != NULL; count++) {
		names[count] = strsep(&name, " ");
		if (strcmp(v->text, names[count]) == 0) {
			*(int *)at = v->option->first + (int)count;
			return 0;
		}
	}
	return complain_of_name(v, _("unknown name"), names, count, NULL);
}

static int read_encoding(const dx_value *v, void *at)
{
	const dx_encoding *e = dx_encoding_find(v->text), *known;
	const char *others = _("`duplex help encodings` lists them, such as utf-8 gbk gb2312 big5");
	const char *names[64];
	size_t count = 0;

	if (e != NULL) {
		*(const dx_encoding **)at = e;
		return 0;
	}
	if (v->text[0] == '/')
		others = _("-e names an encoding; nc's -e would be --exec, which is not here yet");
	while (count < sizeof names / sizeof names[0] && (known = dx_encoding_at(count)) != NULL)
		names[count++] = known->name;
	return complain_of_name(v, _("unknown encoding"), names, count, others);
}

static bool is_given(const dx_value *v, const char *name)
{
	return v->given != NULL && v->given[dx_option_find(dx_slice_text(name)) - dx_options] != NULL;
}

/* --frame is both ways, save that a way which is named by itself keeps its own. */
static int read_frame(const dx_value *v, void *at)
{
	const char *const *names = dx_frame_names();
	bool both = strcmp(v->option->name, "frame") == 0;
	size_t count = 0;
	dx_frame f;
	int r = dx_frame_parse(v->text, &f);

	while (names[count] != NULL)
		count++;
	if (r == -ERANGE)
		return dx_complain(whole(v), _("bad frame"), _("gap takes a time, as in gap:50ms, and the others take nothing"));
	if (r < 0)
		return complain_of_name(v, _("unknown frame"), names, count, NULL);
	if (!both || !is_given(v, "frame-in"))
		*(dx_frame *)at = f;
	if (both && !is_given(v, "frame-out"))
		DX_OWNER(dx_manner, frame_in, at)->frame_out = f;
	return 0;
}

static int read_mode(const dx_value *v, void *at)
{
	const dx_mode *mode = dx_mode_find(v->text);
	const char *names[8];
	unsigned count = 0;

	for (; mode == NULL && count < sizeof names / sizeof names[0] && dx_mode_at(count) != NULL; count++)
		names[count] = dx_mode_at(count)->name;
	if (mode == NULL)
		return complain_of_name(v, _("unknown mode"), names, count, NULL);
	*(const struct dx_mode **)at = mode;
	return 0;
}

static int read_view(const dx_value *v, void *at)
{
	const dx_view *view = dx_view_find(v->text);
	const char *names[8];
	unsigned count = 0;

	for (; view == NULL && count < sizeof names / sizeof names[0] && dx_view_at(count) != NULL; count++)
		names[count] = dx_view_at(count)->name;
	if (view == NULL)
		return complain_of_name(v, _("unknown view"), names, count, NULL);
	*(const struct dx_view **)at = view;
	return 0;
}

static int read_wait_until(const dx_value *v, size_t from, dx_wait *wait)
{
	dx_value text = *v;
	char prefix[64];

	snprintf(prefix, sizeof prefix, "%s%.*s", v->prefix, (int)from, v->text);
	text.prefix = prefix;
	text.text += from;
	if (*text.text == 0)
		return dx_complain(part(v, 0, from), _("no text after"), _("until:TEXT waits for bytes that contain TEXT"));
	wait->kind = DX_WAIT_UNTIL;
	return resolve(&text, false, &wait->until);
}

static int read_wait(const dx_value *v, void *at)
{
	dx_wait *wait = at;

	*wait = (dx_wait){ DX_WAIT_NONE };
	if (strncmp(v->text, "until:", 6) == 0)
		return read_wait_until(v, 6, wait);
	if (strncmp(v->text, "idle:", 5) == 0) {
		wait->kind = DX_WAIT_IDLE;
		return read_time_from(v, 5, &wait->idle_ns);
	}
	if (dx_number_parse(dx_slice_text(v->text), 1, COUNT_MAX, &wait->count) == 0)
		wait->kind = DX_WAIT_COUNT;
	else if (strcmp(v->text, "close") == 0)
		wait->kind = DX_WAIT_CLOSE;
	else if (strcmp(v->text, "none") != 0)
		return dx_complain(whole(v), _("cannot wait for"), _("it is none, close, a number of messages, idle:T or until:TEXT"));
	return 0;
}

int dx_value_read(const dx_value *v, dx_settings *into)
{
	static int (*const readers[])(const dx_value *v, void *at) = {
		[DX_KIND_FLAG] = set,               [DX_KIND_SET] = set,            [DX_KIND_MORE] = set,
		[DX_KIND_TEXT] = read_text,         [DX_KIND_WORDS] = read_word,    [DX_KIND_STRING] = read_string,
		[DX_KIND_DURATION] = read_duration, [DX_KIND_COUNT] = read_count,   [DX_KIND_CHOICE] = read_choice,
		[DX_KIND_ENCODING] = read_encoding, [DX_KIND_FRAME] = read_frame,   [DX_KIND_MODE] = read_mode,
		[DX_KIND_VIEW] = read_view,         [DX_KIND_WAIT] = read_wait,
	};
	const dx_option *o = v->option;
	int r = readers[o->kind](v, (char *)into + o->place);

	if (r == 0 && o->named != 0)
		*(bool *)((char *)into + o->named) = true;
	return r;
}
