#include "ui/keeper.h"
#include "sys/sys.h"
#include "ui/sink_json.h"

#define KEPT_BYTES ((size_t)32 * 1024 * 1024)

/* What is kept of a message, or of somebody's coming and going: as it was, since it is written only if somebody asks. The
 * address and the bytes follow. */
struct kept {
	size_t size; /* of all of it, in whole records */
	int64_t time_ns;
	bool is_message;
	uint8_t kind, reason, direction;
	unsigned flags;
	uint32_t number;
	socklen_t address_len;
	struct dx_place *place;
	const dx_encoding *encoding;
	uint64_t in_bytes, out_bytes;
	size_t true_len, bytes_len, eol_len;
	uint8_t bytes[];
};

struct dx_keeper {
	dx_sink sink;
	dx_screen *screen;
	dx_buf all;
	uint64_t lost; /* messages */
};

static const struct kept *first(dx_slice rest)
{
	return (const void *)rest.data;
}

/* Where there is no room the older half goes. */
static void make_room(dx_keeper *k, size_t size)
{
	size_t gone = 0;

	if (k->all.used + size <= KEPT_BYTES)
		return;
	while (gone < k->all.used && gone < KEPT_BYTES / 2) {
		const struct kept *old = first(dx_slice_after(dx_buf_slice(&k->all), gone));

		k->lost += old->is_message;
		gone += old->size;
	}
	dx_buf_take(&k->all, gone);
}

static void keep(dx_keeper *k, const dx_peer *p, const dx_event *e, const dx_message *m)
{
	dx_slice wire = m != NULL ? dx_message_wire(m) : dx_slice_of("", 0);
	size_t size = (sizeof(struct kept) + p->address->len + wire.len + 15) & ~(size_t)15;
	struct kept *new;

	make_room(k, size);
	if (dx_buf_reserve(&k->all, size) < 0) {
		k->lost += m != NULL;
		return;
	}
	new = (void *)dx_buf_tail(&k->all);
	*new = (struct kept){ .size = size,
			      .is_message = m != NULL,
			      .number = p->number,
			      .place = p->place,
			      .encoding = p->manner->encoding,
			      .address_len = p->address->len };
	if (e != NULL) {
		new->kind = (uint8_t)e->kind;
		new->reason = (uint8_t)e->reason;
		new->time_ns = e->time_ns;
		new->in_bytes = p->in_bytes;
		new->out_bytes = p->out_bytes;
	} else {
		new->time_ns = m->time_ns;
		new->direction = (uint8_t)m->direction;
		new->flags = m->flags;
		new->true_len = m->true_len;
		new->bytes_len = m->bytes.len;
		new->eol_len = m->eol.len;
	}
	memcpy(new->bytes, &p->address->un, p->address->len);
	if (wire.len > 0)
		memcpy(new->bytes + p->address->len, wire.data, wire.len);
	dx_buf_grew(&k->all, size);
}

static void message(dx_sink *sink, const dx_message *m)
{
	keep((dx_keeper *)sink, m->peer, NULL, m);
}

static void event(dx_sink *sink, const dx_event *e)
{
	if (e->kind == DX_EVENT_OPEN || e->kind == DX_EVENT_CLOSE)
		keep((dx_keeper *)sink, e->peer, e, NULL);
}

static const dx_sink_kind kind = { .name = "keeper", .message = message, .event = event };

int dx_keeper_new(dx_screen *screen, dx_keeper **ret)
{
	dx_keeper *k = dx_sys_calloc(1, sizeof *k);

	if (k == NULL)
		return -ENOMEM;
	k->sink.kind = &kind;
	k->screen = screen;
	dx_buf_init(&k->all, KEPT_BYTES);
	dx_session_add_sink(screen->session, &k->sink);
	*ret = k;
	return 0;
}

void dx_keeper_free(dx_keeper *k)
{
	if (k == NULL)
		return;
	dx_session_remove_sink(k->screen->session, &k->sink);
	dx_buf_fini(&k->all);
	dx_sys_free(k);
}

/* Saving */

static int write_all(int fd, dx_slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = dx_sys_write(fd, bytes.data, bytes.len);

		if (n == -1 && errno != EINTR)
			return -errno;
		bytes = dx_slice_after(bytes, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

/* One line of it: an event, or text; comings and goings are events only. */
static int write_one(dx_keeper *k, const struct kept *old, dx_stamper *text, dx_buf *line)
{
	dx_addr address = { .len = old->address_len };
	dx_manner manner = { .encoding = old->encoding };
	dx_peer peer = { .number = old->number,
			 .session = k->screen->session,
			 .place = old->place,
			 .manner = &manner,
			 .address = &address,
			 .in_bytes = old->in_bytes,
			 .out_bytes = old->out_bytes };
	dx_slice bytes = dx_slice_of(old->bytes + old->address_len, old->bytes_len + old->eol_len);
	dx_message m = { .time_ns = old->time_ns,
			 .peer = &peer,
			 .direction = old->direction,
			 .flags = old->flags,
			 .bytes = dx_slice_first(bytes, old->bytes_len),
			 .eol = dx_slice_after(bytes, old->bytes_len),
			 .true_len = old->true_len };
	dx_event e = { .kind = old->kind, .time_ns = old->time_ns, .peer = &peer, .reason = old->reason };
	bool escaped;
	int r;

	memcpy(&address.un, old->bytes, address.len);
	if (text == NULL)
		return old->is_message ? dx_json_add_message(line, k->screen, &m) : dx_json_add_event(line, &e);
	if (!old->is_message)
		return 0;
	r = dx_stamp_message(text, line, &m, NULL);
	if (r == 0)
		r = dx_view_add_text(&m, line, &escaped);
	return r < 0 ? r : dx_buf_add_text(line, "\n");
}

static int save(dx_keeper *k, int fd, dx_stamper *text)
{
	dx_slice rest = dx_buf_slice(&k->all);
	dx_buf line;
	int r = 0;

	dx_buf_init(&line, KEPT_BYTES);
	while (r == 0 && rest.len > 0) {
		dx_buf_clear(&line);
		r = write_one(k, first(rest), text, &line);
		if (r == 0)
			r = write_all(fd, dx_buf_slice(&line));
		rest = dx_slice_after(rest, first(rest)->size);
	}
	dx_buf_fini(&line);
	return r;
}

int dx_keeper_save(dx_keeper *k, const char *path, uint64_t *ret_lost)
{
	static const char ending[] = ".jsonl";
	dx_stamper text = { .style = DX_TIME_ISO };
	size_t len = strlen(path);
	bool as_events = len >= sizeof ending - 1 && strcmp(path + len - (sizeof ending - 1), ending) == 0;
	int fd = dx_sys_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666), r;

	if (fd == -1)
		return -errno;
	r = save(k, fd, as_events ? NULL : &text);
	if (dx_sys_close(fd) == -1 && r == 0)
		r = -errno;
	*ret_lost = k->lost;
	return r;
}
