/*
 * The one program. /etc/muster/run tells what it is, in entries that are each ended by a zero byte: the number of its user,
 * the number of its group, entries NAME=VALUE of its environment (any number), an empty entry, and its arguments. The first
 * of these is the program: a path, or a name that is looked for in its PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

static const char RUN[] = "/etc/muster/run";

static unsigned as_number(const char *text) {
  char *end;
  errno = 0;
  unsigned long number = strtoul(text, &end, 10);
  /* -1 means "do not change" to those who set a user. */
  if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || number >= 0xffffffffu)
    cannot("a user or group is not a number", RUN, 0);
  return (unsigned)number;
}

/* The entries of the file, ended by NULL. */
static char **entries_of(char *bytes, size_t length, size_t *count) {
  *count = 0;
  for (size_t i = 0; i < length; i++) *count += bytes[i] == '\0';
  char **entries = calloc(*count + 1, sizeof *entries);
  if (entries == NULL) cannot("no memory for", RUN, errno);
  char *at = bytes;
  for (size_t i = 0; i < *count; i++, at += strlen(at) + 1) entries[i] = at;
  return entries;
}

struct program read_program(void) {
  size_t length, count;
  char *bytes = read_file(RUN, &length);
  if (bytes == NULL) cannot("is missing", RUN, 0);
  if (length == 0 || bytes[length - 1] != '\0') cannot("does not end with a zero byte", RUN, 0);
  char **entries = entries_of(bytes, length, &count);
  if (count < 4) cannot("is too short", RUN, 0);

  size_t at = 2;
  for (; at < count && *entries[at] != '\0'; at++) {
    char *equals = strchr(entries[at], '=');
    if (equals == NULL || equals == entries[at]) cannot("has an entry that is not NAME=VALUE", RUN, 0);
    if (putenv(entries[at]) != 0) cannot("no memory for", RUN, errno);
  }
  if (at + 1 >= count || *entries[at + 1] == '\0') cannot("names no program", RUN, 0);
  return (struct program){
      .user = as_number(entries[0]), .group = as_number(entries[1]), .arguments = &entries[at + 1]};
}

/* What the child could not do is told by its parent: it comes through a pipe that a program that was started closes. */
struct failure {
  int error;
  const char *what;
};

static _Noreturn void tell(int pipe, const char *what) {
  struct failure failure = {.error = errno, .what = what};
  ssize_t written = write(pipe, &failure, sizeof failure);
  _exit(written == (ssize_t)sizeof failure ? 0 : 1);
}

/* The order matters: each step takes away a right that the steps before it needed. */
static void drop_rights(const struct program *program, int pipe) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
  memset(none, 0, sizeof none);
  /* Also root, whose programs would get them all, gets none: what is not in this set nobody gets. */
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) tell(pipe, "cannot drop a capability");
  if (setgroups(0, NULL) != 0) tell(pipe, "cannot leave all groups");
  if (setresgid(program->group, program->group, program->group) != 0) tell(pipe, "cannot become its group");
  if (setresuid(program->user, program->user, program->user) != 0) tell(pipe, "cannot become its user");
  if (syscall(SYS_capset, &header, none) != 0) tell(pipe, "cannot drop all capabilities");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) tell(pipe, "cannot give up new rights");
}

static _Noreturn void become(const struct program *program, int pipe) {
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) tell(pipe, "cannot open /dev/null");
  if (nothing != STDIN_FILENO) close(nothing);
  if (setsid() < 0) tell(pipe, "cannot begin a session");
  if (chdir("/") != 0) tell(pipe, "cannot go to /");
  umask(022);
  drop_rights(program, pipe);
  execvp(program->arguments[0], program->arguments);
  tell(pipe, "cannot run");
}

pid_t start(const struct program *program) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) cannot("no pipe", NULL, errno);
  pid_t child = fork();
  if (child < 0) cannot("cannot fork", NULL, errno);
  if (child == 0) become(program, ends[1]);
  close(ends[1]);
  struct failure failure;
  ssize_t length = read(ends[0], &failure, sizeof failure);
  close(ends[0]);
  if (length > 0) cannot(failure.what, program->arguments[0], failure.error);
  return child;
}
