/* Servers that answer late or never, one on every loopback address:
 *
 *     tarpit PORT
 *
 * Accepts on PORT of every address of 127.0.0.0/8. Addresses that end in an even number take the
 * request and say nothing more; the others send a document's header and then a byte every 0.4 s.
 * Ends with SIGTERM. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 8, SLOT_MILLISECONDS = 50, SOCKET_LIMIT = 1 << 17, EVENTS = 256 };

static const char head[] =
  "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 36000\r\n\r\n";

/* A socket's turn to send, one of SLOTS in 0.4 s; -1 for one that hangs or has not asked yet. */
static signed char slots[SOCKET_LIMIT];

static int listening(int port) {
  int one = 1, file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  /* Of the loopback device alone. */
  if (setsockopt(file, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3)
      || bind(file, (struct sockaddr *)&address, sizeof address) || listen(file, 4096)) {
    perror("tarpit");
    exit(1);
  }
  return file;
}

static void take(int epoll, int file) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = file};
  slots[file] = -1;
  if (file >= SOCKET_LIMIT || epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event)) close(file);
}

static void answer(int file) {
  char request[4096];
  ssize_t count = read(file, request, sizeof request);
  if (count == 0 || (count < 0 && errno != EAGAIN)) {
    slots[file] = -1;
    close(file);
    return;
  }
  struct sockaddr_in here;
  socklen_t length = sizeof here;
  getsockname(file, (struct sockaddr *)&here, &length);
  if (slots[file] >= 0 || ntohl(here.sin_addr.s_addr) % 2 == 0) return;
  if (write(file, head, sizeof head - 1) > 0) slots[file] = file % SLOTS;
}

static long milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "usage: tarpit PORT\n"), 64;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int door = listening(atoi(arguments[1])), epoll = epoll_create1(0), slot = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = door}, events[EVENTS];
  epoll_ctl(epoll, EPOLL_CTL_ADD, door, &event);
  for (int file = 0; file < SOCKET_LIMIT; file++) slots[file] = -1;
  for (long next = milliseconds() + SLOT_MILLISECONDS;;) {
    long wait = next - milliseconds();
    int ready = epoll_wait(epoll, events, EVENTS, wait > 0 ? (int)wait : 0);
    for (int place = 0; place < ready; place++) {
      if (events[place].data.fd != door) {
        answer(events[place].data.fd);
        continue;
      }
      for (int file; (file = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0;) take(epoll, file);
    }
    if (milliseconds() < next) continue;
    for (int file = 0; file < SOCKET_LIMIT; file++)
      if (slots[file] == slot && write(file, " ", 1) < 0) slots[file] = -1;
    slot = (slot + 1) % SLOTS;
    next += SLOT_MILLISECONDS;
  }
}
