// libcurl for Swift. Variadic functions do not import, so each option type gets an inline wrapper.
#pragma once
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static inline CURLcode curl_shim_setopt_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curl_shim_setopt_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curl_shim_setopt_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curl_shim_setopt_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

/// The type of CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
typedef size_t (*curl_shim_bytes_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode curl_shim_setopt_bytes_callback(
    CURL *handle, CURLoption option, curl_shim_bytes_callback callback) {
  return curl_easy_setopt(handle, option, callback);
}
static inline CURLcode curl_shim_setopt_opensocket(CURL *handle, curl_opensocket_callback callback) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
}
static inline CURLcode curl_shim_setopt_prereq(CURL *handle, curl_prereq_callback callback) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
}

/// The address behind `sockaddr`, which libcurl declares shorter than it is.
static inline const struct sockaddr *curl_shim_address(const struct curl_sockaddr *sockaddr) {
  return &sockaddr->addr;
}

static inline CURLcode curl_shim_getinfo_long(CURL *handle, CURLINFO which, long *value) {
  return curl_easy_getinfo(handle, which, value);
}

static inline CURLMcode curl_shim_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode curl_shim_multi_setopt_socket(
    CURLM *multi, void *context, curl_socket_callback callback) {
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}
static inline CURLMcode curl_shim_multi_setopt_timer(
    CURLM *multi, void *context, curl_multi_timer_callback callback) {
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}

// The macros of these constants are casts, which do not import.
static const long curl_shim_auth_basic = (long)CURLAUTH_BASIC;
static const long curl_shim_auth_digest = (long)CURLAUTH_DIGEST;
static const curl_socket_t curl_shim_no_socket = CURL_SOCKET_BAD;
static const curl_socket_t curl_shim_socket_timeout = CURL_SOCKET_TIMEOUT;
