/*
 * Interrupts: the two old interrupt controllers (8259A) and the old timer (8254), since these need no tables of ACPI. The
 * network card and the timer wake the processor, and that is all they do: the main loop looks what there is.
 */
#include "machine.h"

enum {
  EXCEPTIONS = 32,
  VECTORS = 48,
  TIMER_VECTOR = 32,
  PIC2_VECTOR = 40,
  CODE_SEGMENT = 8,
  /* Present, ring 0, 32-bit interrupt gate (Intel SDM 3A, 6.11). */
  INTERRUPT_GATE = 0x8e,

  PIC1_COMMAND = 0x20,
  PIC1_DATA = 0x21,
  PIC2_COMMAND = 0xa0,
  PIC2_DATA = 0xa1,
  /* Initialization command words of the 8259A. */
  ICW1_BEGIN = 0x11,
  ICW3_PIC2_AT_LINE_2 = 4,
  ICW3_I_AM_AT_LINE_2 = 2,
  ICW4_8086 = 1,

  /* The 8254 counts down at this rate. */
  TIMER_HZ = 1193182,
  TIMER_CONTROL = 0x43,
  TIMER_CHANNEL_0 = 0x40,
  /* Channel 0, low byte then high byte, again and again. */
  TIMER_RATE_GENERATOR = 0x34,
};

/* The local APIC (Intel SDM 3A, 10.4 and 10.5): where its registers lie, and what lets the 8259A through. */
#define APIC ((volatile uint32_t *)0xfee00000u)
enum {
  APIC_SPURIOUS = 0xf0 / 4,
  APIC_LINT0 = 0x350 / 4,
  APIC_ENABLED = 0x1ff,
  APIC_EXTINT = 0x700,
};

struct gate {
  uint16_t low;
  uint16_t segment;
  uint8_t zero;
  uint8_t kind;
  uint16_t high;
} __attribute__((packed));

struct table {
  uint16_t limit;
  uint32_t base;
} __attribute__((packed));

extern const uint32_t exception_doors[EXCEPTIONS];
extern const char interrupt_timer[], interrupt_pic1[], interrupt_pic2[];

volatile uint32_t ticks;
static struct gate gates[VECTORS];

static void set_gate(int vector, uint32_t door) {
  gates[vector] = (struct gate){
      .low = (uint16_t)door, .segment = CODE_SEGMENT, .kind = INTERRUPT_GATE, .high = (uint16_t)(door >> 16)};
}

static void load(const struct gate *first, size_t bytes) {
  struct table table = {.limit = (uint16_t)(bytes - 1), .base = (uint32_t)first};
  __asm__ volatile("lidt %0" ::"m"(table));
}

static void begin_pics(void) {
  out8(PIC1_COMMAND, ICW1_BEGIN);
  out8(PIC2_COMMAND, ICW1_BEGIN);
  out8(PIC1_DATA, TIMER_VECTOR);
  out8(PIC2_DATA, PIC2_VECTOR);
  out8(PIC1_DATA, ICW3_PIC2_AT_LINE_2);
  out8(PIC2_DATA, ICW3_I_AM_AT_LINE_2);
  out8(PIC1_DATA, ICW4_8086);
  out8(PIC2_DATA, ICW4_8086);
  out8(PIC1_DATA, 0);
  out8(PIC2_DATA, 0);
}

static void begin_timer(void) {
  uint16_t divisor = TIMER_HZ / TICKS_PER_SECOND;
  out8(TIMER_CONTROL, TIMER_RATE_GENERATOR);
  out8(TIMER_CHANNEL_0, (uint8_t)divisor);
  out8(TIMER_CHANNEL_0, (uint8_t)(divisor >> 8));
}

void interrupts_begin(void) {
  for (int vector = 0; vector < EXCEPTIONS; vector++) set_gate(vector, exception_doors[vector]);
  for (int vector = EXCEPTIONS; vector < PIC2_VECTOR; vector++) set_gate(vector, (uint32_t)interrupt_pic1);
  for (int vector = PIC2_VECTOR; vector < VECTORS; vector++) set_gate(vector, (uint32_t)interrupt_pic2);
  set_gate(TIMER_VECTOR, (uint32_t)interrupt_timer);
  load(gates, sizeof gates);

  begin_pics();
  APIC[APIC_SPURIOUS] = APIC_ENABLED;
  APIC[APIC_LINT0] = APIC_EXTINT;
  begin_timer();
}

_Noreturn void interrupts_reset(void) {
  /* With no table there is no way to tell of an exception, nor of that one: a triple fault, which is a reset. */
  load(gates, 1);
  for (;;) __asm__ volatile("int3");
}
