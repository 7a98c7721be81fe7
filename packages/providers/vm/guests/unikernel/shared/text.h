/* Texts of a bounded size, written piece by piece. What does not fit is left out; the end is always marked by a zero. */
#ifndef TEXT_H
#define TEXT_H

#include "memory.h"

struct text {
  char *at;
  size_t size;
  size_t length;
};

/* An empty text in a buffer of `size` bytes, at least one. */
struct text text_in(char *buffer, size_t size);

void text_bytes(struct text *text, const char *bytes, size_t length);
void text_add(struct text *text, const char *zero_ended);
void text_number(struct text *text, uint32_t number);
/* 0x and eight digits. */
void text_hex(struct text *text, uint32_t number);
/* Two digits. */
void text_hex_byte(struct text *text, uint8_t byte);
/* 125 is 1.25. */
void text_hundredths(struct text *text, uint32_t hundredths);
void text_ip(struct text *text, const uint8_t ip[4]);
/* As JSON writes it, quotes and all: whatever the bytes are, the line stays a line of JSON. */
void text_quoted(struct text *text, const char *zero_ended);
/* The same, of at most so many bytes. */
void text_quoted_within(struct text *text, const char *zero_ended, size_t most);

size_t text_length(const char *zero_ended);
bool text_equal(const char *left, const char *right);
/* What follows `beginning`, or NULL. */
const char *text_after(const char *whole, const char *beginning);
/* Decimal digits and nothing else, up to `most`. */
bool text_to_number(const char *digits, uint32_t most, uint32_t *number);

#endif
