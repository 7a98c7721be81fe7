/* Packets of IPv4: what comes is sorted, what goes finds its way. Fragments are not put together: nobody here needs them. */
#include "ip.h"

#include "arp.h"

enum {
  /* A header without options. */
  HEADER = 20,
  VERSION_4 = 4,
  TIME_TO_LIVE = 64,
  DONT_FRAGMENT = 0x4000,
  MORE_OR_OFFSET = 0x3fff,
  /* The shortest frame of Ethernet without its sum (IEEE 802.3, 3.2.8). */
  MIN_FRAME = 60,

  ECHO_REQUEST = 8,
  ECHO_REPLY = 0,
  ICMP_HEADER = 8,
};

struct header {
  uint8_t version_and_length;
  uint8_t service;
  uint16_t total_length;
  uint16_t identification;
  uint16_t fragment;
  uint8_t time_to_live;
  uint8_t protocol;
  uint16_t checksum;
  uint8_t from[4];
  uint8_t to[4];
} __attribute__((packed));

static uint8_t own_ip[4], mask[4], gateway[4];
/* The frame that ip_payload has begun. */
static uint8_t *frame_out;

void ip_begin(const struct words *words) {
  memcpy(own_ip, words->ip, 4);
  memcpy(mask, words->mask, 4);
  memcpy(gateway, words->gateway, 4);
  arp_begin(own_ip);
}

uint32_t checksum_add(uint32_t sum, const void *bytes, size_t length) {
  const uint8_t *at = bytes;
  for (; length > 1; length -= 2, at += 2) sum += (uint32_t)at[0] << 8 | at[1];
  if (length > 0) sum += (uint32_t)at[0] << 8;
  return sum;
}

uint16_t checksum_end(uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return swap16((uint16_t)~sum);
}

uint32_t pseudo_header(const uint8_t peer[4], uint8_t protocol, size_t length) {
  return checksum_add(checksum_add(protocol + (uint32_t)length, own_ip, 4), peer, 4);
}

static bool is_neighbour(const uint8_t ip[4]) {
  for (int i = 0; i < 4; i++)
    if (((ip[i] ^ own_ip[i]) & mask[i]) != 0) return false;
  return true;
}

uint8_t *ip_payload(const uint8_t to[4]) {
  const uint8_t *mac = arp_find(is_neighbour(to) ? to : gateway);
  if (mac == NULL) return NULL;
  frame_out = card_frame();
  if (frame_out == NULL) return NULL;
  ethernet_header(frame_out, mac, ETHERTYPE_IPV4);
  struct header *header = (struct header *)(frame_out + ETHERNET_HEADER);
  *header = (struct header){.version_and_length = VERSION_4 << 4 | HEADER / 4,
                            .fragment = swap16(DONT_FRAGMENT),
                            .time_to_live = TIME_TO_LIVE};
  memcpy(header->from, own_ip, 4);
  memcpy(header->to, to, 4);
  return frame_out + ETHERNET_HEADER + HEADER;
}

void ip_send(uint8_t protocol, size_t length) {
  struct header *header = (struct header *)(frame_out + ETHERNET_HEADER);
  header->protocol = protocol;
  header->total_length = swap16((uint16_t)(HEADER + length));
  header->checksum = checksum_end(checksum_add(0, header, HEADER));
  size_t frame_length = ETHERNET_HEADER + HEADER + length;
  if (frame_length < MIN_FRAME) {
    memset(frame_out + frame_length, 0, MIN_FRAME - frame_length);
    frame_length = MIN_FRAME;
  }
  card_send(frame_length);
}

/* RFC 792: the same comes back, but for its kind and its sum. */
static void icmp(const uint8_t from[4], const uint8_t *message, size_t length) {
  if (length < ICMP_HEADER || length > MAX_PAYLOAD || message[0] != ECHO_REQUEST) return;
  if (checksum_end(checksum_add(0, message, length)) != 0) return;
  uint8_t *reply = ip_payload(from);
  if (reply == NULL) return;
  memcpy(reply, message, length);
  reply[0] = ECHO_REPLY;
  memset(reply + 2, 0, 2);
  uint16_t checksum = checksum_end(checksum_add(0, reply, length));
  memcpy(reply + 2, &checksum, 2);
  ip_send(PROTOCOL_ICMP, length);
}

static void packet(const uint8_t *mac, const uint8_t *bytes, size_t room) {
  const struct header *header = (const struct header *)bytes;
  if (room < HEADER || header->version_and_length >> 4 != VERSION_4) return;
  size_t header_length = (size_t)(header->version_and_length & 15) * 4;
  /* A short packet is padded to the shortest frame: its own length counts. */
  size_t total = swap16(header->total_length);
  if (header_length < HEADER || total < header_length || total > room) return;
  if (checksum_end(checksum_add(0, bytes, header_length)) != 0) return;
  if (memcmp(header->to, own_ip, 4) != 0 || (swap16(header->fragment) & MORE_OR_OFFSET) != 0) return;

  uint8_t from[4];
  memcpy(from, header->from, 4);
  if (is_neighbour(from)) arp_learn(from, mac);
  const uint8_t *payload = bytes + header_length;
  size_t length = total - header_length;
  if (header->protocol == PROTOCOL_TCP) tcp_segment(from, payload, length);
  else if (header->protocol == PROTOCOL_ICMP) icmp(from, payload, length);
}

void ip_frame(const uint8_t *frame, size_t length) {
  if (length < ETHERNET_HEADER) return;
  uint16_t ethertype = (uint16_t)(frame[12] << 8 | frame[13]);
  const uint8_t *payload = frame + ETHERNET_HEADER;
  if (ethertype == ETHERTYPE_ARP) arp_packet(payload, length - ETHERNET_HEADER);
  else if (ethertype == ETHERTYPE_IPV4) packet(frame + MAC_SIZE, payload, length - ETHERNET_HEADER);
}
