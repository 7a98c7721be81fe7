/*
 * TCP for streams of one request and one answer. Sections are those of RFC 9293.
 *
 * A connection never sends more than STREAM_OUT bytes, so all that it sends is kept, from the first byte to the last, until
 * it ends: sending again is only going back. What comes is taken in order and at once; what comes out of order is not kept,
 * and the other side sends it again.
 *
 * The states of 3.3.2 are fewer here: OPEN is ESTABLISHED, and with `finishing` or `peer_finished` also FIN-WAIT, CLOSING,
 * CLOSE-WAIT and LAST-ACK.
 */
#include "tcp.h"

#include "../shared/server.h"
#include "../shared/stream.h"
#include "ip.h"
#include "machine.h"

enum {
  HEADER = 20,
  FIN = 1,
  SYN = 2,
  RST = 4,
  PSH = 8,
  ACK = 16,

  OPTION_END = 0,
  OPTION_NOTHING = 1,
  OPTION_SEGMENT_SIZE = 2,
  OPTION_SEGMENT_SIZE_LENGTH = 4,

  /* What is taken at once; a request has to fit into less. */
  WINDOW = 8192,
  SEGMENT_SIZE = MAX_PAYLOAD - HEADER,
  /* 3.7.1: where the other side does not say. */
  USUAL_SEGMENT_SIZE = 536,
  SMALLEST_SEGMENT_SIZE = 64,

  FIRST_EPHEMERAL = 49152,

  /* The first wait for an acknowledgement, in ticks; it doubles each time (RFC 6298, 5.5). Guests are near each other. */
  FIRST_WAIT = TICKS_PER_SECOND / 4,
  MAX_TRIES = 6,
  IDLE_WAIT = 15 * TICKS_PER_SECOND,
  /* Long enough to acknowledge a FIN again whose acknowledgement was lost; two lives of a segment (3.3.2) are too long. */
  TIME_WAIT_WAIT = TICKS_PER_SECOND,
  /* A connection that is only half begun may be given up for another after this. */
  HALF_BEGUN_WAIT = TICKS_PER_SECOND,
};

enum state { FREE, SYN_SENT, SYN_RECEIVED, OPEN, TIME_WAIT };

struct header {
  uint16_t from_port, to_port;
  uint32_t sequence, acknowledgement;
  uint8_t offset, flags;
  uint16_t window, checksum, urgent;
} __attribute__((packed));

struct connection {
  enum state state;
  uint8_t peer[4];
  uint16_t peer_port, own_port;
  uint16_t segment_size;
  uint32_t window;
  /* Sequence numbers (3.4): of the other side, what comes next. */
  uint32_t receive_next;
  /* Ours: of out[0], of what is not acknowledged yet, of what is sent next, and of what was never sent. */
  uint32_t first, unacknowledged, send_next, send_max;
  bool finishing, peer_finished, finished_first;
  bool acknowledgement_is_due;
  /* Something could not be sent: the way to the peer is not known yet, or the card is busy. */
  bool held_up;
  /* When something was sent, or acknowledged, and when the connection last got on, in ticks. */
  uint32_t timer, progress;
  uint32_t tries;
  size_t out_length;
  char out[STREAM_OUT];
};

struct segment {
  uint32_t sequence, acknowledgement, window;
  uint16_t segment_size;
  uint8_t flags;
  const char *data;
  size_t length;
};

static struct connection connections[STREAMS];
static uint16_t listening_port;
static uint16_t next_ephemeral = FIRST_EPHEMERAL;

/* Sequence numbers go round: whether `left` lies before `right` is in the sign of their difference (3.4). */
static bool before(uint32_t left, uint32_t right) { return (int32_t)(left - right) < 0; }

static int number_of(const struct connection *connection) { return (int)(connection - connections); }

void tcp_begin(uint16_t port) { listening_port = port; }

/* ---- out ---- */

static bool send_raw(const struct connection *to, uint8_t flags, uint32_t sequence, const char *data, size_t length) {
  uint8_t *bytes = ip_payload(to->peer);
  if (bytes == NULL) return false;
  size_t header_length = HEADER + ((flags & SYN) != 0 ? OPTION_SEGMENT_SIZE_LENGTH : 0);
  struct header *header = (struct header *)bytes;
  *header = (struct header){.from_port = swap16(to->own_port),
                            .to_port = swap16(to->peer_port),
                            .sequence = swap32(sequence),
                            .acknowledgement = (flags & ACK) != 0 ? swap32(to->receive_next) : 0,
                            .offset = (uint8_t)(header_length / 4 << 4),
                            .flags = flags,
                            .window = swap16(WINDOW)};
  if ((flags & SYN) != 0) {
    const uint8_t option[] = {OPTION_SEGMENT_SIZE, OPTION_SEGMENT_SIZE_LENGTH, SEGMENT_SIZE >> 8, SEGMENT_SIZE & 255};
    memcpy(bytes + HEADER, option, sizeof option);
  }
  if (length > 0) memcpy(bytes + header_length, data, length);
  size_t total = header_length + length;
  header->checksum = checksum_end(checksum_add(pseudo_header(to->peer, PROTOCOL_TCP, total), bytes, total));
  ip_send(PROTOCOL_TCP, total);
  return true;
}

static bool send(struct connection *connection, uint8_t flags, uint32_t sequence, const char *data, size_t length) {
  bool sent = send_raw(connection, flags, sequence, data, length);
  if (!sent) connection->held_up = true;
  else if ((flags & ACK) != 0) connection->acknowledgement_is_due = false;
  return sent;
}

/* The sequence number after all that is to be sent, a FIN included. */
static uint32_t end_of_all(const struct connection *connection) {
  return connection->first + (uint32_t)connection->out_length + (connection->finishing ? 1 : 0);
}

/* What the window of the other side lets through (3.8.6), in segments; the FIN goes with the last of them. */
static void send_data(struct connection *connection, uint32_t window) {
  uint32_t end_of_data = connection->first + (uint32_t)connection->out_length;
  while (before(connection->send_next, end_of_all(connection))) {
    if (connection->send_next == connection->unacknowledged) connection->timer = ticks;
    uint32_t left = end_of_data - connection->send_next;
    uint32_t limit = connection->unacknowledged + window;
    uint32_t allowed = before(connection->send_next, limit) ? limit - connection->send_next : 0;
    uint32_t length = left < allowed ? left : allowed;
    if (length > connection->segment_size) length = connection->segment_size;
    bool is_last = connection->finishing && length == left;
    if (length == 0 && !is_last) return;

    uint8_t flags = (uint8_t)(ACK | (length > 0 ? PSH : 0) | (is_last ? FIN : 0));
    const char *data = connection->out + (connection->send_next - connection->first);
    if (!send(connection, flags, connection->send_next, data, length)) return;
    connection->send_next += length + (is_last ? 1 : 0);
    if (before(connection->send_max, connection->send_next)) connection->send_max = connection->send_next;
  }
}

static void send_syn(struct connection *connection) {
  uint8_t flags = connection->state == SYN_SENT ? SYN : SYN | ACK;
  send(connection, flags, connection->first - 1, NULL, 0);
}

void tcp_flush(void) {
  for (struct connection *connection = connections; connection < connections + STREAMS; connection++) {
    if (connection->state == FREE) continue;
    if (connection->state == OPEN) send_data(connection, connection->window);
    if (connection->acknowledgement_is_due) send(connection, ACK, connection->send_next, NULL, 0);
  }
}

/* 3.5.2: tells whoever speaks to a connection that is not there. */
static void reset_unknown(const uint8_t from[4], const struct header *header, const struct segment *segment) {
  struct connection unknown = {.peer_port = swap16(header->from_port), .own_port = swap16(header->to_port)};
  memcpy(unknown.peer, from, 4);
  if ((segment->flags & ACK) != 0) {
    send_raw(&unknown, RST, segment->acknowledgement, NULL, 0);
    return;
  }
  unknown.receive_next =
      segment->sequence + (uint32_t)segment->length + ((segment->flags & SYN) != 0) + ((segment->flags & FIN) != 0);
  send_raw(&unknown, RST | ACK, 0, NULL, 0);
}

/* ---- connections come and go ---- */

static void release(struct connection *connection) {
  connection->state = FREE;
  server_gone(number_of(connection));
}

/* How willingly a connection is given up for another: never 0, then the more the rather. */
static uint32_t dispensability(const struct connection *connection) {
  uint32_t age = ticks - connection->progress;
  if (connection->state == TIME_WAIT) return 2;
  return connection->state == SYN_RECEIVED && age > HALF_BEGUN_WAIT ? 1 : 0;
}

static struct connection *free_place(void) {
  struct connection *best = NULL;
  for (struct connection *connection = connections; connection < connections + STREAMS; connection++) {
    if (connection->state == FREE) return connection;
    uint32_t dispensable = dispensability(connection);
    if (dispensable == 0) continue;
    if (best == NULL || dispensable > dispensability(best) ||
        (dispensable == dispensability(best) && before(connection->progress, best->progress)))
      best = connection;
  }
  if (best != NULL) release(best);
  return best;
}

/* 3.4.1: nobody far away can guess it from the last one, since the counter runs billions of times a second. */
static uint32_t initial_sequence(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return low * 2654435761u ^ high;
}

static struct connection *new_connection(enum state state, const uint8_t peer[4], uint16_t peer_port, uint16_t own_port) {
  struct connection *connection = free_place();
  if (connection == NULL) return NULL;
  memset(connection, 0, offsetof(struct connection, out));
  connection->state = state;
  memcpy(connection->peer, peer, 4);
  connection->peer_port = peer_port;
  connection->own_port = own_port;
  connection->segment_size = USUAL_SEGMENT_SIZE;
  connection->unacknowledged = initial_sequence();
  connection->first = connection->send_next = connection->send_max = connection->unacknowledged + 1;
  connection->timer = connection->progress = ticks;
  return connection;
}

static struct connection *find(const uint8_t peer[4], uint16_t peer_port, uint16_t own_port) {
  for (struct connection *connection = connections; connection < connections + STREAMS; connection++)
    if (connection->state != FREE && connection->peer_port == peer_port && connection->own_port == own_port &&
        memcmp(connection->peer, peer, 4) == 0)
      return connection;
  return NULL;
}

/* ---- streams ---- */

int stream_open(const uint8_t ip[4], uint16_t port) {
  uint16_t own_port;
  do {
    own_port = next_ephemeral;
    next_ephemeral = next_ephemeral == UINT16_MAX ? FIRST_EPHEMERAL : next_ephemeral + 1;
  } while (find(ip, port, own_port) != NULL);
  struct connection *connection = new_connection(SYN_SENT, ip, port, own_port);
  if (connection == NULL) return -1;
  send_syn(connection);
  return number_of(connection);
}

void stream_send(int stream, const char *bytes, size_t length) {
  struct connection *connection = &connections[stream];
  size_t room = STREAM_OUT - connection->out_length;
  if (length > room) length = room;
  memcpy(connection->out + connection->out_length, bytes, length);
  connection->out_length += length;
}

void stream_finish(int stream) { connections[stream].finishing = true; }

void stream_abort(int stream) {
  struct connection *connection = &connections[stream];
  if (connection->state == OPEN || connection->state == SYN_RECEIVED)
    send_raw(connection, RST | ACK, connection->send_next, NULL, 0);
  connection->state = FREE;
}

/* ---- in ---- */

static void accept(const uint8_t from[4], const struct header *header, const struct segment *segment) {
  struct connection *connection =
      new_connection(SYN_RECEIVED, from, swap16(header->from_port), swap16(header->to_port));
  /* No room: the other side asks again soon. */
  if (connection == NULL) return;
  connection->receive_next = segment->sequence + 1;
  connection->segment_size = segment->segment_size;
  connection->window = segment->window;
  send_syn(connection);
}

/* 3.10.7.3 */
static void in_syn_sent(struct connection *connection, const struct header *header, const struct segment *segment) {
  bool is_for_our_syn = (segment->flags & ACK) != 0 && segment->acknowledgement == connection->first;
  if ((segment->flags & RST) != 0) {
    if (is_for_our_syn) release(connection);
  } else if ((segment->flags & ACK) != 0 && !is_for_our_syn) {
    reset_unknown(connection->peer, header, segment);
  } else if ((segment->flags & SYN) != 0 && is_for_our_syn) {
    connection->state = OPEN;
    connection->receive_next = segment->sequence + 1;
    connection->unacknowledged = connection->first;
    connection->segment_size = segment->segment_size;
    connection->window = segment->window;
    connection->tries = 0;
    connection->progress = ticks;
    connection->acknowledgement_is_due = true;
  }
}

/* 3.10.7.4, "check the ACK field". False: the segment is to be ignored. */
static bool take_acknowledgement(struct connection *connection, const struct segment *segment) {
  uint32_t acknowledgement = segment->acknowledgement;
  if (before(connection->send_max, acknowledgement)) {
    connection->acknowledgement_is_due = true;
    return false;
  }
  if (before(acknowledgement, connection->unacknowledged)) return true;
  if (connection->state == SYN_RECEIVED) {
    if (acknowledgement != connection->first) return false;
    connection->state = OPEN;
    server_opened(number_of(connection), connection->peer);
  }
  connection->window = segment->window;
  if (acknowledgement == connection->unacknowledged) return true;
  connection->unacknowledged = acknowledgement;
  if (before(connection->send_next, acknowledgement)) connection->send_next = acknowledgement;
  connection->tries = 0;
  connection->timer = connection->progress = ticks;
  return true;
}

/* 3.10.7.4, "process the segment text" and "check the FIN bit". */
static void take_data(struct connection *connection, const struct segment *segment) {
  bool finishes = (segment->flags & FIN) != 0;
  if (segment->length == 0 && !finishes) return;
  connection->acknowledgement_is_due = true;
  if (before(connection->receive_next, segment->sequence) || connection->peer_finished) return;
  /* Its first bytes may have come before. */
  uint32_t known = connection->receive_next - segment->sequence;
  if (known > segment->length) return;

  size_t length = segment->length - known;
  if (length > 0) {
    connection->receive_next += (uint32_t)length;
    connection->progress = ticks;
    server_received(number_of(connection), segment->data + known, length);
  }
  /* The server may have ended it. */
  if (finishes && connection->state == OPEN) {
    connection->receive_next++;
    connection->peer_finished = true;
    connection->finished_first = connection->finishing;
    connection->progress = ticks;
    server_ended(number_of(connection));
  }
}

/* Both sides have finished, and ours has been acknowledged: 3.6. */
static void end_if_finished(struct connection *connection) {
  if (connection->state != OPEN || !connection->peer_finished || !connection->finishing) return;
  if (connection->unacknowledged != end_of_all(connection)) return;
  if (connection->finished_first) {
    if (connection->acknowledgement_is_due) send(connection, ACK, connection->send_next, NULL, 0);
    connection->state = TIME_WAIT;
    connection->progress = ticks;
  } else {
    release(connection);
  }
}

static void take(struct connection *connection, const struct segment *segment) {
  if ((segment->flags & RST) != 0) {
    /* RFC 5961, 3.2: only one that hits the very number is believed; one that is near is asked about. */
    if (segment->sequence == connection->receive_next) release(connection);
    else if (segment->sequence - connection->receive_next < WINDOW) connection->acknowledgement_is_due = true;
    return;
  }
  if ((segment->flags & SYN) != 0) {
    if (connection->state == SYN_RECEIVED && segment->sequence + 1 == connection->receive_next) send_syn(connection);
    /* RFC 5961, 4.2 */
    else connection->acknowledgement_is_due = true;
    return;
  }
  if ((segment->flags & ACK) == 0 || !take_acknowledgement(connection, segment)) return;
  if (connection->state == OPEN) take_data(connection, segment);
  else if (segment->length > 0 || (segment->flags & FIN) != 0) connection->acknowledgement_is_due = true;
  end_if_finished(connection);
}

/* 3.2: the one option that counts here; a table of options that cannot be read says nothing. */
static uint16_t segment_size_in(const uint8_t *options, size_t length) {
  for (size_t at = 0; at < length && options[at] != OPTION_END;) {
    if (options[at] == OPTION_NOTHING) {
      at++;
      continue;
    }
    if (at + 1 >= length || options[at + 1] < 2 || at + options[at + 1] > length) break;
    if (options[at] == OPTION_SEGMENT_SIZE && options[at + 1] == OPTION_SEGMENT_SIZE_LENGTH) {
      uint16_t size = (uint16_t)(options[at + 2] << 8 | options[at + 3]);
      if (size < SMALLEST_SEGMENT_SIZE) return SMALLEST_SEGMENT_SIZE;
      return size < SEGMENT_SIZE ? size : SEGMENT_SIZE;
    }
    at += options[at + 1];
  }
  return USUAL_SEGMENT_SIZE;
}

void tcp_segment(const uint8_t from[4], const uint8_t *bytes, size_t length) {
  const struct header *header = (const struct header *)bytes;
  if (length < HEADER) return;
  size_t header_length = (size_t)(header->offset >> 4) * 4;
  if (header_length < HEADER || header_length > length) return;
  if (checksum_end(checksum_add(pseudo_header(from, PROTOCOL_TCP, length), bytes, length)) != 0) return;
  struct segment segment = {.sequence = swap32(header->sequence),
                            .acknowledgement = swap32(header->acknowledgement),
                            .window = swap16(header->window),
                            .segment_size = segment_size_in(bytes + HEADER, header_length - HEADER),
                            .flags = header->flags,
                            .data = (const char *)bytes + header_length,
                            .length = length - header_length};

  struct connection *connection = find(from, swap16(header->from_port), swap16(header->to_port));
  bool is_new = (segment.flags & (SYN | ACK | RST)) == SYN && header->to_port == swap16(listening_port);
  /* 3.6.1: the same pair of ports may begin anew where its last connection only waits. */
  if (connection != NULL && connection->state == TIME_WAIT && is_new &&
      before(connection->receive_next, segment.sequence)) {
    release(connection);
    connection = NULL;
  }
  if (connection == NULL) {
    if (is_new) accept(from, header, &segment);
    else if ((segment.flags & RST) == 0) reset_unknown(from, header, &segment);
  } else if (connection->state == SYN_SENT) {
    in_syn_sent(connection, header, &segment);
  } else {
    take(connection, &segment);
  }
}

/* ---- time ---- */

static void send_again(struct connection *connection) {
  connection->held_up = false;
  connection->timer = ticks;
  if (connection->state != OPEN) {
    send_syn(connection);
    return;
  }
  connection->send_next = connection->unacknowledged;
  /* 3.8.6.1: one byte goes even where the window is shut, so that its opening is heard of. */
  send_data(connection, connection->window > 0 ? connection->window : 1);
}

static bool is_waiting(const struct connection *connection) {
  return connection->state != OPEN || connection->unacknowledged != end_of_all(connection);
}

void tcp_tick(void) {
  for (struct connection *connection = connections; connection < connections + STREAMS; connection++) {
    if (connection->state == FREE) continue;
    uint32_t silent = ticks - connection->progress;
    if (connection->state == TIME_WAIT) {
      if (silent > TIME_WAIT_WAIT) release(connection);
    } else if (silent > IDLE_WAIT || connection->tries > MAX_TRIES) {
      stream_abort(number_of(connection));
      release(connection);
    } else if (connection->held_up) {
      send_again(connection);
    } else if (is_waiting(connection) && ticks - connection->timer >= (uint32_t)FIRST_WAIT << connection->tries) {
      connection->tries++;
      send_again(connection);
    }
  }
}
