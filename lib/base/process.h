/*
 * process.h - which process this is, cheap enough to ask at every call.
 */
#ifndef CC_BASE_PROCESS_H
#define CC_BASE_PROCESS_H

#include <sys/types.h>

/* As getpid(), without entering the kernel each time. */
pid_t cc_process_id(void);

#endif
