/* IPv4 over Ethernet: RFC 791 and 894. */
#ifndef IP_H
#define IP_H

#include "../shared/words.h"

enum {
  PROTOCOL_ICMP = 1,
  PROTOCOL_TCP = 6,
  /* What fits into one packet beside its header. */
  MAX_PAYLOAD = 1480,
};

static inline uint16_t swap16(uint16_t value) { return __builtin_bswap16(value); }
static inline uint32_t swap32(uint32_t value) { return __builtin_bswap32(value); }

void ip_begin(const struct words *words);
/* Takes a frame as it came, whatever it is. */
void ip_frame(const uint8_t *frame, size_t length);

/* Where the payload of a packet to this address is to be written, or NULL where none can be sent now: try again soon. */
uint8_t *ip_payload(const uint8_t to[4]);
/* Sends it. */
void ip_send(uint8_t protocol, size_t length);

/* The sum of RFC 1071 over bytes, begun with another sum; not folded yet. */
uint32_t checksum_add(uint32_t sum, const void *bytes, size_t length);
/* Folded and complemented, as it stands in a header. Over what bears its right sum it is 0. */
uint16_t checksum_end(uint32_t sum);
/* What TCP sums besides its own segment: RFC 9293, 3.1. */
uint32_t pseudo_header(const uint8_t peer[4], uint8_t protocol, size_t length);

/* tcp.c: a segment that has come, of `length` bytes at least 0. */
void tcp_segment(const uint8_t from[4], const uint8_t *segment, size_t length);

#endif
