/* Is this built under AddressSanitizer? gcc says so by a macro, clang by a feature: SANITIZED for both. */
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
