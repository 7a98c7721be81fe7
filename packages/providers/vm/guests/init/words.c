/* The words NAME=VALUE of the kernel's command line: the last of a name counts, unknown ones are somebody else's. */
#include <string.h>

#include "init.h"

const char *word(const char *name) {
  size_t length;
  char *line = read_file("/proc/cmdline", &length);
  if (line == NULL) cannot("there is no /proc/cmdline", NULL, 0);
  const char *value = NULL;
  char *rest = line;
  for (char *each; (each = strsep(&rest, " \n")) != NULL;) {
    size_t size = strlen(name);
    if (strncmp(each, name, size) == 0 && each[size] == '=') value = each + size + 1;
  }
  return value;
}
