#include "ui/stamp.h"
#include "base/number.h"
#include "codec/safe.h"
#include "talk/session.h"

#include <stdio.h>
#include <time.h>

const char *dx_stamp_event(int64_t time_ns, char into[40])
{
	time_t seconds = (time_t)(time_ns / DX_NS_PER_S);
	char date[24];
	struct tm parts;

	(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
	(void)snprintf(into, 40, "%s.%06dZ", date, (int)(time_ns % DX_NS_PER_S / 1000));
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

int dx_stamp_add(dx_buf *out, int64_t time_ns, dx_time_style style, int64_t since_ns)
{
	time_t seconds = (time_t)(time_ns / DX_NS_PER_S);
	int ms = (int)(time_ns % DX_NS_PER_S / DX_NS_PER_MS);
	char clock[16];
	struct tm parts;

	if (style == DX_TIME_SINCE)
		return dx_buf_printf(out, "+%.3f", since_ns == 0 ? 0.0 : (double)(time_ns - since_ns) / 1e9);
	if (style == DX_TIME_ISO)
		return add_iso(out, seconds, ms);
	(void)strftime(clock, sizeof clock, "%H:%M:%S", localtime_r(&seconds, &parts));
	return dx_buf_printf(out, "%s.%03d", clock, ms);
}

static int add_who(dx_buf *out, const dx_message *m, const char *whom)
{
	char address[DX_ADDR_TEXT];
	int r = whom != NULL ? 0 : dx_buf_printf(out, "#%u ", m->peer->number);

	if (r == 0)
		r = dx_safe_add(out, dx_slice_text(whom != NULL ? whom : dx_session_address(m->peer, address)), 0, NULL);
	return r < 0 ? r : dx_buf_add_text(out, m->direction == DX_IN ? " \u2190" : " \u2192");
}

int dx_stamp_message(dx_buf *out, const dx_message *m, dx_time_style style, int64_t since_ns, bool colors, const char *whom)
{
	static const char hues[] = "625134";    /* cyan, green, magenta, red, yellow, blue: of SGR 3x */
	int r = 0;

	if (style != DX_TIME_NONE) {
		r = dx_stamp_add(out, m->time_ns, style, since_ns);
		if (r == 0)
			r = dx_buf_add_text(out, " ");
	}
	if (r == 0 && colors)
		r = dx_buf_printf(out, "\033[%s3%cm", m->direction == DX_IN ? "" : "1;", hues[(m->peer->number - 1) % (sizeof hues - 1)]);
	if (r == 0)
		r = add_who(out, m, whom);
	return r < 0 ? r : dx_buf_add_text(out, colors ? "\033[0m " : " ");
}
