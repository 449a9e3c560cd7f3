#include "codec/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <memory>

#include "base/result.h"

namespace host::codec::digest {

static std::string digest(const EVP_MD* method, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), out, &size, method, nullptr) == 1);
  return std::string(reinterpret_cast<char*>(out), size);
}

// OpenSSL 3 looks a method up by name at each use of EVP_sha256(): with locks, and for
// longer than a short digest takes. The fetched one is immutable and lives on.
std::string sha256(std::string_view bytes) {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest(method, bytes);
}

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  CHECK(state_->context && EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) { CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1); }

std::string Sha256::end() {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(state_->context, out, &size) == 1);
  return std::string(reinterpret_cast<char*>(out), size);
}

std::string sha1(std::string_view bytes) { return digest(EVP_sha1(), bytes); }
std::string md5(std::string_view bytes) { return digest(EVP_md5(), bytes); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  CHECK(HMAC(EVP_sha256(), key.data() ? key.data() : "", static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out, &size));
  return std::string(reinterpret_cast<char*>(out), size);
}

std::string scrypt(std::string_view password, std::string_view salt, unsigned cost) {
  constexpr std::uint64_t block = 8;
  std::uint64_t rounds = std::uint64_t{1} << cost;
  std::string out(32, '\0');
  CHECK(EVP_PBE_scrypt(password.data() ? password.data() : "", password.size(),
                       reinterpret_cast<const unsigned char*>(salt.data() ? salt.data() : ""),
                       salt.size(), rounds, block, 1, 256 * block * rounds,
                       reinterpret_cast<unsigned char*>(out.data()), out.size()) == 1);
  return out;
}

static constexpr std::size_t nonce_bytes = 12;
static constexpr std::size_t tag_bytes = 16;

namespace {
struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
}  // namespace

static const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data() ? text.data() : "");
}

static unsigned char* bytes_of(std::string& text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text.data() + at);
}

std::string seal(std::string_view key, std::string_view text) {
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  std::string secret = sha256(key);
  std::string out = random(nonce_bytes);
  out.resize(nonce_bytes + text.size() + tag_bytes);
  int size = 0;
  CHECK(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(secret),
                                      bytes_of(out)) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), bytes_of(out, nonce_bytes), &size, bytes_of(text),
                          static_cast<int>(text.size())) == 1);
  CHECK(EVP_EncryptFinal_ex(context.get(), bytes_of(out, nonce_bytes + text.size()), &size) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                            bytes_of(out, nonce_bytes + text.size())) == 1);
  return out;
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed) {
  if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  std::string secret = sha256(key);
  std::string_view body = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
  std::string tag(sealed.substr(sealed.size() - tag_bytes));
  std::string out(body.size() + tag_bytes, '\0');
  int size = 0;
  CHECK(context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(secret),
                                      bytes_of(sealed)) == 1);
  CHECK(EVP_DecryptUpdate(context.get(), bytes_of(out, 0), &size, bytes_of(body),
                          static_cast<int>(body.size())) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(context.get(), bytes_of(out, body.size()), &size) != 1) return std::nullopt;
  out.resize(body.size());
  return out;
}

std::string random(std::size_t count) {
  std::string out(count, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1);
  return out;
}

static const char* letters(bool url) noexcept {
  return url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
             : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

std::string base64(std::string_view bytes, bool url) {
  const char* letter = letters(url);
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    auto byte = [&](size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[i + k]))
                                  : 0u;
    };
    unsigned word = byte(0) << 16 | byte(1) << 8 | byte(2);
    out += letter[word >> 18];
    out += letter[word >> 12 & 63];
    if (i + 1 < bytes.size()) {
      out += letter[word >> 6 & 63];
    } else if (!url) {
      out += '=';
    }
    if (i + 2 < bytes.size()) {
      out += letter[word & 63];
    } else if (!url) {
      out += '=';
    }
  }
  return out;
}

static int sextet(char c, bool url) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == (url ? '-' : '+')) return 62;
  if (c == (url ? '_' : '/')) return 63;
  return -1;
}

std::optional<std::string> unbase64(std::string_view text, bool url) {
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  // Padding completes a group of four or is absent; one letter alone holds no byte.
  if (text.size() % 4 == 1 || (padding && (text.size() + padding) % 4 != 0)) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  unsigned word = 0;
  int bits = 0;
  for (char c : text) {
    int value = sextet(c, url);
    if (value < 0) return std::nullopt;
    word = (word << 6 | static_cast<unsigned>(value)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(word >> bits & 0xff);
    }
  }
  return out;
}

bool equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace host::codec::digest
