/* What the application asks of the world around it: machine/world.c on the bare machine, host.c under Linux. */
#ifndef WORLD_H
#define WORLD_H

#include "shared/text.h"

void world_print(const char *bytes, size_t length);

/* Since the start, in hundredths of a second; begins anew after 497 days. */
uint32_t world_uptime(void);

/* Lines of metrics that only this world has. */
void world_metrics(struct text *text);

_Noreturn void world_exit(int code);
_Noreturn void world_panic(void);
/* Answers nobody any more, and does not end. */
_Noreturn void world_hang(void);

#endif
