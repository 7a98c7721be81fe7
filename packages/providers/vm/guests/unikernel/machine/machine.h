/* The machine: ports, the console, time, and the ends. */
#ifndef MACHINE_H
#define MACHINE_H

#include "../shared/text.h"

static inline void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out32(uint16_t port, uint32_t value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }
static inline uint8_t in8(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/* The compiler moves no access to memory across this. */
static inline void barrier(void) { __asm__ volatile("" ::: "memory"); }

/* console.c: the first serial port. */
void console_begin(void);
void console_write(const char *bytes, size_t length);
/* A line that was begun is ended. */
void console_end_line(void);

/* interrupts.c */
enum { TICKS_PER_SECOND = 20 };
extern volatile uint32_t ticks;
void interrupts_begin(void);
static inline void interrupts_off(void) { __asm__ volatile("cli" ::: "memory"); }
/* `sti` lets nothing in before the instruction after it: what comes now ends the `hlt`, and is not slept through. */
static inline void interrupts_on_and_sleep(void) { __asm__ volatile("sti; hlt" ::: "memory"); }
static inline void interrupts_let_in(void) { __asm__ volatile("sti; nop" ::: "memory"); }
/* Resets the machine. */
_Noreturn void interrupts_reset(void);

/* ending.c */
void ending_begin(uint16_t exit_port);
/* Cannot begin: a line that says why, and exit code 120. */
_Noreturn void cannot_begin(const char *what);

#endif
