#include "ui/stamp.h"
#include "base/number.h"
#include "codec/safe.h"
#include "talk/peers.h"

#include <stdio.h>

/* Whole seconds, and what is left of the next one: before 1970 too, where a clock that was never set may stand. */
static time_t cut_seconds(int64_t time_ns, int64_t *ret_rest_ns)
{
	int64_t rest_ns = time_ns % DX_NS_PER_S;

	*ret_rest_ns = rest_ns < 0 ? rest_ns + DX_NS_PER_S : rest_ns;
	return (time_t)((time_ns - *ret_rest_ns) / DX_NS_PER_S);
}

const char *dx_stamp_event(int64_t time_ns, char into[40])
{
	int64_t rest_ns;
	time_t seconds = cut_seconds(time_ns, &rest_ns);
	char date[24];
	struct tm parts;

	(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
	(void)snprintf(into, 40, "%s.%06dZ", date, (int)(rest_ns / 1000));
	return into;
}

static int add_iso(dx_buf *out, time_t seconds, int ms)
{
	char date[24], zone[8];
	struct tm parts;

	(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", localtime_r(&seconds, &parts));
	(void)strftime(zone, sizeof zone, "%z", &parts);
	return dx_buf_printf(out, "%s.%03d%.3s:%.2s", date, ms, zone, zone + 3);
}

static int add_clock(dx_stamper *s, dx_buf *out, time_t seconds, int ms)
{
	char fraction[] = { '.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10) };
	struct tm parts;
	int r;

	if (s->clock[0] == 0 || s->second != seconds)
		(void)strftime(s->clock, sizeof s->clock, "%H:%M:%S", localtime_r(&seconds, &parts));
	s->second = seconds;
	r = dx_buf_add_text(out, s->clock);
	return r < 0 ? r : dx_buf_add(out, dx_slice_of(fraction, sizeof fraction));
}

/* Between two stamps, whatever the wall clock does meanwhile. */
static int add_since(dx_stamper *s, dx_buf *out)
{
	int64_t before_ns = s->last_ns;

	s->last_ns = dx_clock_ns();
	return dx_buf_printf(out, "+%.3f", before_ns == 0 ? 0.0 : (double)(s->last_ns - before_ns) / 1e9);
}

int dx_stamp_add(dx_stamper *s, dx_buf *out, int64_t time_ns)
{
	int64_t rest_ns;
	time_t seconds = cut_seconds(time_ns, &rest_ns);
	int ms = (int)(rest_ns / DX_NS_PER_MS);

	if (s->style == DX_TIME_SINCE)
		return add_since(s, out);
	return s->style == DX_TIME_ISO ? add_iso(out, seconds, ms) : add_clock(s, out, seconds, ms);
}

/* "#2 127.0.0.1:51322 ← ", in its colour. */
static void write_who(dx_stamper *s, const dx_message *m, const char *whom)
{
	static const char hues[] = "625134"; /* cyan, green, magenta, red, yellow, blue: of SGR 3x */
	char address[DX_ADDR_TEXT];
	dx_buf who;

	dx_buf_init(&who, sizeof s->who);
	if (s->colors && whom == NULL)
		(void)dx_buf_printf(&who, "\033[%s3%cm", m->direction == DX_IN ? "" : "1;",
				    hues[(m->peer->number - 1) % (sizeof hues - 1)]);
	if (whom == NULL)
		(void)dx_buf_printf(&who, "#%u ", m->peer->number);
	(void)dx_safe_add(&who, dx_slice_text(whom != NULL ? whom : dx_session_address(m->peer, address)), 0, NULL);
	(void)dx_buf_add_text(&who, m->direction == DX_IN ? " ←" : " →");
	(void)dx_buf_add_text(&who, s->colors && whom == NULL ? "\033[0m " : " ");
	s->who_bytes = who.used;
	if (who.used > 0)
		memcpy(s->who, dx_buf_slice(&who).data, who.used);
	dx_buf_fini(&who);
	s->number = whom == NULL ? m->peer->number : 0;
	s->direction = m->direction;
}

int dx_stamp_message(dx_stamper *s, dx_buf *out, const dx_message *m, const char *whom)
{
	int r = s->style == DX_TIME_NONE ? 0 : dx_stamp_add(s, out, m->time_ns);

	if (r == 0 && s->style != DX_TIME_NONE)
		r = dx_buf_add_byte(out, ' ');
	if (s->number != m->peer->number || s->direction != m->direction || whom != NULL)
		write_who(s, m, whom);
	return r < 0 ? r : dx_buf_add(out, dx_slice_of(s->who, s->who_bytes));
}
