#include "ui/keeper.h"
#include "sys/sys.h"
#include "ui/stamp.h"

#define KEPT_BYTES ((size_t)16 * 1024 * 1024)   /* of text, and of events */

struct dx_keeper {
	dx_sink sink;
	dx_screen *screen;
	dx_buf lines, events, scratch;
	uint64_t lost;                  /* messages */
};

/* Appends a line; where there is no room the older half goes. Returns how many lines that were. */
static uint64_t add(dx_buf *kept, dx_slice line)
{
	uint64_t lost = 0;
	dx_slice all = dx_buf_slice(kept);

	if (all.len + line.len > kept->limit) {
		const uint8_t *cut = all.len > 0 ? memchr(all.data + all.len / 2, '\n', all.len - all.len / 2) : NULL;
		size_t gone = cut != NULL ? (size_t)(cut - all.data) + 1 : all.len;

		for (size_t i = 0; i < gone; i++)
			lost += all.data[i] == '\n';
		dx_buf_take(kept, gone);
	}
	(void)dx_buf_add(kept, line);
	return lost;
}

static void message(dx_sink *sink, const dx_message *m)
{
	dx_keeper *k = (dx_keeper *)sink;
	bool escaped;

	dx_buf_clear(&k->scratch);
	(void)dx_stamp_message(&k->scratch, m, DX_TIME_ISO, 0, false, NULL);
	(void)dx_view_add_text(m, &k->scratch, &escaped);
	(void)dx_buf_add_text(&k->scratch, "\n");
	k->lost += add(&k->lines, dx_buf_slice(&k->scratch));
	dx_buf_clear(&k->scratch);
	if (dx_json_add_message(&k->scratch, k->screen, m) == 0)
		(void)add(&k->events, dx_buf_slice(&k->scratch));
}

static void event(dx_sink *sink, const dx_event *e)
{
	dx_keeper *k = (dx_keeper *)sink;

	dx_buf_clear(&k->scratch);
	if (dx_json_add_event(&k->scratch, e) == 0)
		(void)add(&k->events, dx_buf_slice(&k->scratch));
}

static const dx_sink_kind kind = { .name = "keeper", .message = message, .event = event };

int dx_keeper_new(dx_screen *screen, dx_keeper **ret)
{
	dx_keeper *k = dx_sys_calloc(1, sizeof *k);

	if (k == NULL)
		return -ENOMEM;
	k->sink.kind = &kind;
	k->screen = screen;
	dx_buf_init(&k->lines, KEPT_BYTES);
	dx_buf_init(&k->events, KEPT_BYTES);
	dx_buf_init(&k->scratch, KEPT_BYTES);
	dx_session_add_sink(screen->session, &k->sink);
	*ret = k;
	return 0;
}

void dx_keeper_free(dx_keeper *k)
{
	if (k == NULL)
		return;
	dx_buf_fini(&k->lines);
	dx_buf_fini(&k->events);
	dx_buf_fini(&k->scratch);
	dx_sys_free(k);
}

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

int dx_keeper_save(dx_keeper *k, const char *path, uint64_t *ret_lost)
{
	static const char ending[] = ".jsonl";
	size_t len = strlen(path);
	bool as_events = len >= sizeof ending - 1 && strcmp(path + len - (sizeof ending - 1), ending) == 0;
	int fd = dx_sys_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666), r;

	if (fd == -1)
		return -errno;
	r = write_all(fd, dx_buf_slice(as_events ? &k->events : &k->lines));
	if (dx_sys_close(fd) == -1 && r == 0)
		r = -errno;
	*ret_lost = k->lost;
	return r;
}
