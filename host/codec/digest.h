// Digests, message authentication, sealing, random bytes and base64. Results are raw bytes
// unless said otherwise (base::text::hex makes them readable).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace host::codec::digest {

std::string sha256(std::string_view bytes);
// The same of bytes that come by pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  std::string end();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};
std::string sha1(std::string_view bytes);
std::string md5(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// scrypt (RFC 7914) with N = 2^cost, r = 8, p = 1: 32 bytes. Made to be slow and to take memory,
// 2^cost KiB: at 15 a tenth of a second and 32 MiB. `cost` is 10 to 17.
std::string scrypt(std::string_view password, std::string_view salt, unsigned cost);

// AES-256-GCM under the SHA-256 of `key`, which must not be guessable: a nonce, what `text`
// became, and what shows whether somebody changed it.
std::string seal(std::string_view key, std::string_view text);
// nullopt: another key, or not what seal() made.
std::optional<std::string> unseal(std::string_view key, std::string_view sealed);

// From the system's cryptographic source; aborts when there is none.
std::string random(std::size_t count);

// RFC 4648; `url` takes the file-safe letters and no padding.
std::string base64(std::string_view bytes, bool url = false);
// Padding may be missing; line breaks and other letters make it nullopt.
std::optional<std::string> unbase64(std::string_view text, bool url = false);

// In time that depends on the lengths only.
bool equal(std::string_view a, std::string_view b) noexcept;

}  // namespace host::codec::digest
