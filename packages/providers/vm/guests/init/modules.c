/* The kernel modules that /etc/muster/modules names: a path on each line, in the order in which they are loaded. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

/* Whether the kernel has it already, built in or loaded: its name is that of its file, with `_` for `-`. */
static bool is_there(const char *path) {
  const char *slash = strrchr(path, '/');
  char place[256] = "/sys/module/";
  size_t end = strlen(place);
  for (const char *at = slash == NULL ? path : slash + 1; *at != '\0' && *at != '.' && end < sizeof place - 1; at++)
    place[end++] = *at == '-' ? '_' : *at;
  place[end] = '\0';
  return access(place, F_OK) == 0;
}

static void load(const char *path) {
  if (is_there(path)) return;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) cannot("cannot read the module", path, errno);
  if (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST) cannot("cannot load the module", path, errno);
  close(file);
}

void load_modules(void) {
  size_t length;
  char *rest = read_file("/etc/muster/modules", &length);
  for (char *line; (line = strsep(&rest, "\n")) != NULL;)
    if (*line != '\0') load(line);
}
