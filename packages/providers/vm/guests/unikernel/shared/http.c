#include "http.h"

/* Where the empty line ends that ends a head (RFC 9112, 2.1), or 0. */
static size_t end_of_head(const char *bytes, size_t length) {
  for (size_t i = 3; i < length; i++)
    if (memcmp(bytes + i - 3, "\r\n\r\n", 4) == 0) return i + 1;
  return 0;
}

/* The end of the line that begins at `at`: its CR. There is one, since the head is complete; a lone LF is none. */
static size_t end_of_line(const char *bytes, size_t at) {
  while (bytes[at] != '\r' && bytes[at] != '\n') at++;
  return at;
}

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
/* What may stand in a target: neither blanks nor control characters (RFC 9112, 3.2). */
static bool is_visible(char c) { return c > ' ' && c < 0x7f; }

/* Each line of the head has a name, a colon, and no control characters but tabs (RFC 9112, 5). */
static bool fields_are_sound(const char *bytes, size_t at, size_t end) {
  while (at < end - 2) {
    size_t line_end = end_of_line(bytes, at);
    if (bytes[line_end] != '\r' || bytes[line_end + 1] != '\n') return false;
    size_t colon = at;
    while (colon < line_end && is_visible(bytes[colon]) && bytes[colon] != ':') colon++;
    if (colon == at || colon == line_end || bytes[colon] != ':') return false;
    for (size_t i = colon; i < line_end; i++)
      if ((uint8_t)bytes[i] < ' ' && bytes[i] != '\t') return false;
    at = line_end + 2;
  }
  return true;
}

enum http_state http_read_request(char *bytes, size_t length, const char **method, const char **path) {
  size_t end = end_of_head(bytes, length);
  if (end == 0) return HTTP_INCOMPLETE;

  /* method SP request-target SP HTTP-version (RFC 9112, 3) */
  size_t line_end = end_of_line(bytes, 0);
  if (bytes[line_end] != '\r') return HTTP_MALFORMED;
  size_t target = 0;
  while (is_upper(bytes[target])) target++;
  if (target == 0 || bytes[target] != ' ') return HTTP_MALFORMED;
  size_t version = ++target;
  while (is_visible(bytes[version])) version++;
  if (bytes[target] != '/' || bytes[version] != ' ') return HTTP_MALFORMED;
  if (line_end - version != sizeof " HTTP/1.1" - 1) return HTTP_MALFORMED;
  if (memcmp(bytes + version, " HTTP/1.", 8) != 0) return HTTP_MALFORMED;
  if (bytes[line_end - 1] != '0' && bytes[line_end - 1] != '1') return HTTP_MALFORMED;
  if (!fields_are_sound(bytes, line_end + 2, end)) return HTTP_MALFORMED;

  bytes[target - 1] = '\0';
  bytes[version] = '\0';
  *method = bytes;
  *path = bytes + target;
  return HTTP_COMPLETE;
}

static const char *reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 431: return "Request Header Fields Too Large";
    case 502: return "Bad Gateway";
    default: return "Gateway Timeout";
  }
}

void http_write_answer(struct text *into, const struct answer *answer, bool head_only) {
  text_add(into, "HTTP/1.1 ");
  text_number(into, (uint32_t)answer->status);
  text_add(into, " ");
  text_add(into, reason(answer->status));
  text_add(into, "\r\nContent-Type: ");
  text_add(into, answer->type);
  text_add(into, "\r\nContent-Length: ");
  text_number(into, (uint32_t)answer->body.length);
  if (answer->status == 405) text_add(into, "\r\nAllow: GET, HEAD");
  text_add(into, "\r\nConnection: close\r\n\r\n");
  if (!head_only) text_bytes(into, answer->body.at, answer->body.length);
}

bool http_read_answer(const char *zero_ended, size_t length, int *status, const char **body) {
  size_t end = end_of_head(zero_ended, length);
  if (end < sizeof "HTTP/1.1 200\r\n\r\n" - 1 || memcmp(zero_ended, "HTTP/1.", 7) != 0) return false;
  *status = 0;
  for (size_t i = 9; i < 12; i++) {
    if (zero_ended[i] < '0' || zero_ended[i] > '9') return false;
    *status = *status * 10 + (zero_ended[i] - '0');
  }
  *body = zero_ended + end;
  return true;
}
