/*
 * The application of this guest: a few paths that show what can become of a guest. It is the same file in production
 * (the unikernel) and in development (host.c, an ordinary Linux program): all that it needs of its surroundings is in
 * world.h.
 */
#include "app.h"

#include "world.h"

enum {
  /* isa-debug-exit keeps seven bits of an exit code. */
  MAX_EXIT_CODE = 127,
  MAX_SPAM = 16 * 1024 * 1024,
  SPAM_LINE = 64,
};

static const char JSON[] = "application/json";
static const char PLAIN[] = "text/plain; charset=utf-8";
/* The text format of Prometheus. */
static const char METRICS[] = "text/plain; version=0.0.4";

static struct words settings;
static uint32_t requests;

void app_begin(const struct words *words) {
  settings = *words;
  char line[512];
  struct text text = text_in(line, sizeof line);
  text_add(&text, "{\"event\":\"ready\",\"name\":");
  text_quoted(&text, words->name);
  text_add(&text, ",\"ip\":\"");
  text_ip(&text, words->ip);
  text_add(&text, "\",\"port\":");
  text_number(&text, words->port);
  text_add(&text, "}\n");
  world_print(line, text.length);
}

static void begin_answer(struct answer *answer, int status, const char *type) {
  answer->status = status;
  answer->type = type;
  answer->body.length = 0;
}

static void answer_error(struct answer *answer, int status, const char *what) {
  begin_answer(answer, status, JSON);
  text_add(&answer->body, "{\"error\":");
  text_quoted(&answer->body, what);
  text_add(&answer->body, "}\n");
}

static void tell_request(const struct request *request) {
  char line[1024];
  struct text text = text_in(line, sizeof line);
  text_add(&text, "{\"event\":\"request\",\"number\":");
  text_number(&text, requests);
  text_add(&text, ",\"peer\":\"");
  text_ip(&text, request->peer);
  text_add(&text, "\",\"method\":");
  text_quoted_within(&text, request->method, 16);
  text_add(&text, ",\"path\":");
  text_quoted_within(&text, request->path, 128);
  text_add(&text, "}\n");
  world_print(line, text.length);
}

static void answer_root(struct answer *answer) {
  begin_answer(answer, 200, JSON);
  struct text *body = &answer->body;
  text_add(body, "{\"greeting\":");
  text_quoted(body, settings.greeting);
  text_add(body, ",\"name\":");
  text_quoted(body, settings.name);
  text_add(body, ",\"ip\":\"");
  text_ip(body, settings.ip);
  text_add(body, "\",\"uptime\":");
  text_hundredths(body, world_uptime());
  text_add(body, ",\"requests\":");
  text_number(body, requests);
  text_add(body, "}\n");
}

static void answer_health(struct answer *answer) {
  begin_answer(answer, 200, JSON);
  text_add(&answer->body, "{\"healthy\":true,\"name\":");
  text_quoted(&answer->body, settings.name);
  text_add(&answer->body, "}\n");
}

static void answer_metrics(struct answer *answer) {
  begin_answer(answer, 200, METRICS);
  struct text *body = &answer->body;
  text_add(body, "# TYPE guest_uptime_seconds gauge\nguest_uptime_seconds ");
  text_hundredths(body, world_uptime());
  text_add(body, "\n# TYPE guest_requests_total counter\nguest_requests_total ");
  text_number(body, requests);
  text_add(body, "\n");
  world_metrics(body);
}

/* Whole lines as far as they go: who reads the console reads lines. */
static void spam(uint32_t bytes) {
  char line[SPAM_LINE];
  for (size_t i = 0; i < SPAM_LINE - 1; i++) line[i] = (char)('a' + i % 26);
  line[SPAM_LINE - 1] = '\n';
  for (; bytes > SPAM_LINE; bytes -= SPAM_LINE) world_print(line, SPAM_LINE);
  if (bytes > 0) world_print(line + SPAM_LINE - bytes, bytes);
}

static void answer_spam(const char *number, struct answer *answer) {
  uint32_t bytes;
  if (!text_to_number(number, MAX_SPAM, &bytes)) {
    answer_error(answer, 400, "/spam/N takes a number from 0 to 16777216");
    return;
  }
  spam(bytes);
  begin_answer(answer, 200, JSON);
  text_add(&answer->body, "{\"printed\":");
  text_number(&answer->body, bytes);
  text_add(&answer->body, "}\n");
}

/* Whoever asked for it gets no answer: it ends at once. */
static void exit_as_asked(const char *number, struct answer *answer) {
  uint32_t code;
  if (text_to_number(number, MAX_EXIT_CODE, &code)) world_exit((int)code);
  answer_error(answer, 400, "/exit/N takes a number from 0 to 127");
}

enum wish app_request(const struct request *request, struct answer *answer) {
  requests++;
  tell_request(request);

  char path[64];
  struct text text = text_in(path, sizeof path);
  for (const char *at = request->path; *at != '\0' && *at != '?'; at++) text_bytes(&text, at, 1);

  const char *rest;
  if (text_equal(path, "/")) answer_root(answer);
  else if (text_equal(path, "/health")) answer_health(answer);
  else if (text_equal(path, "/metrics")) answer_metrics(answer);
  else if (text_equal(path, "/up") && settings.has_upstream) return WISH_UPSTREAM;
  else if (text_equal(path, "/up")) answer_error(answer, 404, "there is no upstream: up= is not set");
  else if (text_equal(path, "/panic")) world_panic();
  else if (text_equal(path, "/hang")) world_hang();
  else if ((rest = text_after(path, "/exit/")) != NULL) exit_as_asked(rest, answer);
  else if ((rest = text_after(path, "/spam/")) != NULL) answer_spam(rest, answer);
  else answer_error(answer, 404, "there is nothing at this path");
  return WISH_ANSWER;
}

void app_upstream(enum upstream outcome, int status, const char *body, struct answer *answer) {
  if (outcome == UPSTREAM_LATE) answer_error(answer, 504, "the upstream did not answer in time");
  else if (outcome == UPSTREAM_FAILED) answer_error(answer, 502, "the upstream cannot be reached, or speaks no HTTP");
  else if (status != 200) answer_error(answer, 502, "the upstream did not answer with 200");
  else {
    begin_answer(answer, 200, PLAIN);
    text_add(&answer->body, "via ");
    text_add(&answer->body, settings.name);
    text_add(&answer->body, ": ");
    text_add(&answer->body, body);
  }
}

void app_refuse(int status, struct answer *answer) {
  const char *what = status == 405   ? "only GET and HEAD are answered here"
                     : status == 431 ? "the head of this request is too long"
                                     : "this is not a request of HTTP/1";
  answer_error(answer, status, what);
}
