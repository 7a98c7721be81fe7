#include "words.h"

#include "text.h"

static const uint8_t USUAL_MASK[4] = {255, 255, 255, 0};
enum { USUAL_PORT = 8080 };

/* The value of the last word of this name, cut to MAX_WORD - 1 bytes; false where there is none. */
static bool last_word(const char *line, const char *name, char value[MAX_WORD]) {
  bool found = false;
  for (const char *at = line; *at != '\0';) {
    const char *rest = text_after(at, name);
    if (rest != NULL && *rest == '=') {
      struct text text = text_in(value, MAX_WORD);
      for (rest++; *rest != '\0' && *rest != ' '; rest++) text_bytes(&text, rest, 1);
      found = true;
    }
    while (*at != '\0' && *at != ' ') at++;
    while (*at == ' ') at++;
  }
  return found;
}

/* Reads four numbers with dots between them; `rest` is what follows. */
static bool read_ip(const char *from, uint8_t ip[4], const char **rest) {
  for (int i = 0; i < 4; i++) {
    uint32_t sum = 0;
    const char *first = from;
    for (; *from >= '0' && *from <= '9' && from - first < 3; from++) sum = sum * 10 + (uint32_t)(*from - '0');
    if (from == first || sum > 255) return false;
    ip[i] = (uint8_t)sum;
    if (i < 3 && *from++ != '.') return false;
  }
  *rest = from;
  return true;
}

/* Decimal, or hexadecimal after 0x. */
static bool read_port(const char *from, uint16_t *port) {
  uint32_t number = 0;
  const char *digits = text_after(from, "0x");
  if (digits == NULL) {
    if (!text_to_number(from, 65535, &number)) return false;
  } else {
    if (*digits == '\0') return false;
    for (; *digits != '\0'; digits++) {
      uint32_t low = (uint32_t)(*digits | 0x20);
      uint32_t digit = *digits >= '0' && *digits <= '9' ? (uint32_t)(*digits - '0')
                       : low >= 'a' && low <= 'f'       ? low - 'a' + 10
                                                        : 16;
      if (digit > 15 || number > 0xfff) return false;
      number = number * 16 + digit;
    }
  }
  *port = (uint16_t)number;
  return number > 0;
}

static bool read_whole_ip(const char *from, uint8_t ip[4]) {
  const char *rest;
  return read_ip(from, ip, &rest) && *rest == '\0';
}

const char *words_read(const char *line, struct words *words) {
  char value[MAX_WORD];
  memset(words, 0, sizeof *words);
  if (!last_word(line, "name", words->name)) memcpy(words->name, "guest", sizeof "guest");
  if (!last_word(line, "greeting", words->greeting)) memcpy(words->greeting, "hello", sizeof "hello");
  memcpy(words->mask, USUAL_MASK, sizeof USUAL_MASK);
  words->port = USUAL_PORT;

  /* First of all: by it one is told of what is wrong with the others. */
  if (last_word(line, "exitport", value) && !read_port(value, &words->exit_port)) return "exitport= is not a port";
  words->has_ip = last_word(line, "ip", value);
  if (words->has_ip && !read_whole_ip(value, words->ip)) return "ip= is not an address";
  if (last_word(line, "mask", value) && !read_whole_ip(value, words->mask)) return "mask= is not a mask";
  if (last_word(line, "gw", value) && !read_whole_ip(value, words->gateway)) return "gw= is not an address";
  if (last_word(line, "port", value) && !read_port(value, &words->port)) return "port= is not a port";
  words->has_upstream = last_word(line, "up", value);
  if (words->has_upstream) {
    const char *rest;
    if (!read_ip(value, words->upstream_ip, &rest) || *rest != ':' || !read_port(rest + 1, &words->upstream_port))
      return "up= is not IP:PORT";
  }
  return NULL;
}
