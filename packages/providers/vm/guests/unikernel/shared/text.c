#include "text.h"

static const char DIGITS[] = "0123456789abcdef";

struct text text_in(char *buffer, size_t size) {
  buffer[0] = '\0';
  return (struct text){.at = buffer, .size = size, .length = 0};
}

void text_bytes(struct text *text, const char *bytes, size_t length) {
  size_t room = text->size - 1 - text->length;
  if (length > room) length = room;
  memcpy(text->at + text->length, bytes, length);
  text->length += length;
  text->at[text->length] = '\0';
}

void text_add(struct text *text, const char *zero_ended) { text_bytes(text, zero_ended, text_length(zero_ended)); }

void text_number(struct text *text, uint32_t number) {
  char digits[10];
  size_t at = sizeof digits;
  do digits[--at] = DIGITS[number % 10];
  while ((number /= 10) != 0);
  text_bytes(text, digits + at, sizeof digits - at);
}

void text_hex_byte(struct text *text, uint8_t byte) {
  text_bytes(text, &DIGITS[byte >> 4], 1);
  text_bytes(text, &DIGITS[byte & 15], 1);
}

void text_hex(struct text *text, uint32_t number) {
  text_add(text, "0x");
  for (int shift = 24; shift >= 0; shift -= 8) text_hex_byte(text, (uint8_t)(number >> shift));
}

void text_hundredths(struct text *text, uint32_t hundredths) {
  text_number(text, hundredths / 100);
  text_add(text, ".");
  text_bytes(text, &DIGITS[hundredths / 10 % 10], 1);
  text_bytes(text, &DIGITS[hundredths % 10], 1);
}

void text_ip(struct text *text, const uint8_t ip[4]) {
  for (int i = 0; i < 4; i++) {
    if (i > 0) text_add(text, ".");
    text_number(text, ip[i]);
  }
}

void text_quoted_within(struct text *text, const char *zero_ended, size_t most) {
  text_add(text, "\"");
  for (size_t i = 0; i < most && zero_ended[i] != '\0'; i++) {
    uint8_t byte = (uint8_t)zero_ended[i];
    if (byte == '"' || byte == '\\') text_add(text, "\\");
    if (byte >= ' ' && byte < 0x7f) {
      text_bytes(text, &zero_ended[i], 1);
    } else {
      text_add(text, "\\u00");
      text_hex_byte(text, byte);
    }
  }
  text_add(text, "\"");
}

void text_quoted(struct text *text, const char *zero_ended) { text_quoted_within(text, zero_ended, SIZE_MAX); }

size_t text_length(const char *zero_ended) {
  size_t length = 0;
  while (zero_ended[length] != '\0') length++;
  return length;
}

bool text_equal(const char *left, const char *right) {
  const char *rest = text_after(left, right);
  return rest != NULL && *rest == '\0';
}

const char *text_after(const char *whole, const char *beginning) {
  while (*beginning != '\0')
    if (*whole++ != *beginning++) return NULL;
  return whole;
}

bool text_to_number(const char *digits, uint32_t most, uint32_t *number) {
  uint32_t sum = 0;
  if (*digits == '\0') return false;
  for (; *digits != '\0'; digits++) {
    uint32_t digit = (uint32_t)(*digits - '0');
    if (digit > 9 || digit > most || sum > (most - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *number = sum;
  return true;
}
