/*
 * Streams of bytes: what lies between the server and what carries its bytes, which is tcp.c on the machine and sockets in
 * host.c. A stream is a number below STREAMS. Each carries one request and one answer.
 */
#ifndef STREAM_H
#define STREAM_H

#include "memory.h"

enum {
  STREAMS = 64,
  /* All that is ever sent on one stream, in bytes. */
  STREAM_OUT = 4096,
};

/* Begins a stream to somebody else; -1 where there is no room. It can be written to at once. */
int stream_open(const uint8_t ip[4], uint16_t port);
/* Sends bytes; what goes beyond STREAM_OUT is left out. */
void stream_send(int stream, const char *bytes, size_t length);
/* Nothing more will be sent. The stream goes when the other side has finished too. */
void stream_finish(int stream);
/* Ends it at once, without telling the server. */
void stream_abort(int stream);

#endif
