/* What is told on the console, one line of JSON each; and how the machine ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "init.h"

enum {
  CANNOT_EXIT_CODE = 120,
  /* QEMU's isa-debug-exit ends with 2 n + 1, and an exit status has eight bits. */
  MAX_EXIT_CODE = 127,
};

static unsigned exit_port;

void report_begin(unsigned port) {
  exit_port = port;
  /* What is printed goes out as it is: a terminal would put a CR before every LF. */
  struct termios terminal;
  if (tcgetattr(STDOUT_FILENO, &terminal) == 0) {
    terminal.c_oflag &= ~(tcflag_t)OPOST;
    terminal.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDOUT_FILENO, TCSANOW, &terminal);
  }
}

static _Noreturn void end_machine(unsigned code) {
  /* What stands in the kernel's buffers would never come out. */
  tcdrain(STDOUT_FILENO);
  sync();
  if (exit_port != 0 && ioperm(exit_port, sizeof code, 1) == 0) outl(code, (unsigned short)exit_port);
  /* A card that still has something to send when the kernel switches the devices off keeps it busy for ever. */
  take_down_network();
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

static void print_quoted(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') printf("\\%c", byte);
    else if (byte < ' ' || byte >= 0x7f) printf("\\u%04x", byte);
    else putchar(byte);
  }
  putchar('"');
}

_Noreturn void cannot(const char *what, const char *which, int error) {
  char text[512];
  snprintf(text, sizeof text, "%s%s%s%s%s", what, which == NULL ? "" : ": ", which == NULL ? "" : which,
           error == 0 ? "" : ": ", error == 0 ? "" : strerror(error));
  fputs("{\"muster\":\"error\",\"what\":", stdout);
  print_quoted(text);
  puts("}");
  fflush(stdout);
  end_machine(CANNOT_EXIT_CODE);
}

_Noreturn void end_as(int status) {
  unsigned code;
  if (WIFSIGNALED(status)) {
    int number = WTERMSIG(status);
    const char *name = sigabbrev_np(number);
    code = 128 + (unsigned)number;
    if (name != NULL) printf("{\"muster\":\"end\",\"signal\":\"SIG%s\"}\n", name);
    else printf("{\"muster\":\"end\",\"signal\":\"%d\"}\n", number);
  } else {
    code = (unsigned)WEXITSTATUS(status);
    printf("{\"muster\":\"end\",\"exit\":%u}\n", code);
  }
  fflush(stdout);
  /* Cut off bits would make 128 a 0, which is a good end: 127 stands for all that does not fit. */
  end_machine(code > MAX_EXIT_CODE ? MAX_EXIT_CODE : code);
}
