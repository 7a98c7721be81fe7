/* From the first C function to the loop that never ends; and the world as the application sees it. */
#include "../app.h"
#include "../shared/server.h"
#include "../world.h"
#include "card.h"
#include "ip.h"
#include "machine.h"
#include "tcp.h"

enum { START_MAGIC = 0x336ec578, MAX_COMMAND_LINE = 2048 };

/* Xen's public header arch-x86/hvm/start_info.h, as far as it is read here. */
struct start_info {
  uint32_t magic, version, flags, modules;
  uint64_t module_list;
  uint64_t command_line;
};

void world_print(const char *bytes, size_t length) { console_write(bytes, length); }

uint32_t world_uptime(void) { return ticks * (100 / TICKS_PER_SECOND); }

static void add_counter(struct text *text, const char *name, uint32_t value) {
  text_add(text, "# TYPE ");
  text_add(text, name);
  text_add(text, " counter\n");
  text_add(text, name);
  text_add(text, " ");
  text_number(text, value);
  text_add(text, "\n");
}

void world_metrics(struct text *text) {
  struct card_counts counts = card_counts();
  add_counter(text, "guest_frames_received_total", counts.received);
  add_counter(text, "guest_frames_sent_total", counts.sent);
  add_counter(text, "guest_frames_dropped_total", counts.dropped);
}

static void read_words(const struct start_info *info, struct words *words) {
  static char line[MAX_COMMAND_LINE];
  struct text text = text_in(line, sizeof line);
  if (info->magic == START_MAGIC && info->command_line != 0) text_add(&text, (const char *)(uint32_t)info->command_line);
  const char *wrong = words_read(line, words);
  ending_begin(words->exit_port);
  if (wrong != NULL) cannot_begin(wrong);
  if (!words->has_ip) cannot_begin("ip= is missing");
}

/* Interrupts stay away except while the processor sleeps: nothing of this program is ever interrupted. */
static _Noreturn void run(void) {
  uint32_t last_tick = ticks;
  for (;;) {
    card_acknowledge();
    if (!card_has_frames() && last_tick == ticks) interrupts_on_and_sleep();
    else interrupts_let_in();
    interrupts_off();
    card_receive(ip_frame);
    if (last_tick != ticks) {
      last_tick = ticks;
      tcp_tick();
      server_tick();
    }
    tcp_flush();
  }
}

/* Called by boot.S. */
_Noreturn void machine_main(const struct start_info *info);

_Noreturn void machine_main(const struct start_info *info) {
  static struct words words;
  console_begin();
  read_words(info, &words);
  interrupts_begin();
  const char *wrong = card_begin();
  if (wrong != NULL) cannot_begin(wrong);
  ip_begin(&words);
  tcp_begin(words.port);
  server_begin(&words);
  run();
}
