#include "talk/converters.h"
#include "codec/text.h"
#include "codec/utf8.h"
#include "talk/state_priv.h"

#include <strings.h>

#define MANY_BAD_BYTES 2

int dx_session_open_text(dx_session *s, const dx_encoding *e)
{
	size_t i = 0;

	while (i < DX_TEXTS_MAX && s->texts[i] != NULL && dx_text_encoding(s->texts[i]) != e)
		i++;
	dx_assert(i < DX_TEXTS_MAX);
	return e == NULL || s->texts[i] != NULL ? 0 : dx_text_new(e, &s->texts[i]);
}

void dx_session_close_texts(dx_session *s)
{
	for (size_t i = 0; i < DX_TEXTS_MAX; i++)
		dx_text_free(s->texts[i]);
}

/* Opened when the encoding was named, so it is there. */
dx_text *dx_session_text(const dx_peer *p)
{
	dx_text *const *t = p->session->texts;

	if (p->manner->encoding == NULL)
		return NULL;
	while (dx_text_encoding(*t) != p->manner->encoding)
		t++;
	return *t;
}

size_t dx_session_unfinished(dx_peer *p, dx_slice part, dx_text_state *ret_behind)
{
	dx_buf *text = &p->session->text;
	size_t unfinished;

	dx_buf_clear(text);
	*ret_behind = p->session->begin;
	(void)dx_text_decode_into(dx_session_text(p), ret_behind, part, false, text, NULL);
	unfinished = ret_behind->count;
	ret_behind->count = 0;          /* those will be there again */
	return unfinished;
}

int dx_session_decode(dx_peer *p, dx_slice bytes, bool running, bool last, dx_buf *out, size_t *ret_bad)
{
	dx_session *s = p->session;
	dx_text_state fresh = s->begin;
	int r = dx_text_decode_into(dx_session_text(p), running ? &p->text : &fresh, bytes, last, out, ret_bad);

	if (r == 0 && *ret_bad >= MANY_BAD_BYTES && s->guess_count == 0)
		s->guess_count = dx_text_guess(bytes, s->guesses);
	return r;
}

int dx_session_decode_at(dx_peer *p, dx_text_state *st, dx_slice bytes, dx_buf *out, size_t *ret_bad)
{
	return dx_text_decode_into(dx_session_text(p), st, bytes, false, out, ret_bad);
}

void dx_session_tell_guess(dx_session *s)
{
	dx_buf names;

	if (s->guess_count == 0 || s->guess_told)
		return;
	s->guess_told = true;
	dx_buf_init(&names, DX_LIMIT_PIECE_BYTES);
	for (size_t i = 0; i < s->guess_count; i++)
		(void)dx_buf_printf(&names, "%s%s", i > 0 ? ", " : "", s->guesses[i]->name);
	dx_session_note(s, &(dx_event){ .note = DX_NOTE_ENCODING, .detail = dx_buf_slice(&names) });
	dx_buf_fini(&names);
}

static bool replaces(const dx_peer *p)
{
	return p->session->settings->unmappable == DX_UNMAPPABLE_REPLACE;
}

int dx_session_encode(dx_peer *p, dx_slice text, dx_buf *out, dx_slice *ret_bad)
{
	return dx_text_encode_into(dx_session_text(p), text, replaces(p), out, ret_bad);
}

int dx_session_encode_marked(dx_peer *p, dx_slice text, dx_buf *out, dx_slice *ret_bad)
{
	return dx_text_encode_marked_into(dx_session_text(p), text, replaces(p), out, ret_bad);
}

bool dx_session_gives_back(dx_peer *p, dx_slice text, dx_slice bytes)
{
	return dx_text_gives_back(dx_session_text(p), text, bytes);
}

static bool is_same(dx_slice a, dx_slice b)
{
	return a.len == b.len && strncasecmp((const char *)a.data, (const char *)b.data, a.len) == 0;
}

/* A frame that is no line leaves the line end within the message. */
static dx_slice without_eol(dx_slice text)
{
	size_t n = text.len;

	n -= n > 0 && text.data[n - 1] == '\n';
	n -= n > 0 && text.data[n - 1] == '\r';
	return dx_slice_first(text, n);
}

/* A word that says bytes is compared as bytes: they may be a character's. */
static bool is_same_bytes(const dx_message *m, dx_slice word)
{
	dx_buf *bytes = &m->peer->session->text;

	dx_buf_clear(bytes);
	return dx_session_encode_marked(m->peer, word, bytes, NULL) == 0 &&
	       is_same(m->eol.len == 0 ? without_eol(m->bytes) : m->bytes, dx_buf_slice(bytes));
}

bool dx_message_is_word(const dx_message *m, const dx_texts *words)
{
	dx_session *s = m->peer->session;
	dx_slice text;
	size_t bad;

	if (words->count == 0 || (m->flags & DX_MESSAGE_PARTIAL) != 0)
		return false;
	dx_buf_clear(&s->text);
	if (dx_session_decode(m->peer, m->bytes, false, true, &s->text, &bad) < 0)
		return false;
	text = dx_buf_slice(&s->text);
	if (m->eol.len == 0)
		text = without_eol(text);
	for (size_t i = 0; i < words->count; i++) {
		if (is_same(text, words->items[i]))
			return true;
	}
	for (size_t i = 0; i < words->count; i++) {
		if (dx_unmarked_run(words->items[i]) < words->items[i].len && is_same_bytes(m, words->items[i]))
			return true;
	}
	return false;
}
