/* The loopback and the first network card, by ioctl: netdevice(7), and rtentry of route.h. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "init.h"

static struct sockaddr as_address(const char *text) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  struct sockaddr general;
  if (inet_pton(AF_INET, text, &address.sin_addr) != 1) cannot("this is not an address", text, 0);
  memcpy(&general, &address, sizeof general);
  return general;
}

static void ask(int socket, const char *card, unsigned long what, struct ifreq *request) {
  snprintf(request->ifr_name, sizeof request->ifr_name, "%s", card);
  if (ioctl(socket, what, request) != 0) cannot("cannot bring up the network", card, errno);
}

static void bring_up(int socket, const char *card, const char *ip, const char *mask) {
  struct ifreq request = {.ifr_addr = as_address(ip)};
  ask(socket, card, SIOCSIFADDR, &request);
  request.ifr_netmask = as_address(mask);
  ask(socket, card, SIOCSIFNETMASK, &request);
  ask(socket, card, SIOCGIFFLAGS, &request);
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  ask(socket, card, SIOCSIFFLAGS, &request);
}

/* The card with the lowest number that is a device and not only a word of the kernel's. */
static bool find_card(char card[IF_NAMESIZE]) {
  DIR *all = opendir("/sys/class/net");
  unsigned lowest = UINT_MAX;
  if (all == NULL) return false;
  for (struct dirent *each; (each = readdir(all)) != NULL;) {
    char place[PATH_MAX];
    snprintf(place, sizeof place, "/sys/class/net/%s/device", each->d_name);
    unsigned number = if_nametoindex(each->d_name);
    if (number == 0 || number >= lowest || access(place, F_OK) != 0) continue;
    lowest = number;
    snprintf(card, IF_NAMESIZE, "%.*s", IF_NAMESIZE - 1, each->d_name);
  }
  closedir(all);
  return lowest != UINT_MAX;
}

static void add_default_route(int socket, char *card, const char *gateway) {
  struct rtentry route = {.rt_dst = as_address("0.0.0.0"),
                          .rt_genmask = as_address("0.0.0.0"),
                          .rt_gateway = as_address(gateway),
                          .rt_flags = RTF_UP | RTF_GATEWAY,
                          .rt_dev = card};
  if (ioctl(socket, SIOCADDRT, &route) != 0) cannot("cannot use the gateway", gateway, errno);
}

void bring_up_network(void) {
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (any < 0) cannot("the kernel has no IPv4", NULL, errno);
  bring_up(any, "lo", "127.0.0.1", "255.0.0.0");

  const char *ip = word("ip");
  const char *mask = word("mask");
  const char *gateway = word("gw");
  char card[IF_NAMESIZE];
  if (ip != NULL) {
    if (!find_card(card)) cannot("there is no network card for", ip, 0);
    bring_up(any, card, ip, mask == NULL ? "255.255.255.0" : mask);
    if (gateway != NULL) add_default_route(any, card, gateway);
  }
  close(any);
}

void take_down_network(void) {
  struct ifreq request = {0};
  char card[IF_NAMESIZE];
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (any < 0) return;
  if (find_card(card)) {
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", card);
    /* Flags that are all 0: down. */
    ioctl(any, SIOCSIFFLAGS, &request);
  }
  close(any);
}
