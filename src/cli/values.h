/* How the argument of an option is read: a reader for each kind. */
#ifndef DX_VALUES_H
#define DX_VALUES_H

#include "cli/options.h"
#include "talk/settings.h"

/* Memory that lives as long as the command line: blocks on a chain. */
struct dx_owned;

/* `bytes` of it, zeroed; NULL where there is none. */
void *dx_own(struct dx_owned **owned, size_t bytes);
void dx_owned_free(struct dx_owned *owned);

/* An option, or an endpoint's key of the same name, and its argument. */
typedef struct dx_value {
	const dx_option *option;
	const char *prefix;             /* what stands before the text, for the complaint: "--wait ", "encoding=" */
	const char *text;
	const char *const *given;       /* what the command line gives besides, by option */
	struct dx_owned **owned;
} dx_value;

/* Puts it where the option says, in `into`. Returns 0; -EINVAL or -ENOMEM, after saying why. */
int dx_value_read(const dx_value *v, dx_settings *into);

/* Appends TEXT, escapes resolved or its hex read, to `into`. Returns as dx_value_read. */
int dx_value_add_text(const dx_value *v, bool hex, dx_texts *into);

#endif
