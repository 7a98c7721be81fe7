/* The application: from a request to an answer. It knows nothing of packets, sockets or machines. */
#ifndef APP_H
#define APP_H

#include "shared/text.h"
#include "shared/words.h"

struct request {
  const char *method;
  /* As it was sent; what follows a `?` is not told apart yet. */
  const char *path;
  uint8_t peer[4];
};

struct answer {
  int status;
  const char *type;
  struct text body;
};

/* What became of asking the upstream. */
enum upstream { UPSTREAM_ANSWERED, UPSTREAM_FAILED, UPSTREAM_LATE };

enum wish { WISH_ANSWER, WISH_UPSTREAM };

/* It can be asked from now on, and says so. */
void app_begin(const struct words *words);

/* WISH_ANSWER: the answer is complete. WISH_UPSTREAM: `GET /` is to be asked of the upstream first. */
enum wish app_request(const struct request *request, struct answer *answer);

/* The answer to a request that waited for the upstream. `status` and `body` are the upstream's, if it answered. */
void app_upstream(enum upstream outcome, int status, const char *body, struct answer *answer);

/* The answer to what is no request of HTTP: 400, 405, 431. */
void app_refuse(int status, struct answer *answer);

#endif
