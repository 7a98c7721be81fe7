/* What is mounted, and what can be written to. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"

static void mount_at(const char *place, const char *kind, unsigned long flags, const char *options) {
  if (mkdir(place, 0755) != 0 && errno != EEXIST) cannot("cannot make", place, errno);
  /* A kernel may have mounted its devices itself. */
  if (mount(kind, place, kind, flags, options) != 0 && errno != EBUSY) cannot("cannot mount", place, errno);
}

/* An initramfs need not have a console: then the kernel has started us without any file. */
static void open_console(void) {
  int console = open("/dev/console", O_RDWR | O_NOCTTY);
  if (console < 0) return;
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
    if (console != file) dup2(console, file);
  if (console > STDERR_FILENO) close(console);
}

void mount_first(void) {
  mount_at("/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755");
  open_console();
  mount_at("/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_at("/sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

void close_root(uid_t user, gid_t group) {
  char own[96];
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  /* Files are memory here, and so are their names. */
  snprintf(own, sizeof own, "size=10%%,nr_inodes=4k,mode=0755,uid=%u,gid=%u", user, group);
  mount_at("/tmp", "tmpfs", flags, "size=25%,nr_inodes=16k,mode=1777");
  mount_at("/run", "tmpfs", flags, own);
  if (mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0) cannot("cannot make read-only", "/", errno);
}
