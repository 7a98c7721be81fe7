/*
 * The file opt/muster/env of QEMU's fw_cfg (its docs/specs/fw_cfg): entries NAME=VALUE, each ended by a zero byte. It is
 * read through the two ports of a PC, so that no module of the kernel is needed. Numbers in it are big-endian.
 */
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>

#include "init.h"

enum {
  SELECTOR = 0x510,
  DATA = 0x511,
  SIGNATURE_ITEM = 0x00,
  DIRECTORY_ITEM = 0x19,
  MAX_ENTRIES = 1024,
  /* An environment of a program, with its arguments, has to stay below some megabytes (execve(2)). */
  MAX_SIZE = 1024 * 1024,
};

static const char NAME[] = "opt/muster/env";

/* FWCfgFile of the specification. */
struct entry {
  uint32_t size;
  uint16_t select;
  uint16_t reserved;
  char name[56];
} __attribute__((packed));

static void select_item(uint16_t item) { outw(item, SELECTOR); }

static void read_bytes(void *into, size_t length) { insb(DATA, into, length); }

static bool is_qemu(void) {
  char signature[4];
  select_item(SIGNATURE_ITEM);
  read_bytes(signature, sizeof signature);
  return memcmp(signature, "QEMU", sizeof signature) == 0;
}

/* The size of the file, which is selected; 0 where there is none. */
static size_t find_file(void) {
  uint32_t count;
  select_item(DIRECTORY_ITEM);
  read_bytes(&count, sizeof count);
  count = be32toh(count);
  for (uint32_t i = 0; i < count && i < MAX_ENTRIES; i++) {
    struct entry entry;
    read_bytes(&entry, sizeof entry);
    if (strncmp(entry.name, NAME, sizeof entry.name) != 0) continue;
    select_item(be16toh(entry.select));
    return be32toh(entry.size);
  }
  return 0;
}

void add_environment_of_machine(void) {
  if (ioperm(SELECTOR, 2, 1) != 0) cannot("cannot read fw_cfg", NULL, errno);
  size_t size = is_qemu() ? find_file() : 0;
  if (size > MAX_SIZE) cannot("is longer than 1 MB", NAME, 0);
  if (size > 0) {
    /* It is never freed: the environment points into it. */
    char *bytes = malloc(size);
    if (bytes == NULL) cannot("no memory for", NAME, errno);
    read_bytes(bytes, size);
    if (bytes[size - 1] != '\0') cannot("does not end with a zero byte", NAME, 0);
    for (char *at = bytes; at < bytes + size; at += strlen(at) + 1) {
      char *equals = strchr(at, '=');
      if (equals == NULL || equals == at) cannot("has an entry that is not NAME=VALUE", NAME, 0);
      if (putenv(at) != 0) cannot("no memory for", NAME, errno);
    }
  }
  ioperm(SELECTOR, 2, 0);
}
