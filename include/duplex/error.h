/* Errors: negative errno values, returned; and what errno has no number for, from -DX_ERROR_FIRST downwards. <errno.h> comes with
 * this header.
 *
 * A function that names a host or a file takes a `dx_error *reterr` besides (NULL is fine): it is filled on failure only,
 * with the code that is returned, the operation that failed and what it was tried on. The library never prints it. */
#ifndef DUPLEX_ERROR_H
#define DUPLEX_ERROR_H

#include <errno.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DX_ERROR_FIRST 4096

/* X(name, key, sentence): dx errors that errno lacks. */
#define DX_ERRORS(X)                                                                             \
	X(DX_ENAME, "ENAME", "no such host name")                                                \
	X(DX_ENAMEAGAIN, "ENAMEAGAIN", "the name server does not answer; try again later")       \
	X(DX_ENAMEFAIL, "ENAMEFAIL", "the name server failed")                                   \
	X(DX_ENAMEFAMILY, "ENAMEFAMILY", "the host has no address of this family")               \
	X(DX_ESELF, "ESELF", "connected to itself: nobody else is there")                        \
	X(DX_EINUSE, "EINUSE", "somebody is listening there")                                    \
	X(DX_ENOTSOCK, "ENOTSOCK", "something that is not a socket is in the way")               \
	X(DX_ECUT, "ECUT", "the conversation was cut off before all was delivered")              \
	X(DX_EDEADLINE, "EDEADLINE", "the time for all of it is over")                           \
	X(DX_EIDLE, "EIDLE", "nothing was heard in time")                                        \
	X(DX_EMISSING, "EMISSING", "what was asked for did not come")                            \
	X(DX_ECOMMAND, "ECOMMAND", "it was not carried out")                                     \
	X(DX_ESTALLED, "ESTALLED", "it took nothing for too long while its queue was full") \
	X(DX_ESHRUNK, "ESHRUNK", "the file became shorter while it was read")

#define DX_ERROR_NUMBER(name, key, sentence) name,
enum dx_error_number { DX_ERROR_BEFORE = DX_ERROR_FIRST - 1, DX_ERRORS(DX_ERROR_NUMBER) DX_ERROR_AFTER };
#undef DX_ERROR_NUMBER

typedef struct dx_error {
	int code;                /* negative: -ECONNREFUSED, -DX_ENAME, … */
	const char *operation;   /* "connect", "bind", "resolve" …: a word that lives for ever */
	char address[160];       /* what it was tried on, as a user would write it; may be "" */
} dx_error;

/* The sentence for a code that this library returned, in English, without a full stop; it lives for ever. For an unknown
 * code it says so. Never NULL. */
const char *dx_error_text(int code);

/* The key word for a code: "ECONNREFUSED", "ENAME" …; "EUNKNOWN" for one that has none. It lives for ever. */
const char *dx_error_key(int code);

/* Fills *reterr, where it is not NULL, and returns `code`. `address` is copied, shortened where it is too long. */
int dx_error_set(dx_error *reterr, int code, const char *operation, const char *address);

#ifdef __cplusplus
}
#endif

#endif
