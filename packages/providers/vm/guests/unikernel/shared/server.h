/* The server: streams on one side, the application on the other. The carrier of the streams calls it. */
#ifndef SERVER_H
#define SERVER_H

#include "words.h"

/* Whoever carries the streams takes new ones already. */
void server_begin(const struct words *words);

/* Somebody has begun a stream. */
void server_opened(int stream, const uint8_t peer[4]);
void server_received(int stream, const char *bytes, size_t length);
/* The other side will send nothing more. */
void server_ended(int stream);
/* The stream is no more, for whatever reason, and its number may mean another one from now on. */
void server_gone(int stream);
/* Some time has passed. */
void server_tick(void);

#endif
