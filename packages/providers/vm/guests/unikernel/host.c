/*
 * The guest's application as an ordinary Linux program, for development: sockets carry the streams, and the world is the
 * process. It takes the words of the unikernel's command line as its arguments, and listens at ip= (127.0.0.1 unless told).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "shared/server.h"
#include "shared/stream.h"
#include "world.h"

enum {
  /* Whoever cannot begin ends with this, as the unikernel does. */
  CANNOT_BEGIN = 120,
  TICK_MS = 50,
  BACKLOG = 64,
};

struct carried {
  int socket;
  bool used;
  bool ended;
  bool finishing;
  bool finished;
  size_t sent;
  size_t length;
  char out[STREAM_OUT];
};

static struct carried streams[STREAMS];
static struct timespec began;

/* ---- the world ---- */

void world_print(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    length -= (size_t)written;
  }
}

uint32_t world_uptime(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t nanoseconds = (now.tv_sec - began.tv_sec) * 1000000000LL + (now.tv_nsec - began.tv_nsec);
  return (uint32_t)(nanoseconds / 10000000);
}

void world_metrics(struct text *text) { (void)text; }

static void tell(const char *event, const char *key, const char *value) {
  char line[256];
  struct text text = text_in(line, sizeof line);
  text_add(&text, "{\"event\":");
  text_quoted(&text, event);
  text_add(&text, ",");
  text_quoted(&text, key);
  text_add(&text, ":");
  text_add(&text, value);
  text_add(&text, "}\n");
  world_print(line, text.length);
}

_Noreturn void world_exit(int code) {
  char digits[12];
  struct text text = text_in(digits, sizeof digits);
  text_number(&text, (uint32_t)code);
  tell("exit", "code", digits);
  _exit(code);
}

_Noreturn void world_panic(void) {
  tell("panic", "what", "\"asked for\"");
  abort();
}

_Noreturn void world_hang(void) {
  for (;;) pause();
}

static _Noreturn void cannot_begin(const char *what) {
  char quoted[192];
  struct text text = text_in(quoted, sizeof quoted);
  text_quoted(&text, what);
  tell("error", "what", quoted);
  _exit(CANNOT_BEGIN);
}

/* ---- streams ---- */

static bool is_full(void) {
  for (int stream = 0; stream < STREAMS; stream++)
    if (!streams[stream].used) return false;
  return true;
}

static int take(int socket) {
  for (int stream = 0; stream < STREAMS; stream++) {
    if (streams[stream].used) continue;
    streams[stream] = (struct carried){.socket = socket, .used = true};
    fcntl(socket, F_SETFL, O_NONBLOCK);
    return stream;
  }
  close(socket);
  return -1;
}

int stream_open(const uint8_t ip[4], uint16_t port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  memcpy(&to.sin_addr, ip, 4);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) {
    close(fd);
    return -1;
  }
  return take(fd);
}

void stream_send(int stream, const char *bytes, size_t length) {
  struct carried *carried = &streams[stream];
  size_t room = STREAM_OUT - carried->length;
  if (length > room) length = room;
  memcpy(carried->out + carried->length, bytes, length);
  carried->length += length;
}

void stream_finish(int stream) { streams[stream].finishing = true; }

void stream_abort(int stream) {
  if (!streams[stream].used) return;
  streams[stream].used = false;
  close(streams[stream].socket);
}

static void drop(int stream) {
  stream_abort(stream);
  server_gone(stream);
}

static void read_some(int stream) {
  char bytes[2048];
  /* It has ended already, and is not asked for bytes any more: something broke. */
  if (streams[stream].ended) {
    drop(stream);
    return;
  }
  ssize_t length = read(streams[stream].socket, bytes, sizeof bytes);
  if (length > 0) {
    server_received(stream, bytes, (size_t)length);
  } else if (length == 0) {
    streams[stream].ended = true;
    server_ended(stream);
  } else if (errno != EAGAIN && errno != EINTR) {
    drop(stream);
  }
}

static void write_some(int stream) {
  struct carried *carried = &streams[stream];
  if (carried->sent < carried->length) {
    ssize_t written = send(carried->socket, carried->out + carried->sent, carried->length - carried->sent, MSG_NOSIGNAL);
    if (written > 0) carried->sent += (size_t)written;
    else if (written < 0 && errno != EAGAIN && errno != EINTR) {
      drop(stream);
      return;
    }
  }
  if (carried->finishing && !carried->finished && carried->sent == carried->length) {
    carried->finished = true;
    shutdown(carried->socket, SHUT_WR);
  }
  if (carried->finished && carried->ended) drop(stream);
}

static bool wants_to_write(const struct carried *carried) {
  return carried->sent < carried->length || (carried->finishing && !carried->finished) ||
         (carried->finished && carried->ended);
}

static void accept_one(int listener) {
  struct sockaddr_in from;
  socklen_t size = sizeof from;
  int fd = accept4(listener, (struct sockaddr *)&from, &size, SOCK_CLOEXEC);
  if (fd < 0) return;
  int stream = take(fd);
  if (stream >= 0) server_opened(stream, (const uint8_t *)&from.sin_addr);
}

static int listen_at(const struct words *words) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(words->port)};
  memcpy(&at.sin_addr, words->ip, 4);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int yes = 1;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, BACKLOG) != 0)
    cannot_begin("nobody can listen at this address and port");
  return fd;
}

static void serve(int listener) {
  for (;;) {
    struct pollfd asked[STREAMS + 1] = {{.fd = is_full() ? -1 : listener, .events = POLLIN}};
    for (int stream = 0; stream < STREAMS; stream++) {
      const struct carried *carried = &streams[stream];
      short events = (short)((carried->ended ? 0 : POLLIN) | (wants_to_write(carried) ? POLLOUT : 0));
      asked[stream + 1] = (struct pollfd){.fd = carried->used ? carried->socket : -1, .events = events};
    }
    poll(asked, STREAMS + 1, TICK_MS);
    for (int stream = 0; stream < STREAMS; stream++) {
      short events = asked[stream + 1].revents;
      int fd = asked[stream + 1].fd;
      /* Each step may have ended this stream or its partner. */
      if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && streams[stream].used && streams[stream].socket == fd)
        read_some(stream);
      if ((events & POLLOUT) != 0 && streams[stream].used && streams[stream].socket == fd) write_some(stream);
    }
    if (asked[0].revents != 0) accept_one(listener);
    server_tick();
  }
}

int main(int count, char **arguments) {
  char line[1024];
  struct text text = text_in(line, sizeof line);
  for (int i = 1; i < count; i++) {
    text_add(&text, arguments[i]);
    text_add(&text, " ");
  }
  struct words words;
  const char *wrong = words_read(line, &words);
  if (wrong != NULL) cannot_begin(wrong);
  if (!words.has_ip) memcpy(words.ip, (const uint8_t[]){127, 0, 0, 1}, 4);

  /* Where nobody reads what is printed, it is lost. */
  signal(SIGPIPE, SIG_IGN);
  clock_gettime(CLOCK_MONOTONIC, &began);
  int listener = listen_at(&words);
  server_begin(&words);
  serve(listener);
}
