/* The network card: whole frames of Ethernet, in and out. virtio.c is the only kind there is. */
#ifndef CARD_H
#define CARD_H

#include "../shared/memory.h"

enum {
  MAC_SIZE = 6,
  /* A header of 14 bytes and 1500 of what it carries. */
  MAX_FRAME = 1514,
};

struct card_counts {
  uint32_t received, sent, dropped;
};

/* NULL, or what is wrong. */
const char *card_begin(void);
const uint8_t *card_mac(void);
/* Where the next frame is to be written, MAX_FRAME bytes, or NULL while everything is on its way out. */
uint8_t *card_frame(void);
/* Sends what has been written there. */
void card_send(size_t length);
/* Gives every frame that has come to `take`. */
void card_receive(void (*take)(const uint8_t *frame, size_t length));
bool card_has_frames(void);
/* Takes back the card's interrupt, so that it can give another. */
void card_acknowledge(void);
struct card_counts card_counts(void);

#endif
