/* What is said to people: texts are written in English here, marked for gettext, and shown in the reader's language. */
#ifndef DX_SAY_H
#define DX_SAY_H

#include <libintl.h>

#define _(text)  gettext(text)  /* translated now */
#define N_(text) text           /* translated when it is shown: for tables */

#endif
