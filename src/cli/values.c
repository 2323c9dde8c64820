#include "cli/values.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/number.h"
#include "cli/complain.h"
#include "ui/say.h"
#include "codec/escape.h"
#include "codec/hex.h"
#include "sys/sys.h"
#include "talk/mode.h"
#include "ui/view.h"

#include <stdio.h>

#define COUNT_MAX UINT32_MAX
#define NAMES_MAX 64

/* Memory */

struct dx_owned {
	struct dx_owned *next;
	max_align_t memory[];
};

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

	if (memory != NULL && b->used > 0)
		memcpy(memory, dx_buf_slice(b).data, b->used);
	if (memory != NULL)
		*ret = dx_slice_of(memory, b->used);
	dx_buf_fini(b);
	return memory != NULL ? 0 : dx_no_memory();
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

/* Texts */

static int resolve(const dx_value *v, bool hex, dx_slice *ret)
{
	dx_slice text = dx_slice_text(v->text);
	size_t at = 0;
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
		return dx_complain(part(v, 0, 0), _("too long a text"), _("a text has at most %zu bytes"),
				   DX_LIMIT_OPTION_BYTES);
	if (hex)
		return dx_complain(part(v, at, dx_character_bytes(text, at)), _("bad hex"),
				   _("bytes are pairs of hex digits, as in 01 a0 ff"));
	return dx_complain(part(v, at, 1 + dx_character_bytes(text, at + 1)), _("unknown escape"),
			   _("the escapes are \\n \\r \\t \\0 \\\\ \\xHH \\u{HEX}"));
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

/* 0 is for ever, save where it would mean to wait for no silence at all. */
static int read_duration(const dx_value *v, void *at)
{
	int64_t ns;

	if (dx_duration_parse(dx_slice_text(v->text), &ns) < 0 || (ns == 0 && v->option->kind == DX_KIND_WAIT))
		return dx_complain(whole(v), _("bad time"),
				   _("a time is like 500ms, 0.5s, 2s or 1m, at most a year; 0 is for ever"));
	*(int64_t *)at = ns;
	return 0;
}

static int read_count(const dx_value *v, void *at)
{
	if (dx_number_parse(dx_slice_text(v->text), 1, COUNT_MAX, at) == 0)
		return 0;
	return dx_complain(whole(v), _("bad number"), _("it is a whole number from 1 to %u"), COUNT_MAX);
}

/* Names */

/* The i-th name among which the option chooses; NULL past the last. */
static const char *name_at(const dx_option *o, unsigned i)
{
	const dx_encoding *encoding = dx_encoding_at(i);
	const dx_mode *mode = dx_mode_at(i);
	const dx_view *view = dx_view_at(i);

	switch (o->kind) {
	case DX_KIND_ENCODING:
		return encoding != NULL ? encoding->name : NULL;
	case DX_KIND_FRAME:
		return dx_frame_usage(i);
	case DX_KIND_MODE:
		return mode != NULL ? mode->name : NULL;
	case DX_KIND_VIEW:
		return view != NULL ? view->name : NULL;
	default:
		return o->choices[i];
	}
}

static int complain_of_name(const dx_value *v)
{
	static const char *const problems[] = {
		[DX_KIND_CHOICE] = N_("unknown name"), [DX_KIND_ENCODING] = N_("unknown encoding"),
		[DX_KIND_FRAME] = N_("unknown frame"), [DX_KIND_MODE] = N_("unknown mode"),
		[DX_KIND_VIEW] = N_("unknown view"),
	};
	const char *names[NAMES_MAX + 1] = { NULL }, *others = NULL;

	for (unsigned i = 0; i < NAMES_MAX && (names[i] = name_at(v->option, i)) != NULL; i++)
		;
	if (v->option->kind == DX_KIND_ENCODING)
		others = v->text[0] == '/' ? _("-e names an encoding; nc's -e would be --exec, which is not here yet") :
		                             _("`duplex help encodings` lists them, such as utf-8 gbk gb2312 big5");
	return dx_complain_of_name(whole(v), 0, _(problems[v->option->kind]), names, others);
}

static int read_choice(const dx_value *v, void *at)
{
	const dx_option *o = v->option;
	bool left_out = *v->text == 0 && o->argument[0] == '[';
	int i = 0;

	while (!left_out && o->choices[i] != NULL && strcmp(o->choices[i], v->text) != 0)
		i++;
	if (o->choices[i] == NULL)
		return complain_of_name(v);
	*(int *)at = o->first + i;
	return 0;
}

/* What is found by its name is kept as a pointer to it. */
static int read_found(const dx_value *v, void *at)
{
	dx_option_kind kind = v->option->kind;
	const void *found = kind == DX_KIND_ENCODING ? (const void *)dx_encoding_find(v->text) :
			    kind == DX_KIND_MODE     ? (const void *)dx_mode_find(v->text) :
			                               (const void *)dx_view_find(v->text);

	if (found == NULL)
		return complain_of_name(v);
	memcpy(at, &found, sizeof found);
	return 0;
}

static bool is_given(const dx_value *v, const char *name)
{
	return v->given != NULL && v->given[dx_option_find(dx_slice_text(name)) - dx_options] != NULL;
}

/* --frame is both ways, save that a way which is named by itself keeps its own. */
static int read_frame(const dx_value *v, void *at)
{
	bool both = strcmp(v->option->name, "--frame") == 0;
	dx_frame f;
	int r = dx_frame_parse(v->text, &f);

	if (r == -ERANGE)
		return dx_complain(whole(v), _("bad frame"),
				   _("gap:50ms takes a time, delim:0d0a 1 to 16 bytes in hex, fixed:8 a number of bytes, and the "
				     "others take nothing"));
	if (r < 0)
		return complain_of_name(v);
	if (!both || !is_given(v, "--frame-in"))
		*(dx_frame *)at = f;
	if (both && !is_given(v, "--frame-out")) {
		DX_OWNER(dx_manner, frame_in, at)->frame_out = f;
		DX_OWNER(dx_manner, frame_in, at)->frame_out_named = false;
	}
	return 0;
}

static int read_wait(const dx_value *v, void *at)
{
	size_t len = strcspn(v->text, ":") + 1;
	char prefix[64];
	dx_value rest = *v;             /* behind the colon */
	dx_wait *wait = at;

	*wait = (dx_wait){ DX_WAIT_NONE };
	snprintf(prefix, sizeof prefix, "%s%.*s", v->prefix, (int)len, v->text);
	rest.prefix = prefix;
	rest.text += len;
	if (strcmp(v->text, "until:") == 0)
		return dx_complain(whole(v), _("no text after"), _("until:TEXT waits for bytes that contain TEXT"));
	if (strncmp(v->text, "until:", 6) == 0) {
		wait->kind = DX_WAIT_UNTIL;
		return resolve(&rest, false, &wait->until);
	}
	if (strncmp(v->text, "idle:", 5) == 0) {
		wait->kind = DX_WAIT_IDLE;
		return read_duration(&rest, &wait->idle_ns);
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
		[DX_KIND_ENCODING] = read_found,    [DX_KIND_FRAME] = read_frame,   [DX_KIND_MODE] = read_found,
		[DX_KIND_VIEW] = read_found,        [DX_KIND_WAIT] = read_wait,
	};
	const dx_option *o = v->option;
	int r = readers[o->kind](v, (char *)into + o->place);

	if (r == 0 && o->named != 0)
		*(bool *)((char *)into + o->named) = true;
	return r;
}
