/* Converters: text, as each peer's encoding has it. One converter an encoding, shared by all who speak it; what a character
 * needs that is not complete yet stays with the peer. */
#ifndef DX_CONVERTERS_H
#define DX_CONVERTERS_H

#include "talk/message.h"

/* Opens what an encoding takes, before it is first spoken; NULL is UTF-8, and takes nothing. 0 or -ENOMEM. */
int dx_session_open_text(dx_session *s, const dx_encoding *e);
void dx_session_close_texts(dx_session *s);

/* The peer's converter, NULL for UTF-8. */
dx_text *dx_session_text(const dx_peer *p);

/* Decodes what a peer sent as it comes (`running`), or one message on its own, and appends marked UTF-8. */
int dx_session_decode(dx_peer *p, dx_slice bytes, bool running, bool last, dx_buf *out, size_t *ret_bad);

/* Decodes bytes that follow what `st` has seen, apart from what the peer is in the middle of. */
int dx_session_decode_at(dx_peer *p, dx_text_state *st, dx_slice bytes, dx_buf *out, size_t *ret_bad);

/* A long message is told part by part, the one in hand decoded from session->begin on. How many of the last bytes of a part belong
 * to a character that the next one ends, and what is in force there. */
size_t dx_session_unfinished(dx_peer *p, dx_slice part, dx_text_state *ret_behind);

/* Encodes text for a peer, and appends it; marked: a mark is the byte that it stands for. Returns 0; -EILSEQ where the encoding
 * lacks what is at *ret_bad (may be NULL); -ENOBUFS, -ENOMEM. */
typedef int dx_encode(dx_peer *p, dx_slice text, dx_buf *out, dx_slice *ret_bad);
dx_encode dx_session_encode, dx_session_encode_marked;

/* Does encoding the text as this peer's encoding says give exactly these bytes? */
bool dx_session_gives_back(dx_peer *p, dx_slice text, dx_slice bytes);

/* Is the message one of these words, its line end aside and ASCII in any case? */
bool dx_message_is_word(const dx_message *m, const dx_texts *words);

/* Sinks decode in the middle of a line; the encodings that were found out on the way are told when they are done. */
void dx_session_tell_guess(dx_session *s);

#endif
