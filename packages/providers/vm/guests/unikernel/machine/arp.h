/* Which card has which address on this wire: RFC 826. */
#ifndef ARP_H
#define ARP_H

#include "card.h"

enum { ETHERNET_HEADER = 14, ETHERTYPE_ARP = 0x0806, ETHERTYPE_IPV4 = 0x0800 };

/* Writes the header of a frame from this card. */
void ethernet_header(uint8_t *frame, const uint8_t to[MAC_SIZE], uint16_t ethertype);

void arp_begin(const uint8_t own_ip[4]);
/* Takes the payload of a frame. */
void arp_packet(const uint8_t *payload, size_t length);
/* A neighbour was heard. */
void arp_learn(const uint8_t ip[4], const uint8_t mac[MAC_SIZE]);
/* Its card, or NULL: then the wire has been asked. */
const uint8_t *arp_find(const uint8_t ip[4]);

#endif
