#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "init.h"

char *read_file(const char *path, size_t *length) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return NULL;
  if (file < 0) cannot("cannot read", path, errno);
  size_t size = 0, room = 0;
  char *bytes = NULL;
  for (;;) {
    /* One byte is kept for the zero. Files of /proc do not tell their size beforehand. */
    if (room - size < 2) bytes = realloc(bytes, room += 4096);
    if (bytes == NULL) cannot("no memory for", path, errno);
    ssize_t more = read(file, bytes + size, room - size - 1);
    if (more < 0 && errno != EINTR) cannot("cannot read", path, errno);
    if (more == 0) break;
    if (more > 0) size += (size_t)more;
  }
  close(file);
  bytes[size] = '\0';
  *length = size;
  return bytes;
}
