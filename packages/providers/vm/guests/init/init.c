/*
 * The first program of a small Linux that has one purpose: it makes ready what the one program needs, runs it with as few
 * rights as it can have, and tells how it ended. This file is the story; each step has a file of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

/* Everybody whose parent has gone becomes a child of process 1, and is buried here. */
static int wait_for(pid_t program) {
  for (;;) {
    int status;
    pid_t gone = waitpid(-1, &status, 0);
    if (gone == program) return status;
    if (gone < 0 && errno != EINTR) cannot("cannot wait for the program", NULL, errno);
  }
}

int main(void) {
  clearenv();
  mount_first();
  const char *exit_port = word("exitport");
  report_begin(exit_port == NULL ? 0 : (unsigned)strtoul(exit_port, NULL, 0));
  /* First of all: where there is nothing to run, nothing is begun. */
  struct program program = read_program();

  load_modules();
  const char *name = word("name");
  if (name != NULL && sethostname(name, strlen(name)) != 0) cannot("cannot be called so", name, errno);
  bring_up_network();
  add_environment_of_machine();
  close_root(program.user, program.group);
  end_as(wait_for(start(&program)));
}
