/* The ends of a guest: an exit with a code, and a panic. Both are told on the console first. */
#include "machine.h"

#include "../world.h"

enum {
  /* QEMU's docs/specs/pvpanic: bit 0 says that the guest has panicked. */
  PVPANIC_PORT = 0x505,
  PVPANIC_PANICKED = 1,
  /* For a machine that has no pvpanic. */
  PANIC_EXIT_CODE = 127,
  CANNOT_BEGIN_EXIT_CODE = 120,
};

/* What boot.S has pushed: first the general registers as `pushal` does it (Intel SDM 2B), lowest address first. */
struct registers {
  uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
  uint32_t vector, error;
  uint32_t eip, cs, eflags;
};

static uint16_t exit_port;

void ending_begin(uint16_t port) { exit_port = port; }

/* isa-debug-exit takes the code with it; without one the machine is reset, and that ends it where QEMU has -no-reboot. */
static _Noreturn void end(uint32_t code) {
  if (exit_port != 0) out32(exit_port, code);
  interrupts_reset();
}

_Noreturn void world_exit(int code) {
  char line[64];
  struct text text = text_in(line, sizeof line);
  text_add(&text, "{\"event\":\"exit\",\"code\":");
  text_number(&text, (uint32_t)code);
  text_add(&text, "}\n");
  console_end_line();
  console_write(line, text.length);
  end((uint32_t)code);
}

_Noreturn void cannot_begin(const char *what) {
  char line[256];
  struct text text = text_in(line, sizeof line);
  text_add(&text, "{\"event\":\"error\",\"what\":");
  text_quoted(&text, what);
  text_add(&text, "}\n");
  console_write(line, text.length);
  end(CANNOT_BEGIN_EXIT_CODE);
}

/* Of the exceptions that a program like this can meet (Intel SDM 3A, 6.15). */
static const char *name_of(uint32_t vector) {
  switch (vector) {
    case 0: return "division by zero";
    case 3: return "breakpoint";
    case 6: return "invalid instruction";
    case 8: return "double fault";
    case 12: return "stack segment";
    case 13: return "general protection";
    case 14: return "page fault";
    default: return "exception";
  }
}

static void add_register(struct text *text, const char *name, uint32_t value) {
  text_add(text, ",\"");
  text_add(text, name);
  text_add(text, "\":\"");
  text_hex(text, value);
  text_add(text, "\"");
}

/* Called by boot.S. */
_Noreturn void exception(const struct registers *registers);

_Noreturn void exception(const struct registers *registers) {
  uint32_t cr2;
  __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
  char line[512];
  struct text text = text_in(line, sizeof line);
  text_add(&text, "{\"event\":\"panic\",\"what\":");
  text_quoted(&text, name_of(registers->vector));
  text_add(&text, ",\"vector\":");
  text_number(&text, registers->vector);
  add_register(&text, "error", registers->error);
  add_register(&text, "eip", registers->eip);
  add_register(&text, "cs", registers->cs);
  add_register(&text, "eflags", registers->eflags);
  add_register(&text, "eax", registers->eax);
  add_register(&text, "ebx", registers->ebx);
  add_register(&text, "ecx", registers->ecx);
  add_register(&text, "edx", registers->edx);
  add_register(&text, "esi", registers->esi);
  add_register(&text, "edi", registers->edi);
  add_register(&text, "ebp", registers->ebp);
  /* `pushal` saved it after the vector, the error code and the processor's three words had been pushed. */
  add_register(&text, "esp", registers->esp + 5 * sizeof(uint32_t));
  add_register(&text, "cr2", cr2);
  text_add(&text, "}\n");
  console_end_line();
  console_write(line, text.length);
  out8(PVPANIC_PORT, PVPANIC_PANICKED);
  end(PANIC_EXIT_CODE);
}

/* The way of every other panic: an exception. */
_Noreturn void world_panic(void) {
  for (;;) __asm__ volatile("ud2");
}

_Noreturn void world_hang(void) {
  for (;;) __asm__ volatile("cli; hlt");
}
