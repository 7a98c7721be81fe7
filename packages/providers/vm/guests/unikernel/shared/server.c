/*
 * What happens on a stream: a request is read, the application is asked, its answer is sent. For `/up` a second stream is
 * opened to the upstream, and the two are partners until one of them goes.
 */
#include "server.h"

#include "../app.h"
#include "../world.h"
#include "http.h"
#include "stream.h"

enum {
  /* The head of a request, or the answer of an upstream, in bytes. */
  IN_SIZE = 2048,
  BODY_SIZE = 3072,
  /* In hundredths of a second. */
  UPSTREAM_WAIT = 200,
  REQUEST_WAIT = 1000,
  NOBODY = -1,
};

enum role {
  UNUSED,
  /* From somebody: */
  READING,
  WAITING,
  ANSWERED,
  /* To the upstream: */
  ASKING,
};

struct exchange {
  enum role role;
  int partner;
  bool head_only;
  uint32_t since;
  uint8_t peer[4];
  size_t length;
  /* One more than is ever read: a zero ends it. */
  char in[IN_SIZE + 1];
};

static struct exchange exchanges[STREAMS];
static struct words settings;
static const char ASK[] = "GET / HTTP/1.1\r\nHost: upstream\r\nConnection: close\r\n\r\n";

void server_begin(const struct words *words) {
  settings = *words;
  app_begin(words);
}

static void begin(int stream, enum role role, int partner) {
  struct exchange *exchange = &exchanges[stream];
  exchange->role = role;
  exchange->partner = partner;
  exchange->head_only = false;
  exchange->since = world_uptime();
  exchange->length = 0;
}

/* Once it is called, nothing of the exchange is needed any more. */
static void send(int stream, const struct answer *answer) {
  static char bytes[STREAM_OUT];
  struct text text = text_in(bytes, sizeof bytes);
  http_write_answer(&text, answer, exchanges[stream].head_only);
  exchanges[stream].role = ANSWERED;
  stream_send(stream, bytes, text.length);
  stream_finish(stream);
}

static struct answer empty_answer(void) {
  static char body[BODY_SIZE];
  return (struct answer){.body = text_in(body, sizeof body)};
}

static void refuse(int stream, int status) {
  struct answer answer = empty_answer();
  app_refuse(status, &answer);
  send(stream, &answer);
}

/* Tells whoever waits for the upstream what came of it. */
static void settle(int waiting, enum upstream outcome, int status, const char *body) {
  struct answer answer = empty_answer();
  exchanges[waiting].partner = NOBODY;
  app_upstream(outcome, status, body, &answer);
  send(waiting, &answer);
}

static void ask_upstream(int stream) {
  int upstream = stream_open(settings.upstream_ip, settings.upstream_port);
  exchanges[stream].role = WAITING;
  exchanges[stream].since = world_uptime();
  if (upstream == NOBODY) {
    settle(stream, UPSTREAM_FAILED, 0, "");
    return;
  }
  begin(upstream, ASKING, stream);
  exchanges[stream].partner = upstream;
  stream_send(upstream, ASK, sizeof ASK - 1);
}

static void handle(int stream, const char *method, const char *path) {
  struct exchange *exchange = &exchanges[stream];
  exchange->head_only = text_equal(method, "HEAD");
  if (!exchange->head_only && !text_equal(method, "GET")) {
    refuse(stream, 405);
    return;
  }
  struct request request = {.method = method, .path = path};
  memcpy(request.peer, exchange->peer, sizeof request.peer);
  struct answer answer = empty_answer();
  if (app_request(&request, &answer) == WISH_UPSTREAM) ask_upstream(stream);
  else send(stream, &answer);
}

void server_opened(int stream, const uint8_t peer[4]) {
  begin(stream, READING, NOBODY);
  memcpy(exchanges[stream].peer, peer, 4);
}

void server_received(int stream, const char *bytes, size_t length) {
  struct exchange *exchange = &exchanges[stream];
  /* Whoever has asked already is not listened to: each stream carries one request. */
  if (exchange->role != READING && exchange->role != ASKING) return;
  size_t room = IN_SIZE - exchange->length;
  bool too_long = length > room;
  if (too_long) length = room;
  memcpy(exchange->in + exchange->length, bytes, length);
  exchange->length += length;
  if (exchange->role == ASKING) return;

  const char *method, *path;
  switch (http_read_request(exchange->in, exchange->length, &method, &path)) {
    case HTTP_COMPLETE: handle(stream, method, path); return;
    case HTTP_MALFORMED: refuse(stream, 400); return;
    case HTTP_INCOMPLETE:
      if (too_long || exchange->length == IN_SIZE) refuse(stream, 431);
  }
}

static void upstream_ended(struct exchange *exchange) {
  int status;
  const char *body;
  int waiting = exchange->partner;
  if (waiting == NOBODY) return;
  exchange->partner = NOBODY;
  exchange->in[exchange->length] = '\0';
  if (http_read_answer(exchange->in, exchange->length, &status, &body))
    settle(waiting, UPSTREAM_ANSWERED, status, body);
  else settle(waiting, UPSTREAM_FAILED, 0, "");
}

void server_ended(int stream) {
  struct exchange *exchange = &exchanges[stream];
  if (exchange->role == ASKING) upstream_ended(exchange);
  /* Whoever has finished its side and waits for an answer may still get it. */
  if (exchange->role == ASKING || exchange->role == READING) stream_finish(stream);
}

void server_gone(int stream) {
  struct exchange *exchange = &exchanges[stream];
  int partner = exchange->partner;
  enum role role = exchange->role;
  exchange->role = UNUSED;
  exchange->partner = NOBODY;
  if (partner == NOBODY) return;
  if (role == ASKING) {
    settle(partner, UPSTREAM_FAILED, 0, "");
  } else if (role == WAITING) {
    exchanges[partner].role = UNUSED;
    stream_abort(partner);
  }
}

void server_tick(void) {
  for (int stream = 0; stream < STREAMS; stream++) {
    struct exchange *exchange = &exchanges[stream];
    uint32_t waited = world_uptime() - exchange->since;
    if (exchange->role == WAITING && waited > UPSTREAM_WAIT) {
      int upstream = exchange->partner;
      exchanges[upstream].role = UNUSED;
      exchanges[upstream].partner = NOBODY;
      stream_abort(upstream);
      settle(stream, UPSTREAM_LATE, 0, "");
    } else if (exchange->role == READING && waited > REQUEST_WAIT) {
      exchange->role = UNUSED;
      stream_abort(stream);
    }
  }
}
