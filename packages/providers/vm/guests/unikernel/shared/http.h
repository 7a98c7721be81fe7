/* HTTP/1: from bytes to a request, and from an answer to bytes. RFC 9112. */
#ifndef HTTP_H
#define HTTP_H

#include "../app.h"

enum http_state { HTTP_INCOMPLETE, HTTP_COMPLETE, HTTP_MALFORMED };

/*
 * Looks for the head of a request in `bytes`. When it is complete, `method` and `path` point into it, each zero-ended: the
 * bytes are changed for that.
 */
enum http_state http_read_request(char *bytes, size_t length, const char **method, const char **path);

/* The whole answer; to a HEAD without its body. Every answer ends its connection. */
void http_write_answer(struct text *into, const struct answer *answer, bool head_only);

/* The status and the zero-ended body of an upstream's answer, or false. The answer ends where its connection ended. */
bool http_read_answer(const char *zero_ended, size_t length, int *status, const char **body);

#endif
