#include "arp.h"

#include "ip.h"

enum { NEIGHBOURS = 64, REQUEST = 1, REPLY = 2, HARDWARE_ETHERNET = 1 };

struct packet {
  uint16_t hardware, protocol;
  uint8_t hardware_size, protocol_size;
  uint16_t operation;
  uint8_t sender_mac[MAC_SIZE], sender_ip[4];
  uint8_t target_mac[MAC_SIZE], target_ip[4];
} __attribute__((packed));

struct neighbour {
  bool known;
  uint8_t ip[4];
  uint8_t mac[MAC_SIZE];
};

static const uint8_t EVERYBODY[MAC_SIZE] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t UNKNOWN[MAC_SIZE];
static struct neighbour neighbours[NEIGHBOURS];
static uint32_t next_place;
static uint8_t own_ip[4];

void ethernet_header(uint8_t *frame, const uint8_t to[MAC_SIZE], uint16_t ethertype) {
  memcpy(frame, to, MAC_SIZE);
  memcpy(frame + MAC_SIZE, card_mac(), MAC_SIZE);
  frame[12] = (uint8_t)(ethertype >> 8);
  frame[13] = (uint8_t)ethertype;
}

static void send(uint16_t operation, const uint8_t target_mac[MAC_SIZE], const uint8_t target_ip[4]) {
  uint8_t *frame = card_frame();
  if (frame == NULL) return;
  ethernet_header(frame, operation == REQUEST ? EVERYBODY : target_mac, ETHERTYPE_ARP);
  struct packet *packet = (struct packet *)(frame + ETHERNET_HEADER);
  *packet = (struct packet){.hardware = swap16(HARDWARE_ETHERNET),
                            .protocol = swap16(ETHERTYPE_IPV4),
                            .hardware_size = MAC_SIZE,
                            .protocol_size = 4,
                            .operation = swap16(operation)};
  memcpy(packet->sender_mac, card_mac(), MAC_SIZE);
  memcpy(packet->sender_ip, own_ip, 4);
  memcpy(packet->target_mac, target_mac, MAC_SIZE);
  memcpy(packet->target_ip, target_ip, 4);
  card_send(ETHERNET_HEADER + sizeof *packet);
}

void arp_begin(const uint8_t ip[4]) {
  memcpy(own_ip, ip, 4);
  /* Everybody learns where we are, also those who knew an earlier guest of this address (RFC 5227, 2.3). */
  send(REQUEST, UNKNOWN, own_ip);
}

void arp_learn(const uint8_t ip[4], const uint8_t mac[MAC_SIZE]) {
  struct neighbour *place = NULL;
  for (int i = 0; i < NEIGHBOURS && place == NULL; i++)
    if (neighbours[i].known && memcmp(neighbours[i].ip, ip, 4) == 0) place = &neighbours[i];
  if (place == NULL) place = &neighbours[next_place++ % NEIGHBOURS];
  place->known = true;
  memcpy(place->ip, ip, 4);
  memcpy(place->mac, mac, MAC_SIZE);
}

const uint8_t *arp_find(const uint8_t ip[4]) {
  for (int i = 0; i < NEIGHBOURS; i++)
    if (neighbours[i].known && memcmp(neighbours[i].ip, ip, 4) == 0) return neighbours[i].mac;
  send(REQUEST, UNKNOWN, ip);
  return NULL;
}

void arp_packet(const uint8_t *payload, size_t length) {
  const struct packet *packet = (const struct packet *)payload;
  if (length < sizeof *packet || packet->hardware != swap16(HARDWARE_ETHERNET) ||
      packet->protocol != swap16(ETHERTYPE_IPV4) || packet->hardware_size != MAC_SIZE || packet->protocol_size != 4)
    return;
  if (memcmp(packet->target_ip, own_ip, 4) != 0) return;
  arp_learn(packet->sender_ip, packet->sender_mac);
  if (packet->operation == swap16(REQUEST)) send(REPLY, packet->sender_mac, packet->sender_ip);
}
