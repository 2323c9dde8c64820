/* Frames and encodings without a socket: cuts standard input into messages and prints each as a line of UTF-8.
 *	unframe len2 gbk < recorded */
#include <duplex/error.h>
#include <duplex/frame.h>
#include <duplex/text.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMIT 4096

static void print(dx_text *text, const dx_cut *cut)
{
	char marked[DX_TEXT_ROOM(LIMIT)], line[DX_TEXT_ROOM(sizeof marked)];
	dx_text_state start = { 0 };
	size_t malformed = 0;
	ptrdiff_t n = dx_text_decode(text, &start, cut->bytes, true, marked, sizeof marked, &malformed);

	if (n >= 0)
		n = dx_text_unmark(dx_slice_of(marked, (size_t)n), line, sizeof line);
	if (n >= 0)
		printf("%.*s%s%s\n", (int)n, line, malformed > 0 ? " (malformed)" : "", cut->partial ? " …" : "");
	else
		fprintf(stderr, "%s\n", dx_error_text((int)n));
}

int main(int argc, char **argv)
{
	const dx_encoding *encoding = dx_encoding_find(argc > 2 ? argv[2] : "utf-8");
	dx_text *text = NULL;
	dx_cutter cutter;
	dx_frame frame;
	dx_cut cut;
	uint8_t in[1000];
	size_t n;
	int r = 0;

	if (argc < 2 || dx_frame_parse(argv[1], &frame) < 0 || encoding == NULL || dx_text_new(encoding, &text) < 0) {
		fprintf(stderr, "unframe FRAME [ENCODING]\n");
		return 2;
	}
	dx_frame_set_unit(&frame, encoding->unit_bytes, encoding->big_endian);
	dx_cutter_init(&cutter, LIMIT);
	while (r >= 0 && (n = fread(in, 1, sizeof in, stdin)) > 0) {
		dx_cutter_feed(&cutter, dx_slice_of(in, n), 0);
		while ((r = dx_cutter_next(&cutter, &frame, &cut)) > 0)
			print(text, &cut);
	}
	if (dx_cutter_pending(&cutter) && dx_frame_is_strict(&frame)) {
		fprintf(stderr, "cut off inside a message\n");
		r = -1;
	}
	while (r >= 0 && dx_cutter_flush(&cutter, &frame, &cut) > 0)
		print(text, &cut);
	dx_cutter_fini(&cutter);
	dx_text_free(text);
	return r < 0;
}
