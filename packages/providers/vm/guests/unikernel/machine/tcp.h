/* TCP: the carrier of streams on the machine. It also keeps the promises of shared/stream.h. */
#ifndef TCP_H
#define TCP_H

#include "../shared/memory.h"

void tcp_begin(uint16_t port);
/* Sends what the last segments and the server have left to be sent. */
void tcp_flush(void);
/* A tick has passed: what was not acknowledged is sent again, and what is silent for too long is given up. */
void tcp_tick(void);

#endif
