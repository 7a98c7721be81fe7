#include "../shared/memory.h"

void *memcpy(void *to, const void *from, size_t length) {
  void *at = to;
  __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(length)::"memory");
  return to;
}

void *memmove(void *to, const void *from, size_t length) {
  if ((uintptr_t)to - (uintptr_t)from >= length) return memcpy(to, from, length);
  /* It begins within what is moved: from the end, and the direction is set back as every C function expects it. */
  uint8_t *last_to = (uint8_t *)to + length - 1;
  const uint8_t *last_from = (const uint8_t *)from + length - 1;
  __asm__ volatile("std; rep movsb; cld" : "+D"(last_to), "+S"(last_from), "+c"(length)::"memory");
  return to;
}

void *memset(void *at, int byte, size_t length) {
  void *to = at;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(byte) : "memory");
  return at;
}

int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *a = left, *b = right;
  for (; length > 0; length--, a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}
