/*
 * The unikernel's TCP against itself, on a wire that loses, doubles and swaps frames: whatever is lost, both sides get all
 * bytes in their order. Built for this Linux from the unikernel's own files, with the server and the card put in place here.
 * Ends with 0 where everything came; prints how many frames went, and how many were lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/card.h"
#include "machine/ip.h"
#include "machine/tcp.h"
#include "shared/server.h"
#include "shared/stream.h"

enum { PORT = 8080, PAIRS = 24, SIZE = STREAM_OUT, WIRE = 1024, MAX_TICKS = 4000 };

struct frame {
  size_t length;
  uint8_t *bytes;
};

/* What each end of a connection has heard; the one that was opened here answers after the other. */
struct end {
  bool used, opened_here, ended, gone;
  size_t heard;
};

volatile uint32_t ticks;
static const uint8_t OWN_IP[4] = {10, 0, 0, 1};
static struct frame wire[WIRE];
static size_t on_wire;
static uint8_t frame_out[MAX_FRAME];
static struct end ends[STREAMS];
static int answered, failures, sent, lost;

static char byte_at(size_t i) { return (char)(i * 7 + i / 251); }

static void fail(const char *what) {
  printf("tick %u: %s\n", ticks, what);
  failures++;
}

/* ---- the card ---- */

const uint8_t *card_mac(void) { return (const uint8_t *)"\2\0\0\0\0\1"; }
uint8_t *card_frame(void) { return on_wire < WIRE - 1 ? frame_out : NULL; }

static void put_on_wire(size_t length) {
  struct frame frame = {.length = length, .bytes = malloc(length)};
  memcpy(frame.bytes, frame_out, length);
  wire[on_wire++] = frame;
}

void card_send(size_t length) {
  sent++;
  int chance = rand() % 100;
  if (chance < 20) lost++;
  else put_on_wire(length);
  if (chance >= 90 && on_wire < WIRE) put_on_wire(length);
}

/* ---- the server: who was called hears everything to the end, then says as much ---- */

static void say_everything(int stream) {
  char bytes[SIZE];
  for (size_t i = 0; i < SIZE; i++) bytes[i] = byte_at(i);
  stream_send(stream, bytes, SIZE);
  stream_finish(stream);
}

void server_opened(int stream, const uint8_t peer[4]) {
  if (memcmp(peer, OWN_IP, 4) != 0) fail("an unknown peer");
  ends[stream] = (struct end){.used = true};
}

void server_received(int stream, const char *bytes, size_t length) {
  struct end *end = &ends[stream];
  if (!end->used || end->ended) fail("bytes for nobody");
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != byte_at(end->heard++)) fail("a wrong byte");
}

void server_ended(int stream) {
  struct end *end = &ends[stream];
  if (end->heard != SIZE) fail("an end before all was heard");
  end->ended = true;
  if (end->opened_here) answered++;
  else say_everything(stream);
}

void server_gone(int stream) {
  if (ends[stream].used && !ends[stream].ended) fail("gone before the end");
  ends[stream].used = false;
}

/* ---- time ---- */

static void deliver_all(void) {
  for (int round = 0; on_wire > 0 && round < 10000; round++) {
    size_t at = rand() % 4 == 0 ? (size_t)rand() % on_wire : 0;
    struct frame frame = wire[at];
    memmove(&wire[at], &wire[at + 1], (--on_wire - at) * sizeof frame);
    ip_frame(frame.bytes, frame.length);
    free(frame.bytes);
    tcp_flush();
  }
}

int main(int count, char **arguments) {
  srand(count > 1 ? (unsigned)atoi(arguments[1]) : 1);
  struct words words = {.mask = {255, 255, 255, 0}};
  memcpy(words.ip, OWN_IP, 4);
  ip_begin(&words);
  tcp_begin(PORT);
  for (int i = 0; i < PAIRS; i++) {
    int stream = stream_open(OWN_IP, PORT);
    ends[stream] = (struct end){.used = true, .opened_here = true};
    say_everything(stream);
  }
  for (; answered < PAIRS && ticks < MAX_TICKS && failures == 0; ticks++) {
    tcp_tick();
    tcp_flush();
    deliver_all();
  }
  printf("%d of %d answered after %u ticks, %d frames sent, %d lost\n", answered, PAIRS, ticks, sent, lost);
  return answered == PAIRS && failures == 0 ? 0 : 1;
}
