/*
 * Frames that are wrong in every way, for the unikernel's network and its server, built for this Linux with the compiler's
 * address sanitizer: each frame lies in a piece of memory that is just as long. Many of them are nearly right, since whoever
 * is refused at the first glance tries nothing. From time to time a sound request has to be answered.
 * Ends with 0 where all of these were; its arguments are a seed and the number of frames.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/arp.h"
#include "machine/card.h"
#include "machine/ip.h"
#include "machine/tcp.h"
#include "shared/server.h"
#include "shared/stream.h"
#include "world.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, PORT = 8080, UPSTREAM = 80, IP_AT = 14, TCP_AT = 34, PLAIN = 54 };

volatile uint32_t ticks;
static const uint8_t OWN_MAC[MAC_SIZE] = {2, 0, 0, 0, 0, 1}, OTHER_MAC[MAC_SIZE] = {2, 0, 0, 0, 0, 2};
static const uint8_t OWN_IP[4] = {10, 0, 0, 1}, OTHER_IP[4] = {10, 0, 0, 2};
static jmp_buf ended;
static uint8_t *frame_out;

/* What the other side knows of its connections. */
static struct known {
  uint16_t port, guest_port;
  uint32_t sequence, acknowledgement;
  bool answered;
} known[16];

/* ---- the world ---- */

void world_print(const char *bytes, size_t length) {
  if (memchr(bytes, '\n', length) != bytes + length - 1) abort();
}
uint32_t world_uptime(void) { return ticks * 5; }
void world_metrics(struct text *text) { (void)text; }
_Noreturn void world_exit(int code) { longjmp(ended, code + 1); }
_Noreturn void world_panic(void) { longjmp(ended, 1); }
_Noreturn void world_hang(void) { longjmp(ended, 1); }

/* ---- the card, which looks what is sent ---- */

static uint16_t get16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }
static uint32_t get32(const uint8_t *at) { return (uint32_t)get16(at) << 16 | get16(at + 2); }
static void put16(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}
static void put32(uint8_t *at, uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}

const uint8_t *card_mac(void) { return OWN_MAC; }

uint8_t *card_frame(void) {
  free(frame_out);
  frame_out = malloc(MAX_FRAME);
  return rand() % 50 == 0 ? NULL : frame_out;
}

void card_send(size_t length) {
  if (length > MAX_FRAME) abort();
  const uint8_t *tcp = frame_out + TCP_AT;
  if (get16(frame_out + 12) != ETHERTYPE_IPV4 || frame_out[IP_AT + 9] != PROTOCOL_TCP) return;
  size_t tcp_length = get16(frame_out + IP_AT + 2) - 20u;
  if (checksum_end(checksum_add(0, frame_out + IP_AT, 20)) != 0) abort();
  if (checksum_end(checksum_add(pseudo_header(OTHER_IP, PROTOCOL_TCP, tcp_length), tcp, tcp_length)) != 0) abort();
  /* The guest asks its upstream: that is a connection too, and can be gone on with. */
  if (get16(tcp + 2) == UPSTREAM && tcp[13] == SYN)
    known[rand() % 16] = (struct known){.port = UPSTREAM, .guest_port = get16(tcp), .sequence = (uint32_t)rand()};
  struct known *one = known;
  while (one < known + 16 && (one->port != get16(tcp + 2) || one->guest_port != get16(tcp))) one++;
  if (one == known + 16) return;
  size_t data = tcp_length - (tcp[12] >> 4) * 4u;
  if (data > 0 && memcmp(tcp + 20, "HTTP/1.1 200", 12) == 0) one->answered = true;
  /* Whoever has lost its place finds it again. */
  if ((tcp[13] & ACK) != 0 && rand() % 2 == 0) one->sequence = get32(tcp + 8);
  one->acknowledgement = get32(tcp + 4) + (uint32_t)data + ((tcp[13] & (SYN | FIN)) != 0);
}

/* ---- what is sent to it ---- */

static void give(const uint8_t *bytes, size_t length) {
  uint8_t *exact = malloc(length > 0 ? length : 1);
  memcpy(exact, bytes, length);
  if (setjmp(ended) == 0) ip_frame(exact, length);
  free(exact);
}

static void sum(uint8_t *frame, size_t tcp_length) {
  /* Over the header as long as it says that it is: the sum is not what it is to be refused for. */
  size_t header_length = (frame[IP_AT] & 15) * 4u;
  memset(frame + IP_AT + 10, 0, 2);
  uint16_t checksum = checksum_end(checksum_add(0, frame + IP_AT, header_length));
  memcpy(frame + IP_AT + 10, &checksum, 2);
  memset(frame + TCP_AT + 16, 0, 2);
  checksum = checksum_end(checksum_add(pseudo_header(OTHER_IP, PROTOCOL_TCP, tcp_length), frame + TCP_AT, tcp_length));
  memcpy(frame + TCP_AT + 16, &checksum, 2);
}

/* A segment with all its headers; answers the length of the frame. */
static size_t segment(uint8_t *frame, const struct known *one, uint8_t flags, const char *data, size_t length) {
  memset(frame, 0, PLAIN);
  memcpy(frame, OWN_MAC, MAC_SIZE);
  memcpy(frame + 6, OTHER_MAC, MAC_SIZE);
  put16(frame + 12, ETHERTYPE_IPV4);
  frame[IP_AT] = 0x45;
  put16(frame + IP_AT + 2, (uint32_t)(40 + length));
  frame[IP_AT + 8] = 64;
  frame[IP_AT + 9] = PROTOCOL_TCP;
  memcpy(frame + IP_AT + 12, OTHER_IP, 4);
  memcpy(frame + IP_AT + 16, OWN_IP, 4);
  put16(frame + TCP_AT, one->port);
  put16(frame + TCP_AT + 2, one->guest_port);
  put32(frame + TCP_AT + 4, one->sequence);
  put32(frame + TCP_AT + 8, one->acknowledgement);
  frame[TCP_AT + 12] = 0x50;
  frame[TCP_AT + 13] = flags;
  put16(frame + TCP_AT + 14, 0x4000);
  memcpy(frame + PLAIN, data, length);
  sum(frame, 20 + length);
  return PLAIN + length;
}

static const char *const TEXTS[] = {
    "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "GET /up HTTP/1.1\r\n\r\n",  "HEAD /metrics HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nLong: aaaaaaaaaaaaaaa",    "GET /spam/9 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nabove",
};

/* Any bytes, or a text of HTTP that is here and there another, and often repeated until it is too long. */
static size_t make_data(char data[1400]) {
  const char *text = TEXTS[rand() % 6];
  size_t length = rand() % 2 == 0 ? strlen(text) : (size_t)rand() % 1400;
  for (size_t i = 0; i < length; i++) data[i] = rand() % 60 == 0 ? (char)rand() : text[i % strlen(text)];
  return length;
}

static void give_wrong_segment(void) {
  uint8_t frame[2048] = {0};
  char data[1400];
  struct known *one = &known[rand() % 16];
  if (one->port == 0 || rand() % 40 == 0)
    *one = (struct known){.port = (uint16_t)rand(), .guest_port = PORT, .sequence = (uint32_t)rand()};
  size_t length = rand() % 3 == 0 ? make_data(data) : 0;
  const uint8_t usual[] = {SYN, SYN | ACK, ACK, ACK, ACK | PSH, ACK | PSH, ACK | FIN, RST};
  uint8_t flags = rand() % 6 == 0 ? (uint8_t)rand() : usual[rand() % 8];
  size_t whole = segment(frame, one, flags, data, length);
  if (rand() % 4 == 0) put32(frame + TCP_AT + 4, one->sequence + (uint32_t)(rand() % 4000) - 2000);
  if (rand() % 6 == 0) put32(frame + TCP_AT + 8, one->acknowledgement + (uint32_t)(rand() % 6000) - 3000);
  if (rand() % 4 == 0) {
    /* Options, of which the first may be a size of segments. */
    frame[TCP_AT + 12] = (uint8_t)rand();
    frame[PLAIN] = (uint8_t)(rand() % 4);
    frame[PLAIN + 1] = (uint8_t)(rand() % 6);
  }
  if (rand() % 6 == 0) put16(frame + TCP_AT + 14, (uint32_t)(rand() % 3));
  sum(frame, 20 + length);
  if (rand() % 4 == 0) frame[(size_t)rand() % whole] = (uint8_t)rand();
  if (rand() % 6 == 0) frame[IP_AT] = (uint8_t)(0x40 | rand() % 16);
  if (rand() % 6 == 0) put16(frame + IP_AT + 2, (uint32_t)rand() % 1600);
  if (rand() % 2 == 0) sum(frame, 20 + length);
  give(frame, rand() % 8 == 0 ? (size_t)rand() % whole : whole);
  /* As often as not the other side goes on as if it had been heard. */
  if ((flags & (SYN | FIN)) != 0) one->sequence++;
  else if (rand() % 2 == 0) one->sequence += (uint32_t)length;
}

static void give_wrong_arp(void) {
  uint8_t frame[60] = {0};
  memcpy(frame + 6, OTHER_MAC, MAC_SIZE);
  put16(frame + 12, ETHERTYPE_ARP);
  memcpy(frame + 14, (const uint8_t[]){0, 1, 8, 0, 6, 4, 0, (uint8_t)(rand() % 3)}, 8);
  memcpy(frame + 22, OTHER_MAC, MAC_SIZE);
  memcpy(frame + 28, (const uint8_t[]){10, 0, 0, (uint8_t)rand()}, 4);
  memcpy(frame + 38, OWN_IP, 4);
  if (rand() % 3 == 0) frame[(size_t)rand() % sizeof frame] = (uint8_t)rand();
  give(frame, rand() % 3 == 0 ? (size_t)rand() % sizeof frame : sizeof frame);
}

static void give_wrong_ping(void) {
  uint8_t frame[2048];
  char data[1400];
  const struct known nobody = {0};
  size_t length = make_data(data);
  size_t whole = segment(frame, &nobody, 0, data, length);
  frame[IP_AT + 9] = PROTOCOL_ICMP;
  sum(frame, 20 + length);
  memset(frame + TCP_AT, 0, 4);
  frame[TCP_AT] = (uint8_t)(rand() % 3 == 0 ? rand() : 8);
  uint16_t checksum = checksum_end(checksum_add(0, frame + TCP_AT, 20 + length));
  memcpy(frame + TCP_AT + 2, &checksum, 2);
  if (rand() % 3 == 0) frame[(size_t)rand() % whole] = (uint8_t)rand();
  give(frame, rand() % 8 == 0 ? (size_t)rand() % whole : whole);
}

static void give_wrong(void) {
  int kind = rand() % 20;
  if (kind == 0) give_wrong_arp();
  else if (kind == 1) give_wrong_ping();
  else give_wrong_segment();
}

static void pass_ticks(int count) {
  for (int i = 0; i < count; i++) {
    ticks++;
    tcp_tick();
    server_tick();
    tcp_flush();
  }
}

/* A sound request on a port of its own; what the card cannot send at once comes a little later. */
static bool is_answered(uint16_t port) {
  uint8_t frame[2048];
  struct known *one = known;
  *one = (struct known){.port = port, .guest_port = PORT, .sequence = 1000};
  for (int try = 0; try < 20 && one->acknowledgement == 0; try++) {
    give(frame, segment(frame, one, SYN, "", 0));
    tcp_flush();
    pass_ticks(5);
  }
  one->sequence = 1001;
  const char request[] = "GET /health HTTP/1.1\r\n\r\n";
  for (int try = 0; try < 20 && !one->answered; try++) {
    give(frame, segment(frame, one, ACK | PSH, request, sizeof request - 1));
    tcp_flush();
    pass_ticks(5);
  }
  return one->answered;
}

int main(int count, char **arguments) {
  srand(count > 1 ? (unsigned)atoi(arguments[1]) : 1);
  long frames = count > 2 ? atol(arguments[2]) : 100000;
  struct words words = {.port = PORT, .mask = {255, 255, 255, 0}, .name = "fuzzed", .greeting = "hello"};
  memcpy(words.ip, OWN_IP, 4);
  words.has_upstream = true;
  words.upstream_port = UPSTREAM;
  memcpy(words.upstream_ip, OTHER_IP, 4);
  ip_begin(&words);
  tcp_begin(PORT);
  server_begin(&words);
  for (long i = 1; i <= frames; i++) {
    give_wrong();
    if (rand() % 4 == 0) tcp_flush();
    if (rand() % 50 == 0) pass_ticks(1);
    if (i % 10000 == 0) {
      /* Whoever has come from those ports is forgotten, as by a server that nobody speaks to. */
      pass_ticks(1000);
      if (!is_answered((uint16_t)(1024 + i / 10000))) {
        printf("no answer after %ld frames\n", i);
        return 1;
      }
    }
  }
  printf("%ld frames\n", frames);
  return 0;
}
