/* The keeper: a sink that keeps the conversation so far, for /save. It keeps the newest and counts what it has let go. */
#ifndef DX_KEEPER_H
#define DX_KEEPER_H

#include "ui/screen.h"

typedef struct dx_keeper dx_keeper;

/* Makes one and adds it to the session. 0 or -ENOMEM. */
int dx_keeper_new(dx_screen *screen, dx_keeper **ret);
void dx_keeper_free(dx_keeper *k);

/* Writes it to a new file: events where the name ends in .jsonl, lines of text elsewhere. *ret_lost: messages that are no longer
 * kept. Returns 0, -EEXIST where there is a file of that name, or what writing fails with. */
int dx_keeper_save(dx_keeper *k, const char *path, uint64_t *ret_lost);

#endif
