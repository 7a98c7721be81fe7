/*
 * A server for a guest under test, that shows from inside how it runs: /read/PATH gives a file, /write/PATH tries to make
 * one, /exit/N and /signal/N end it, /orphan leaves a grandchild behind that ends at once. All else is 404.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer(int to, int status, const char *body, size_t length) {
  dprintf(to, "HTTP/1.1 %d -\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status, length);
  for (ssize_t done; length > 0 && (done = write(to, body, length)) > 0; body += done) length -= (size_t)done;
}

static void answer_error(int to) { answer(to, 404, strerror(errno), strlen(strerror(errno))); }

static void read_file(int to, const char *path) {
  static char bytes[1 << 16];
  size_t length = 0;
  int file = open(path, O_RDONLY);
  if (file < 0) return answer_error(to);
  for (ssize_t more; (more = read(file, bytes + length, sizeof bytes - length)) > 0;) length += (size_t)more;
  close(file);
  answer(to, 200, bytes, length);
}

static void write_file(int to, const char *path) {
  int file = open(path, O_WRONLY | O_CREAT, 0755);
  if (file < 0 || write(file, "c", 1) != 1) return answer_error(to);
  close(file);
  answer(to, 200, "written", 7);
}

static void leave_orphan(int to) {
  int ends[2];
  char digits[16];
  if (pipe(ends) != 0) return answer_error(to);
  pid_t child = fork();
  if (child == 0) {
    pid_t grandchild = fork();
    if (grandchild > 0) dprintf(ends[1], "%d", grandchild);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  answer(to, 200, digits, (size_t)read(ends[0], digits, sizeof digits));
  close(ends[0]);
  close(ends[1]);
}

static void handle(int peer) {
  char head[2048], path[1024];
  ssize_t length = read(peer, head, sizeof head - 1);
  head[length > 0 ? length : 0] = '\0';
  if (sscanf(head, "GET %1023s", path) != 1) return;
  if (strncmp(path, "/read/", 6) == 0) read_file(peer, path + 5);
  else if (strncmp(path, "/write/", 7) == 0) write_file(peer, path + 6);
  else if (strcmp(path, "/orphan") == 0) leave_orphan(peer);
  else if (strncmp(path, "/exit/", 6) == 0) exit(atoi(path + 6));
  else if (strncmp(path, "/signal/", 8) == 0) raise(atoi(path + 8));
  else answer(peer, 404, "", 0);
}

int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(8080)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 16) != 0) return 1;
  puts("{\"event\":\"ready\"}");
  fflush(stdout);
  for (int peer; (peer = accept(listener, NULL, NULL)) >= 0; close(peer)) handle(peer);
  return 1;
}
