/*
 * A virtio network card behind virtio-mmio, in its first ("legacy") form, which QEMU's microvm has. Sections are those of
 * the Virtual I/O Device specification 1.1: 4.2.4 the registers, 2.6 the queues, 5.1 the card.
 *
 * A queue is three tables in our memory: descriptors (a buffer each), the ring of those that we make available, and the
 * ring of those that the device has used.
 */
#include "card.h"
#include "machine.h"

enum {
  /* Where microvm puts them. */
  FIRST_SLOT = 0xfeb00000,
  SLOT_SIZE = 0x200,
  SLOTS = 24,

  /* 4.2.4, by the number of their 32-bit word. */
  MAGIC = 0x00 / 4,
  VERSION = 0x04 / 4,
  DEVICE_ID = 0x08 / 4,
  DRIVER_FEATURES = 0x20 / 4,
  DRIVER_FEATURES_SELECT = 0x24 / 4,
  GUEST_PAGE_SIZE = 0x28 / 4,
  QUEUE_SELECT = 0x30 / 4,
  QUEUE_MAX = 0x34 / 4,
  QUEUE_SIZE = 0x38 / 4,
  QUEUE_ALIGN = 0x3c / 4,
  QUEUE_PAGE = 0x40 / 4,
  QUEUE_NOTIFY = 0x50 / 4,
  INTERRUPT_STATUS = 0x60 / 4,
  INTERRUPT_ACKNOWLEDGE = 0x64 / 4,
  STATUS = 0x70 / 4,
  CONFIGURATION = 0x100,

  MAGIC_VALUE = 0x74726976,
  LEGACY = 1,
  NETWORK_CARD = 1,

  /* 2.1 */
  STATUS_ACKNOWLEDGE = 1,
  STATUS_DRIVER = 2,
  STATUS_DRIVER_OK = 4,
  /* 5.1.3: the address of the card is in its configuration. No other feature: every frame comes whole and summed. */
  FEATURE_MAC = 1 << 5,

  /* 2.6.5, 2.6.6 */
  DEVICE_WRITES = 2,
  NO_INTERRUPT = 1,

  /* 5.1.2 */
  RECEIVE = 0,
  SEND = 1,
  /* 5.1.6: struct virtio_net_hdr without the number of buffers. All zero: nothing special about this frame. */
  HEADER = 10,

  PAGE = 4096,
  QUEUE = 64,
  BUFFER = 2048,
};

struct descriptor {
  uint64_t address;
  uint32_t length;
  uint16_t flags;
  uint16_t next;
};

struct available {
  uint16_t flags;
  uint16_t index;
  uint16_t ring[QUEUE];
};

struct used {
  uint16_t flags;
  uint16_t index;
  struct {
    uint32_t descriptor;
    uint32_t length;
  } ring[QUEUE];
};

/* 2.6.2: the layout that a legacy device expects. */
struct queue {
  struct descriptor descriptors[QUEUE];
  volatile struct available available;
  volatile struct used used __attribute__((aligned(PAGE)));
} __attribute__((aligned(PAGE)));

static struct queue queues[2];
static uint8_t receive_buffers[QUEUE][BUFFER];
static uint8_t send_buffers[QUEUE][BUFFER];
static volatile uint32_t *device;
static uint8_t mac[MAC_SIZE];
static uint16_t received_up_to, sent_up_to;
static struct card_counts counts;

static volatile uint32_t *find_card(void) {
  for (uint32_t slot = 0; slot < SLOTS; slot++) {
    volatile uint32_t *registers = (volatile uint32_t *)(FIRST_SLOT + slot * SLOT_SIZE);
    if (registers[MAGIC] == MAGIC_VALUE && registers[DEVICE_ID] == NETWORK_CARD) return registers;
  }
  return NULL;
}

static bool begin_queue(uint32_t number) {
  device[QUEUE_SELECT] = number;
  if (device[QUEUE_MAX] < QUEUE) return false;
  device[QUEUE_SIZE] = QUEUE;
  device[QUEUE_ALIGN] = PAGE;
  device[QUEUE_PAGE] = (uint32_t)&queues[number] / PAGE;
  return true;
}

const char *card_begin(void) {
  device = find_card();
  if (device == NULL) return "there is no virtio network card";
  if (device[VERSION] != LEGACY) return "the virtio network card is not of the legacy form";

  /* 3.1.1: the steps of a start, in their order */
  device[STATUS] = 0;
  device[STATUS] = STATUS_ACKNOWLEDGE;
  device[STATUS] = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
  device[DRIVER_FEATURES_SELECT] = 0;
  device[DRIVER_FEATURES] = FEATURE_MAC;
  device[GUEST_PAGE_SIZE] = PAGE;
  if (!begin_queue(RECEIVE) || !begin_queue(SEND)) return "the queues of the virtio network card are too short";

  const volatile uint8_t *configuration = (const volatile uint8_t *)device + CONFIGURATION;
  for (int i = 0; i < MAC_SIZE; i++) mac[i] = configuration[i];

  struct queue *receive = &queues[RECEIVE];
  for (uint16_t i = 0; i < QUEUE; i++) {
    receive->descriptors[i] =
        (struct descriptor){.address = (uint32_t)receive_buffers[i], .length = BUFFER, .flags = DEVICE_WRITES};
    receive->available.ring[i] = i;
  }
  receive->available.index = QUEUE;
  /* What has been sent is found out when there is something else to send. */
  queues[SEND].available.flags = NO_INTERRUPT;
  barrier();
  device[STATUS] = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK;
  device[QUEUE_NOTIFY] = RECEIVE;
  return NULL;
}

const uint8_t *card_mac(void) { return mac; }
struct card_counts card_counts(void) { return counts; }
void card_acknowledge(void) { device[INTERRUPT_ACKNOWLEDGE] = device[INTERRUPT_STATUS]; }
bool card_has_frames(void) { return received_up_to != queues[RECEIVE].used.index; }

uint8_t *card_frame(void) {
  uint16_t under_way = (uint16_t)(sent_up_to - queues[SEND].used.index);
  if (under_way >= QUEUE) {
    counts.dropped++;
    return NULL;
  }
  return send_buffers[sent_up_to % QUEUE] + HEADER;
}

void card_send(size_t length) {
  struct queue *send = &queues[SEND];
  uint16_t i = sent_up_to % QUEUE;
  memset(send_buffers[i], 0, HEADER);
  send->descriptors[i] = (struct descriptor){.address = (uint32_t)send_buffers[i], .length = HEADER + (uint32_t)length};
  send->available.ring[i] = i;
  barrier();
  send->available.index = ++sent_up_to;
  /* 2.6.13.4: the device sees the index before it is told. */
  __sync_synchronize();
  device[QUEUE_NOTIFY] = SEND;
  counts.sent++;
}

void card_receive(void (*take)(const uint8_t *frame, size_t length)) {
  struct queue *receive = &queues[RECEIVE];
  bool any = false;
  while (card_has_frames()) {
    barrier();
    uint32_t i = receive->used.ring[received_up_to % QUEUE].descriptor;
    uint32_t length = receive->used.ring[received_up_to % QUEUE].length;
    received_up_to++;
    if (i >= QUEUE) continue;
    counts.received++;
    if (length > HEADER && length <= BUFFER) take(receive_buffers[i] + HEADER, length - HEADER);

    uint16_t index = receive->available.index;
    receive->available.ring[index % QUEUE] = (uint16_t)i;
    barrier();
    receive->available.index = (uint16_t)(index + 1);
    any = true;
  }
  /* A device that had run out of buffers waits until it is told that there are some again. */
  if (any) {
    __sync_synchronize();
    device[QUEUE_NOTIFY] = RECEIVE;
  }
}
