/* Assertions that stay on in release, for what only a programmer can break; and checked casts.
 *
 * An object that travels as a void* begins with a magic number. DX_CAST(dx_peer, ctx) is ctx as a dx_peer *, once it is
 * known to be one; DX_NEW_MAGIC and DX_DROP_MAGIC stand at its birth and at its end. */
#ifndef DX_CHECK_H
#define DX_CHECK_H

#include <stdint.h>

/* Says what broke and where, and aborts. A file is told without its folder: where it was built is nobody's affair, and a program
 * is the same bytes wherever that was. */
_Noreturn void dx_check_failed(const char *expression, const char *file, int line);

#define dx_assert(expression) ((expression) ? (void)0 : dx_check_failed(#expression, __FILE_NAME__, __LINE__))

#define DX_CAST(type, pointer) \
	((type *)dx_check_cast((pointer), type##_MAGIC, "a live " #type, __FILE_NAME__, __LINE__))

/* The same for one whose type is known: it is not NULL, and neither freed nor something else that a void* was taken for. */
#define DX_LIVE(type, pointer) ((void)DX_CAST(type, pointer))

static inline void *dx_check_cast(void *object, uint32_t magic, const char *what, const char *file, int line)
{
	if (object == 0 || *(uint32_t *)object != magic)
		dx_check_failed(what, file, line);
	return object;
}

/* The object of `type` whose member `member` is at `pointer`. */
#define DX_OWNER(type, member, pointer) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

#endif
