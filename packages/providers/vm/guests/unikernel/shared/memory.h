/* The four functions that a C compiler takes for granted, under Linux from libc and on the machine from memory.c. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *at, int byte, size_t length);
int memcmp(const void *left, const void *right, size_t length);

#endif
