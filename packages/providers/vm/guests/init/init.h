/* The parts of the init, in the order in which they are used. Whatever fails ends the machine: see cannot(). */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* report.c: what is told on the console, and how the machine ends. */

/* Where to send the exit code; 0: the machine is switched off instead. */
void report_begin(unsigned exit_port);
/* One line `{"muster":"error","what":…}`, and exit code 120. `what` and `which` say it; `error` is an errno, or 0. */
_Noreturn void cannot(const char *what, const char *which, int error);
/* One line `{"muster":"end",…}`, and the exit code as far as it fits. `status` is that of waitpid(). */
_Noreturn void end_as(int status);

/* words.c: the kernel's command line. */

/* The value of the last word NAME=VALUE, or NULL. It stays valid. */
const char *word(const char *name);

/* mounts.c */
void mount_first(void);
/* From now on only /tmp, and /run for this user, can be written to. */
void close_root(uid_t user, gid_t group);

/* modules.c */
void load_modules(void);

/* network.c */
void bring_up_network(void);
/* As far as it can: whoever ends the machine has nobody left to tell. */
void take_down_network(void);

/* fwcfg.c: adds the environment that QEMU's fw_cfg brings. */
void add_environment_of_machine(void);

/* program.c: what to run, as /etc/muster/run tells it. */
struct program {
  uid_t user;
  gid_t group;
  /* Ended by NULL. */
  char **arguments;
};

/* Reads it, and makes its environment entries those of this process. */
struct program read_program(void);
/* Starts it without any right that it does not need, and answers its process id. */
pid_t start(const struct program *program);

/* files.c */

/* The whole file, with a zero after its end that is not counted; NULL where there is none. */
char *read_file(const char *path, size_t *length);

#endif
