/* Faults on demand, in the checked build only: what the table behind sys.h does besides calling on.
 *
 * A test in C arms a fault and runs a conversation; a test of the whole program names it in the environment:
 *   DUPLEX_FAULTS="torture=17"        the 17th call of all fails, with the error of its row in DX_SYS_CALLS
 *   DUPLEX_FAULTS="torture=17+"       and every call from there on
 *   DUPLEX_FAULTS="accept4=2:EPROTO"  the second accept4 fails with EPROTO ("accept4=2+:EPROTO": and all that follow;
 *                                     "accept4=2-5:EPROTO": the second to the fifth)
 *   DUPLEX_FAULTS="short"             recv, read, send and write on streams move one byte at a time
 * Several stand separated by blanks. DUPLEX_FAULTS_LOG names a file to which, at exit, one line is appended:
 * `calls N sites N failed N failed-sites N`, where a site is a place in the code that calls. */
#ifndef DX_SYS_FAULT_H
#define DX_SYS_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* Reads a fault as the environment would give it. Returns 0, or -1 where it makes no sense. */
int dx_fault_set(const char *text);

/* Takes all faults back and sets the counts to zero. */
void dx_fault_clear(void);

/* Arms the failure of the n-th call from now on, once or for ever. False when the last run made fewer calls than n:
 *   for (n = 1; dx_fault_arm(n, false); n++) run_conversation(); */
bool dx_fault_arm(size_t n, bool for_ever);

/* Calls made through the table since the last clear or arm. */
size_t dx_fault_calls(void);

#endif
