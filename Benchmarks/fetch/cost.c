/* Runs a command and says what it and its children cost, as a line of JSON on standard error:
 *
 *     cost COMMAND [ARGUMENT...]
 *
 * A small program between the script and what it measures, since a process begins with the peak
 * memory of the one that started it. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

static double clock_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  double start = clock_seconds();
  pid_t child = fork();
  if (child == 0) {
    execvp(arguments[1], arguments + 1);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) < 0) return 127;
  fprintf(stderr, "\n{\"seconds\": %.4f, \"wall\": %.4f, \"kilobytes\": %ld, \"status\": %d}\n",
          seconds(usage.ru_utime) + seconds(usage.ru_stime), clock_seconds() - start,
          usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
