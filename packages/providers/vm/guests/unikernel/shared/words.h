/* What a guest is told: words `NAME=VALUE` on its command line. */
#ifndef WORDS_H
#define WORDS_H

#include "memory.h"

enum { MAX_WORD = 64 };

struct words {
  char name[MAX_WORD];
  char greeting[MAX_WORD];
  uint8_t ip[4];
  uint8_t mask[4];
  /* 0.0.0.0: there is none. */
  uint8_t gateway[4];
  uint16_t port;
  /* 0: there is none. */
  uint16_t exit_port;
  bool has_ip;
  bool has_upstream;
  uint8_t upstream_ip[4];
  uint16_t upstream_port;
};

/*
 * Words stand in any order, with spaces between them; unknown ones mean nothing here. The last of a name counts: the
 * image's own words come first, those of whoever boots it last. Returns NULL, or what is wrong.
 */
const char *words_read(const char *line, struct words *words);

#endif
