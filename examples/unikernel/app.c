/*
 * An application that is a machine of its own. What it stands on (a network card, TCP, HTTP, or a Linux process in their
 * place) is Muster's, in packages/providers/vm/guests/unikernel; app.h there says what is asked of an application, and
 * world.h what it can ask for. build.sh puts the two together.
 */
#include "app.h"

#include "world.h"

#ifndef HELLO_VERSION
#define HELLO_VERSION "1"
#endif

static struct words told;

/* It can be asked from now on. What is printed is its console: one line of JSON for each thing that happens. */
void app_begin(const struct words *words) {
  told = *words;
  char line[256];
  struct text text = text_in(line, sizeof line);
  text_add(&text, "{\"event\":\"ready\",\"version\":\"" HELLO_VERSION "\",\"name\":");
  text_quoted(&text, told.name);
  text_add(&text, "}\n");
  world_print(line, text.length);
}

static void say(struct answer *answer, int status, const char *what) {
  answer->status = status;
  answer->type = "text/plain; charset=utf-8";
  answer->body.length = 0;
  text_add(&answer->body, what);
}

static void answer_health(struct answer *answer) {
#ifdef HELLO_BROKEN
  /* The mistake that the pipeline shows: the machine is lost as soon as somebody asks how it is. */
  world_panic();
#endif
  say(answer, 200, "well\n");
}

enum wish app_request(const struct request *request, struct answer *answer) {
  if (text_equal(request->path, "/health")) {
    answer_health(answer);
  } else if (text_equal(request->path, "/")) {
    say(answer, 200, told.greeting);
    text_add(&answer->body, " from version " HELLO_VERSION ", ");
    text_add(&answer->body, told.name);
    text_add(&answer->body, "\n");
  } else {
    say(answer, 404, "there is nothing at this path\n");
  }
  return WISH_ANSWER;
}

/* It asks nobody else, so nobody answers it. */
void app_upstream(enum upstream outcome, int status, const char *body, struct answer *answer) {
  (void)outcome, (void)status, (void)body;
  say(answer, 502, "nobody was asked\n");
}

void app_refuse(int status, struct answer *answer) { say(answer, status, "only GET and HEAD of HTTP/1 are answered\n"); }
