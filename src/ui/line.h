/* A typed line: words for everybody, or for whom /to chose; @N TEXT is for one; /COMMAND is an order, and // at the start a slash. */
#ifndef DX_LINE_H
#define DX_LINE_H

#include "ui/operator.h"

/* Carries a line out, and returns how many of its bytes are done with: what could not be said now belongs back where it was
 * typed. */
size_t dx_operator_line(dx_operator *o, dx_slice line);

/* Completion: as the editor asks (editor.h). */
const char *dx_operator_candidate(dx_operator *o, dx_slice line, size_t start, dx_slice begun, size_t i);
bool dx_operator_takes_file(dx_slice line, size_t start);

#endif
