/* The console: the first serial port, a 16550 (National Semiconductor's data sheet, 8.0), asked and not interrupting. */
#include "machine.h"

enum {
  COM1 = 0x3f8,
  DATA = COM1,
  INTERRUPT_ENABLE = COM1 + 1,
  LINE_CONTROL = COM1 + 3,
  LINE_STATUS = COM1 + 5,
  EIGHT_BITS = 3,
  ROOM_TO_SEND = 0x20,
};

static bool line_is_begun;

void console_begin(void) {
  out8(INTERRUPT_ENABLE, 0);
  out8(LINE_CONTROL, EIGHT_BITS);
}

void console_write(const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    while ((in8(LINE_STATUS) & ROOM_TO_SEND) == 0) continue;
    out8(DATA, (uint8_t)bytes[i]);
    line_is_begun = bytes[i] != '\n';
  }
}

void console_end_line(void) {
  if (line_is_begun) console_write("\n", 1);
}
