/* A page of help, piece by piece, on standard output: for a screen, or as a manual page in man(7). */
#ifndef DX_PAGE_H
#define DX_PAGE_H

#include <duplex/slice.h>

typedef struct dx_page {
	/* Begins it: which command, "" for duplex itself; how it is called; what it is in a few words. */
	void (*begin)(const char *command, const char *usage, const char *line);
	void (*heading)(const char *text);
	void (*paragraph)(const char *text);
	/* A word and what it means; `more` is for those who have time to read. On a screen its line begins at column `at`. */
	void (*item)(const char *word, const char *line, const char *more, size_t at);
	void (*example)(const char *line);
} dx_page;

extern const dx_page dx_page_screen, dx_page_man;

/* How many bytes at the start of `text` the end of a line must not part. */
size_t dx_word_bytes(dx_slice text);

/* A word, and blanks up to column `at`. */
void dx_put_padded(const char *word, size_t at);

#endif
